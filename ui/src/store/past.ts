/** The points of a chart: what the server remembers, and what came since, in buckets of the same width. Pure. */
import type { History } from "../api/client";

export type Values = (number | null)[];

export interface Track {
  readonly kind: "gauge" | "count";
  /** Averages of a gauge; what was added within the bucket, of a count. */
  readonly values: Values;
  readonly low: Values | null;
  readonly high: Values | null;
}

export interface Sample {
  readonly atS: number;
  readonly values: Readonly<Record<string, number | null>>;
}

export class Past {
  /** Grows with every sample. */
  version = 0;
  readonly times: number[];
  readonly stepS: number;
  readonly source: string;
  private readonly tracks: ReadonlyMap<string, Track>;
  private readonly counted = new Map<string, number>();
  private inLast = 1;

  constructor(history: History) {
    this.times = [...history.times];
    this.stepS = history.step_s;
    this.source = history.source;
    this.tracks = new Map(Object.entries(history.metrics).map(([name, series]) => [name, {
      kind: series.kind, values: [...(series.avg ?? series.sum ?? [])], low: series.min ? [...series.min] : null, high: series.max ? [...series.max] : null,
    }]));
  }

  track(metric: string): Track | undefined {
    return this.tracks.get(metric);
  }

  /** Takes one reading: into the last bucket, or into a new one; buckets in which nothing was heard stay empty. */
  append({ atS, values }: Sample): void {
    const begin = this.times.at(-1) === undefined ? atS : this.begin(atS);
    if (begin < (this.times.at(-1) ?? begin)) return;
    const isNew = begin !== this.times.at(-1);
    if (isNew) this.grow(begin);
    this.inLast = isNew ? 1 : this.inLast + 1;
    for (const [name, track] of this.tracks) this.put(name, track, values[name] ?? null);
    this.version++;
  }

  /** Forgets what began before *fromS*. */
  trim(fromS: number): void {
    const gone = this.times.findIndex((time) => time + this.stepS > fromS);
    if (gone <= 0) return;
    this.times.splice(0, gone);
    for (const { values, low, high } of this.tracks.values()) for (const list of [values, low, high]) list?.splice(0, gone);
    this.version++;
  }

  /** Returns when the bucket of that moment begins, aligned to those there are. */
  private begin(atS: number): number {
    const last = this.times.at(-1) ?? atS;
    return last + Math.floor((atS - last) / this.stepS) * this.stepS;
  }

  private grow(begin: number): void {
    for (let time = (this.times.at(-1) ?? begin - this.stepS) + this.stepS; time <= begin; time += this.stepS) {
      this.times.push(time);
      for (const { values, low, high } of this.tracks.values()) for (const list of [values, low, high]) list?.push(null);
    }
  }

  private put(name: string, { kind, values, low, high }: Track, value: number | null): void {
    if (value === null) return;
    const place = values.length - 1;
    const before = values[place] ?? null;
    if (kind === "count") {
      const known = this.counted.get(name);
      this.counted.set(name, value);
      if (known !== undefined) values[place] = (before ?? 0) + (value >= known ? value - known : value);
      return;
    }
    values[place] = before === null ? value : before + (value - before) / this.inLast;
    if (low) low[place] = Math.min(low[place] ?? value, value);
    if (high) high[place] = Math.max(high[place] ?? value, value);
  }
}

/** Returns what is said of a line in words: the last value, the least, the average, the most; null where nothing is known. */
export function summary(values: Values, low: Values | null = null, high: Values | null = null): { last: number | null; min: number | null; avg: number | null; max: number | null } {
  const known = values.filter((value) => value !== null);
  const all = (list: Values | null, pick: (...numbers: number[]) => number): number | null => {
    const numbers = (list ?? values).filter((value) => value !== null);
    return numbers.length === 0 ? null : numbers.reduce((a, b) => pick(a, b));
  };
  return { last: values.at(-1) ?? values.at(-2) ?? null, min: all(low, Math.min), avg: known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length, max: all(high, Math.max) };
}
