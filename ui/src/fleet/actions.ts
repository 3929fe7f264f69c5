/** What can be done to miners: a row each. How it is asked of the server, when it is done, how dangerous it is. */
import type { Page } from "../page";
import { isCurrent } from "../store/miner";
import { t } from "../t";

export type ActionName = "restart" | "identify" | "pause" | "resume" | "watch" | "unwatch" | "remove";

export interface Options {
  readonly withHistory: boolean;
}

export interface Action {
  readonly name: ActionName;
  /** Resolves when it is done for this miner, rejects with the reason where it cannot be. */
  readonly run: (page: Page, mac: string, options: Options) => Promise<unknown>;
  readonly isDangerous: boolean;
  /** More miners than this need the number typed. */
  readonly freeUpTo: number;
}

const ANY = Number.POSITIVE_INFINITY;
const BACK_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 500;

export const ACTIONS: readonly Action[] = [
  { name: "restart", run: restarted, isDangerous: false, freeUpTo: 10 },
  { name: "identify", run: ({ api }, mac) => api.identify(mac), isDangerous: false, freeUpTo: ANY },
  { name: "pause", run: ({ api }, mac) => api.pause(mac), isDangerous: false, freeUpTo: 10 },
  { name: "resume", run: ({ api }, mac) => api.resume(mac), isDangerous: false, freeUpTo: ANY },
  { name: "watch", run: ({ api }, mac) => api.watch(mac), isDangerous: false, freeUpTo: ANY },
  { name: "unwatch", run: ({ api }, mac) => api.unwatch(mac), isDangerous: false, freeUpTo: ANY },
  { name: "remove", run: removed, isDangerous: true, freeUpTo: 1 },
];

/** A restart is done when the miner answers again, younger than before; that it took the order is not enough. */
async function restarted({ api, live }: Page, mac: string): Promise<void> {
  const before = live.fleet.miners.get(mac);
  await api.restart(mac);
  if (!before || before.state === "unwatched") return;
  const orderedMs = Date.now();
  while (Date.now() - orderedMs < BACK_WITHIN_MS) {
    const now = live.fleet.miners.get(mac);
    const age = now?.uptimeSeconds ?? null;
    if (now && isCurrent(now) && age !== null && age < (before.uptimeSeconds ?? ANY) && age * 1_000 <= Date.now() - orderedMs + 10_000) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error(t("action.restart.lost"));
}

async function removed({ api, live, link }: Page, mac: string, { withHistory }: Options): Promise<void> {
  await api.remove(mac, withHistory);
  live.fleet.remove(mac, link.nowMs());
}

/** Offers for ten seconds to take a removal back: those who were watched are watched again. */
export function offerUndo({ api, notices }: Page, macs: readonly string[]): void {
  if (macs.length === 0) return;
  const undo = () => api.add(macs).then(
    ({ results }) => results.filter((row) => row["result"] === "failed").forEach((row) => notices.say(`${row["asked"]}: ${row["reason"]}`, { isBad: true })),
    (error: unknown) => notices.say(String(error), { isBad: true }),
  );
  notices.say(t("removed.notice", { n: macs.length }), { action: { label: t("undo"), run: () => void undo() } });
}
