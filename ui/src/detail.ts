/** Everything about one miner, live: the topic `miner:<mac>`, whose single row has more columns than the fleet's. */
import { useEffect, useState } from "preact/hooks";
import type { Message } from "./link";
import { usePage } from "./page";
import { Row } from "./store/row";

export type Detail = Readonly<Record<string, unknown>>;

/** Returns the newest row of a miner by the server's names of columns; null before it came. */
export function useDetail(mac: string): Detail | null {
  const { link, live } = usePage();
  const [detail, set] = useState<{ mac: string; row: Detail } | null>(null);
  useEffect(() => {
    const row = new Row();
    const tell = () => set({ mac, row: row.values });
    return link.follow(`miner:${mac}`, {
      snapshot: (message: Message) => {
        row.snapshot(message);
        tell();
      },
      patch: (message: Message) => {
        const follows = row.patch(message);
        tell();
        return follows;
      },
    });
  }, [link, live, mac]);
  return detail?.mac === mac ? detail.row : null;
}
