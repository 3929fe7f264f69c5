/** What stands on the axes: times as the reader's language writes them, and limits that are never too tight. Pure. */
import { locale } from "../t";

const DAY_S = 86_400;

/** Writes the splits of a time axis: dates where days are counted and at midnight, seconds where they matter. */
export function timeLabels(splits: readonly number[], stepS: number): string[] {
  const date = new Intl.DateTimeFormat(locale(), { day: "numeric", month: "short" });
  const time = new Intl.DateTimeFormat(locale(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(stepS < 60 && { second: "2-digit" }) });
  return splits.map((at) => {
    const moment = new Date(at * 1000);
    const isMidnight = moment.getHours() === 0 && moment.getMinutes() === 0 && moment.getSeconds() === 0;
    return stepS >= DAY_S || isMidnight ? date.format(moment) : time.format(moment);
  });
}

/** Returns the limits of a value axis for values from *least* to *most*. */
export function limits(least: number | null, most: number | null, leastSpan: number, fromZero: boolean): [number, number] {
  if (least === null || most === null) return [0, leastSpan];
  if (fromZero) return [Math.min(0, least), Math.max(most * 1.08, leastSpan)];
  const pad = Math.max((most - least) * 0.1, (leastSpan - (most - least)) / 2, leastSpan * 0.05);
  return [least >= 0 ? Math.max(0, least - pad) : least - pad, least < 0 && most <= 0 ? Math.min(0, most + pad) : most + pad];
}

const STEPS = [1, 2, 2.5, 5];

/** Returns the steps an axis may have: none finer than *least*. */
export function steps(least: number): number[] {
  const found: number[] = [];
  for (let power = -3; power <= 15; power++) for (const step of STEPS) found.push(Number((step * 10 ** power).toPrecision(3)));
  return found.filter((step) => step >= least * 0.999 && isWhole(step / least));
}

const isWhole = (value: number): boolean => Math.abs(value - Math.round(value)) < 1e-6;
