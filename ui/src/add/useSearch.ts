/** The search of the network as it goes on, and how to start and stop it. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { sentence } from "../answer";
import { search, stopSearch } from "../api/places";
import { usePage } from "../page";
import { SearchStore } from "../store/search";

export interface Search {
  readonly store: SearchStore;
  readonly error: string | null;
  readonly begin: (networks: readonly string[] | null) => void;
  readonly stop: () => void;
}

export function useSearch(): Search {
  const { api, link } = usePage();
  const store = useRef(new SearchStore()).current;
  const [, draw] = useState(0);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    const told = () => draw((count) => count + 1);
    return link.follow("discovery", {
      snapshot: (message) => (store.snapshot(message.columns ?? [], message.rows, message.search), told()),
      patch: (message) => (store.patch(message.rows, message.search), told(), true),
    });
  }, [link, store]);
  const begin = useCallback((networks: readonly string[] | null) => {
    setError(null);
    search(api, networks).catch((failure: unknown) => setError(sentence(failure)));
  }, [api]);
  const stop = useCallback(() => {
    if (store.progress.id !== null) stopSearch(api, store.progress.id).catch((failure: unknown) => setError(sentence(failure)));
  }, [api, store]);
  return { store, error, begin, stop };
}
