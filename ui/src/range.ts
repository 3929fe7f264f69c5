/** Which stretch of time the charts of a page show: `range=24h`, or `range=<from>-<to>` in seconds where somebody zoomed. */

export const RANGES = [
  { key: "15m", seconds: 900 }, { key: "1h", seconds: 3_600 }, { key: "6h", seconds: 21_600 }, { key: "24h", seconds: 86_400 },
  { key: "7d", seconds: 604_800 }, { key: "30d", seconds: 2_592_000 }, { key: "90d", seconds: 7_776_000 },
] as const;

export interface Range {
  /** As it stands in the address. */
  readonly key: string;
  readonly fromS: number;
  readonly toS: number;
  /** Whether it ends now, and goes on. */
  readonly isLive: boolean;
}

const DEFAULT = "1h";
const SHORTEST_S = 30;

/** Returns what *text* of an address means at *nowMs*; what it cannot mean is the last hour. */
export function rangeOf(text: string | null, nowMs: number): Range {
  const zoomed = /^(\d{9,11})-(\d{9,11})$/.exec(text ?? "");
  if (zoomed && Number(zoomed[2]) - Number(zoomed[1]) >= SHORTEST_S) return { key: zoomed[0], fromS: Number(zoomed[1]), toS: Number(zoomed[2]), isLive: false };
  const { key, seconds } = RANGES.find((range) => range.key === text) ?? RANGES.find((range) => range.key === DEFAULT)!;
  const toS = Math.floor(nowMs / 1000);
  return { key, fromS: toS - seconds, toS, isLive: true };
}

/** Returns what stands in the address for a stretch that somebody drew, null where it is too short to be meant. */
export function zoomed(fromS: number, toS: number): string | null {
  return toS - fromS < SHORTEST_S ? null : `${Math.floor(fromS)}-${Math.ceil(toS)}`;
}
