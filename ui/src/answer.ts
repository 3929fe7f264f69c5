/** One question to the server and how it stands: on its way, answered, or failed with the server's words. */
import { useCallback, useEffect, useState } from "preact/hooks";
import type { Api } from "./api/client";
import { usePage } from "./page";

export interface Answer<Value> {
  /** The last good answer; it stays while the question is asked again. */
  readonly value: Value | null;
  readonly error: string | null;
  readonly again: () => void;
  /** Takes an answer that came another way, such as that to a change. */
  readonly take: (value: Value) => void;
}

/** Asks with *ask* now and whenever *key* is another. */
export function useAnswer<Value>(ask: (api: Api) => Promise<Value>, key: string): Answer<Value> {
  const { api } = usePage();
  const [kept, keep] = useState<{ value: Value | null; error: string | null }>({ value: null, error: null });
  const [count, setCount] = useState(0);
  useEffect(() => {
    let isWanted = true;
    ask(api).then(
      (value) => isWanted && keep({ value, error: null }),
      (error: unknown) => isWanted && keep(({ value }) => ({ value, error: sentence(error) })),
    );
    return () => {
      isWanted = false;
    };
  }, [api, key, count]);
  const again = useCallback(() => setCount((before) => before + 1), []);
  const take = useCallback((value: Value) => keep({ value, error: null }), []);
  return { ...kept, again, take };
}

/** Returns the words of whatever was thrown. */
export const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));
