/** What the page knows of one miner: the words of its row, and the order in which states matter (ui.md 3.1). */

export const STATES = [
  "new", "unwatched", "offline", "stale", "fault", "hot", "paused", "low", "rejecting", "fallback", "online",
] as const;
export type StateName = (typeof STATES)[number];

/** One row. Units are in the names; null is "not known", never 0. Times are milliseconds since 1970. */
export interface Miner {
  readonly mac: string;
  readonly name: string | null;
  readonly host: string | null;
  readonly model: string | null;
  readonly asic: string | null;
  readonly firmware: string | null;
  readonly state: StateName;
  readonly sinceMs: number | null;
  readonly reason: string | null;
  readonly needsAttention: boolean;
  readonly hashrateGhs: number | null;
  readonly hashrate1mGhs: number | null;
  readonly hashrate10mGhs: number | null;
  readonly hashrate1hGhs: number | null;
  readonly expectedGhs: number | null;
  readonly errorPercent: number | null;
  readonly powerWatts: number | null;
  readonly efficiencyJPerTh: number | null;
  readonly inputVolts: number | null;
  readonly coreVolts: number | null;
  readonly coreActualVolts: number | null;
  readonly frequencyMhz: number | null;
  readonly chipCelsius: number | null;
  readonly vrCelsius: number | null;
  readonly fanPercent: number | null;
  readonly fanRpm: number | null;
  readonly accepted: number | null;
  readonly rejected: number | null;
  readonly rejected10mPercent: number | null;
  readonly pool: string | null;
  readonly poolUser: string | null;
  readonly poolDifficulty: number | null;
  readonly isFallback: boolean | null;
  readonly bestSession: number | null;
  readonly best: number | null;
  readonly blocksFound: number | null;
  readonly responseMs: number | null;
  readonly rssiDbm: number | null;
  readonly uptimeSeconds: number | null;
  readonly freeHeapBytes: number | null;
  readonly restarts: number | null;
  readonly preset: string | null;
  readonly readAtMs: number | null;
  readonly addedAtMs: number | null;
}

/** Returns a row of which nothing but the MAC is known. */
export function unknownMiner(mac: string): Miner {
  return { ...NOTHING, mac };
}

const SILENT: ReadonlySet<StateName> = new Set(["new", "unwatched", "offline", "stale"]);

/** Returns whether its values are of now: those of a silent miner are shown as dashes and count in no sum. */
export const isCurrent = (miner: Miner): boolean => !SILENT.has(miner.state);

/** Returns the twelve hex digits that stand for a MAC in addresses of the page. */
export const slug = (mac: string): string => mac.replaceAll(":", "");

/** Returns the MAC of `slug`, or null where it is none. */
export function macOf(text: string): string | null {
  const plain = text.toLowerCase().replaceAll(/[:-]/g, "");
  return /^[0-9a-f]{12}$/.test(plain) ? (plain.match(/../g) ?? []).join(":") : null;
}

/** Returns what a person calls it: its host name, else its address, else its MAC. */
export const nameOf = (miner: Pick<Miner, "mac" | "name" | "host">): string => miner.name ?? miner.host ?? miner.mac;

export function rejectPercent(miner: Miner): number | null {
  if (miner.accepted === null || miner.rejected === null) return null;
  const all = miner.accepted + miner.rejected;
  return all === 0 ? null : (miner.rejected / all) * 100;
}

export function expectedPercent(miner: Miner): number | null {
  if (miner.hashrateGhs === null || !miner.expectedGhs) return null;
  return (miner.hashrateGhs / miner.expectedGhs) * 100;
}

const NOTHING: Miner = {
  mac: "", name: null, host: null, model: null, asic: null, firmware: null,
  state: "new", sinceMs: null, reason: null, needsAttention: false,
  hashrateGhs: null, hashrate1mGhs: null, hashrate10mGhs: null, hashrate1hGhs: null, expectedGhs: null, errorPercent: null,
  powerWatts: null, efficiencyJPerTh: null, inputVolts: null, coreVolts: null, coreActualVolts: null, frequencyMhz: null,
  chipCelsius: null, vrCelsius: null, fanPercent: null, fanRpm: null, accepted: null, rejected: null, rejected10mPercent: null,
  pool: null, poolUser: null, poolDifficulty: null, isFallback: null, bestSession: null, best: null, blocksFound: null,
  responseMs: null, rssiDbm: null, uptimeSeconds: null, freeHeapBytes: null, restarts: null, preset: null, readAtMs: null, addedAtMs: null,
};
