/** Which time the charts of a page show: the names, and how it stands in the address. Pure. */

export const RANGES = { "15m": 900, "1h": 3_600, "6h": 21_600, "24h": 86_400, "7d": 604_800, "30d": 2_592_000, "90d": 7_776_000 } as const;
export type RangeName = keyof typeof RANGES;
export const RANGE_NAMES = Object.keys(RANGES) as readonly RangeName[];

/** A range that ends now, or, where *fixed* is set (zoomed, chosen), one that stands still. */
export interface Range {
  readonly name: RangeName;
  readonly fixed: Span | null;
}

/** Seconds since 1970. */
export interface Span {
  readonly fromS: number;
  readonly toS: number;
}

/** No chart is finer than this. */
const LEAST_S = 10;

/** A link to a moment may say it in one word: `range=<from>-<to>`. */
const STRETCH = /^(\d{1,11})-(\d{1,11})$/;

/** Returns what `range`, `from` and `to` of an address mean; what cannot be used counts as absent. */
export function rangeOf(query: URLSearchParams, otherwise: RangeName): Range {
  const named = query.get("range") as RangeName | null;
  const name = named !== null && Object.hasOwn(RANGES, named) ? named : otherwise;
  const stretch = STRETCH.exec(named ?? "");
  const [from, to] = stretch ? [stretch[1], stretch[2]] : [query.get("from"), query.get("to")];
  return { name, fixed: spanOf(Number(from), Number(to)) };
}

/** Returns the span, widened to what can be shown, or null where it is none. */
export function spanOf(fromS: number, toS: number): Span | null {
  if (!(fromS > 0) || !(toS > fromS)) return null;
  const middle = (fromS + toS) / 2;
  const half = Math.max(toS - fromS, LEAST_S) / 2;
  return { fromS: Math.round(middle - half), toS: Math.round(middle + half) };
}

export function spanAt(range: Range, nowS: number): Span {
  return range.fixed ?? { fromS: nowS - RANGES[range.name], toS: nowS };
}

/** Returns the members of an address that mean *range*: null takes one away. */
export function inAddress(range: Range, otherwise: RangeName): Readonly<Record<"range" | "from" | "to", string | null>> {
  return {
    range: range.name === otherwise ? null : range.name,
    from: range.fixed ? String(range.fixed.fromS) : null,
    to: range.fixed ? String(range.fixed.toS) : null,
  };
}
