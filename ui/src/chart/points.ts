/** The points of a chart as the page keeps them: from an answer of the server, and the live tail that grows on it. Pure. */
import type { History } from "../api/client";
import type { Span } from "./range";

export type Values = readonly (number | null)[];

/** One value a point, or an average with the least and the most. */
export interface Curve {
  readonly avg: Values;
  readonly min?: Values | undefined;
  readonly max?: Values | undefined;
}

export interface Points {
  /** Begin of each point, seconds since 1970, *stepS* apart. */
  readonly times: readonly number[];
  readonly stepS: number;
  readonly curves: Readonly<Record<string, Curve>>;
  readonly source: string;
  readonly note: string | null;
  /** How many samples the last point rests on. */
  readonly samples: number;
}

/** What is known of now. A counter is what was added since the sample before. */
export interface Sample {
  readonly atS: number;
  readonly values: Readonly<Record<string, number | null>>;
  readonly added: Readonly<Record<string, number>>;
}

const POLL_S = 5;

/** Returns the points of an answer; what is counted becomes a rate a minute. */
export function pointsOf(history: History): Points {
  const curves: Record<string, Curve> = {};
  for (const [name, series] of Object.entries(history.metrics)) {
    curves[name] = series.sum ? { avg: series.sum.map((sum) => perMinute(sum, history.step_s)) } : { avg: series.avg ?? [], min: series.min, max: series.max };
  }
  const { times, step_s: stepS } = history;
  const last = times.at(-1) ?? 0;
  return { times, stepS, curves, source: history.source, note: history.note ?? null, samples: Math.max(1, Math.round((history.to - last) / POLL_S)) };
}

/** Returns *points* with *sample* in the point it belongs to, and without what lies before *span*. */
export function appended(points: Points, sample: Sample, span: Span): Points {
  const last = points.times.at(-1);
  const step = Math.max(1, points.stepS);
  const isSame = last !== undefined && sample.atS < last + step;
  if (last !== undefined && sample.atS < last) return points;
  const behind = last === undefined ? [Math.floor(sample.atS / step) * step] : isSame ? [] : starts(last, step, sample.atS);
  const cut = Math.max(0, points.times.findIndex((time) => time + step > span.fromS));
  const samples = isSame ? points.samples + 1 : 1;
  const curves: Record<string, Curve> = {};
  for (const [name, curve] of Object.entries(points.curves)) {
    curves[name] = name in sample.added ? counted(curve, sample.added[name] ?? 0, behind.length, cut, step) : measured(curve, sample.values[name] ?? null, behind.length, cut, samples);
  }
  return { ...points, times: [...points.times.slice(cut), ...behind], curves, samples };
}

/** Returns where the points begin that follow *last* up to the one that holds *atS*: those in between are a gap. */
function starts(last: number, step: number, atS: number): number[] {
  const count = Math.min(720, Math.floor((atS - last) / step));
  return Array.from({ length: count }, (_, place) => last + step * (place + 1));
}

function measured(curve: Curve, value: number | null, more: number, cut: number, samples: number): Curve {
  const grown = (values: Values, merge: (old: number, value: number) => number): Values => {
    const kept = [...values.slice(cut), ...Array<null>(more).fill(null)];
    const old = kept.at(-1) ?? null;
    if (value !== null && kept.length > 0) kept[kept.length - 1] = old === null ? value : merge(old, value);
    return kept;
  };
  return {
    avg: grown(curve.avg, (old, now) => old + (now - old) / samples),
    ...(curve.min && { min: grown(curve.min, Math.min) }),
    ...(curve.max && { max: grown(curve.max, Math.max) }),
  };
}

function counted(curve: Curve, added: number, more: number, cut: number, step: number): Curve {
  const kept = [...curve.avg.slice(cut), ...Array<null>(more).fill(null)];
  if (kept.length > 0) kept[kept.length - 1] = (kept.at(-1) ?? 0) + (perMinute(added, step) ?? 0);
  return { avg: kept };
}

const perMinute = (sum: number | null, stepS: number): number | null => (sum === null ? null : (sum * 60) / Math.max(1, stepS));

/** What is shorter is no gap: the beat of the polls and the points are not the same. */
const LEAST_GAP_S = 12;

/** Returns *values* with lone holes that are too short to be an outage as `undefined`: a line goes on over them. */
export function bridged(values: Values, stepS: number): readonly (number | null | undefined)[] {
  if (stepS * 2 > LEAST_GAP_S) return values;
  return values.map((value, place) => (value === null && values[place - 1] != null && values[place + 1] != null ? undefined : value));
}

/** Returns the points of several answers in one, the curves renamed; times that one lacks are unknown there. */
export function joined(parts: readonly { readonly points: Points; readonly rename: (curve: string) => string }[]): Points | null {
  const first = parts[0]?.points;
  if (!first) return null;
  const times = [...new Set(parts.flatMap(({ points }) => points.times))].sort((a, b) => a - b);
  const place = new Map(times.map((time, index) => [time, index]));
  const curves: Record<string, Curve> = {};
  for (const { points, rename } of parts) {
    const spread = (values: Values | undefined): Values | undefined => {
      if (values === undefined) return undefined;
      const wide: (number | null)[] = Array(times.length).fill(null);
      points.times.forEach((time, index) => (wide[place.get(time) ?? 0] = values[index] ?? null));
      return wide;
    };
    for (const [name, curve] of Object.entries(points.curves)) curves[rename(name)] = { avg: spread(curve.avg) ?? [], min: spread(curve.min), max: spread(curve.max) };
  }
  return { ...first, times, curves, note: parts.find(({ points }) => points.note)?.points.note ?? null };
}
