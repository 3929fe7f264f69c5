/** What happened to one miner: what the server remembers, then what it tells live. */
import { useEffect, useState } from "preact/hooks";
import type { Message } from "./link";
import { usePage } from "./page";
import { type Happening, happenings } from "./store/event";

const LIMIT = "200";

export interface Happened {
  /** Newest first; null while they are on their way. */
  readonly events: readonly Happening[] | null;
  readonly error: string | null;
}

export function useHappened(mac: string, fromS: number): Happened {
  const { api, link } = usePage();
  const [found, set] = useState<Happened>({ events: null, error: null });
  const from = Math.floor(fromS / 60) * 60;
  useEffect(() => {
    let isGone = false;
    const merge = (news: readonly Happening[]) => set(({ events, error }) => ({ error, events: merged(events ?? [], news) }));
    api.events({ mac, limit: LIMIT }).then(
      ({ columns, rows }) => !isGone && merge(happenings(columns, rows)),
      (error: unknown) => !isGone && set({ events: [], error: error instanceof Error ? error.message : String(error) }),
    );
    let columns: readonly string[] = [];
    const take = (message: Message) => merge(happenings(columns, message.rows).filter((event) => event.mac === mac));
    const stop = link.follow("events", {
      snapshot: (message) => {
        columns = message.columns ?? [];
      },
      patch: (message) => (take(message), true),
    });
    return () => {
      isGone = true;
      stop();
    };
  }, [api, link, mac]);
  return { events: found.events?.filter((event) => event.atMs >= from * 1000) ?? null, error: found.error };
}

function merged(known: readonly Happening[], news: readonly Happening[]): Happening[] {
  const ids = new Set(known.map((event) => event.id));
  return [...known, ...news.filter((event) => !ids.has(event.id))].sort((a, b) => b.id - a.id);
}
