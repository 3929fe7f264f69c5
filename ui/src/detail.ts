/** Everything about one miner, live: the topic `miner:<mac>`, whose single row has more columns than the fleet's. */
import { useEffect, useState } from "preact/hooks";
import type { Ability } from "./api/client";
import type { Message } from "./link";
import { usePage } from "./page";
import type { Miner } from "./store/miner";
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

/** Returns what the firmware of a miner can do, its pools and where its limits are; null before that is known; asked anew when its firmware, pool or rejected shares are others. */
export function useAbility({ mac, firmware, pool, rejected }: Miner): Ability | null {
  const { api } = usePage();
  const [found, set] = useState<{ mac: string; ability: Ability } | null>(null);
  useEffect(() => {
    let isGone = false;
    api.ability(mac).then((ability) => !isGone && set({ mac, ability }), () => undefined);
    return () => void (isGone = true);
  }, [api, mac, firmware, pool, rejected]);
  return found?.mac === mac ? found.ability : null;
}
