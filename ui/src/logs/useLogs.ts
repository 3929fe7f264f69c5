/** Follows the logs of some miners while somebody looks; draws five times a second at most. */
import { useEffect, useRef, useState } from "preact/hooks";
import { usePage } from "../page";
import { LogStore } from "../store/logs";
import { plain } from "./ansi";

const DRAW_MS = 200;

/** *attempt* is another number where somebody wants to be connected anew. */
export function useLogs(macs: readonly string[], attempt: number): LogStore {
  const { link } = usePage();
  const store = useRef(new LogStore(plain)).current;
  const [, draw] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const told = () => {
      timer ??= setTimeout(() => {
        timer = null;
        draw((count) => count + 1);
      }, DRAW_MS);
    };
    const stops = macs.map((mac) =>
      link.follow(`logs:${mac}`, {
        snapshot: ({ rows }) => (store.take(mac, rows, true), told()),
        patch: ({ rows }) => (store.take(mac, rows, false), told(), true),
      }),
    );
    return () => {
      stops.forEach((stop) => stop());
      if (timer !== null) clearTimeout(timer);
    };
  }, [link, store, macs.join(), attempt]);
  return store;
}
