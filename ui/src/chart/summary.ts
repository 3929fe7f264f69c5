/** What a chart says as text: now, least, mean and most of each line; as a table; as CSV. Pure. */
import type { Curve, Points } from "./points";
import { type Line, UNITS } from "./spec";

export interface Summary {
  readonly line: Line;
  readonly now: number | null;
  readonly min: number | null;
  readonly avg: number | null;
  readonly max: number | null;
}

export function curveOf(line: Line, points: Points): Curve {
  return line.level === undefined ? (points.curves[line.key] ?? { avg: points.times.map(() => null) }) : { avg: points.times.map(() => line.level ?? null) };
}

/** Returns what *line* did; `now` is the value at *place* of the points, else the newest, if that is of the last two points. */
export function summary(line: Line, points: Points, place: number | null): Summary {
  const curve = curveOf(line, points);
  const known = curve.avg.filter((value) => value !== null);
  const newest = curve.avg.slice(-2).findLast((value) => value !== null) ?? null;
  return {
    line,
    now: place === null ? newest : (curve.avg[place] ?? null),
    min: extreme(curve.min ?? curve.avg, Math.min),
    avg: known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null,
    max: extreme(curve.max ?? curve.avg, Math.max),
  };
}

function extreme(values: readonly (number | null)[], choose: (a: number, b: number) => number): number | null {
  let found: number | null = null;
  for (const value of values) if (value !== null) found = found === null ? value : choose(found, value);
  return found;
}

/** Returns the points as CSV: UTC, units in the header, unknown is empty. */
export function csv(lines: readonly Line[], points: Points): string {
  const head = ["time", ...lines.map((line) => quoted(`${line.key}`))];
  const curves = lines.map((line) => curveOf(line, points));
  const rows = points.times.map((time, place) => [new Date(time * 1000).toISOString(), ...curves.map((curve) => curve.avg[place] ?? "")]);
  return [head, ...rows].map((row) => row.join(",")).join("\r\n");
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export const written = (line: Line, value: number | null): string => UNITS[line.unit].write(value);
