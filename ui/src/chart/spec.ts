/** What a chart is made of, without any data: lines, their unit, style and colour; and how each unit is written on an axis. */
import * as format from "../format";

export type UnitName = "hashrate" | "power" | "efficiency" | "celsius" | "percent" | "rpm" | "volts" | "coreVolts" | "megahertz" | "milliseconds" | "decibels" | "megabytes" | "perMinute" | "miners";

export interface Unit {
  readonly write: (value: number | null | undefined) => string;
  /** No step of the axis is finer: labels would repeat. */
  readonly leastStep: number;
  /** The axis spans at least this much, so that noise does not look like a storm. */
  readonly leastSpan: number;
}

export const UNITS: Readonly<Record<UnitName, Unit>> = {
  hashrate: { write: format.hashrate, leastStep: 0.01, leastSpan: 10 },
  power: { write: format.power, leastStep: 0.1, leastSpan: 2 },
  efficiency: { write: format.efficiency, leastStep: 0.1, leastSpan: 2 },
  celsius: { write: format.celsiusExact, leastStep: 0.1, leastSpan: 10 },
  percent: { write: format.percent, leastStep: 0.1, leastSpan: 1 },
  rpm: { write: format.turns, leastStep: 1, leastSpan: 100 },
  volts: { write: format.volts, leastStep: 0.1, leastSpan: 1 },
  coreVolts: { write: format.coreVolts, leastStep: 0.001, leastSpan: 0.02 },
  megahertz: { write: format.megahertz, leastStep: 1, leastSpan: 20 },
  milliseconds: { write: format.milliseconds, leastStep: 1, leastSpan: 20 },
  decibels: { write: format.decibels, leastStep: 1, leastSpan: 10 },
  megabytes: { write: format.megabytes, leastStep: 100_000, leastSpan: 500_000 },
  perMinute: { write: format.rate, leastStep: 0.01, leastSpan: 1 },
  miners: { write: format.count, leastStep: 1, leastSpan: 2 },
};

export type Style = "solid" | "dashed" | "dotted" | "step" | "bars";

export interface Line {
  /** Names the curve in the points. */
  readonly key: string;
  readonly label: string;
  readonly unit: UnitName;
  readonly style: Style;
  /** 1 to 6: `--series-<n>`. */
  readonly colour: number;
  /** Draws the band between least and most. */
  readonly hasBand?: boolean;
  /** Not drawn until somebody asks for it. */
  readonly isExtra?: boolean;
  /** A level that stands still. */
  readonly level?: number;
}

export interface ChartSpec {
  readonly id: string;
  readonly title: string;
  readonly lines: readonly Line[];
  /** The first axis begins at 0, unless zoomed. */
  readonly fromZero: boolean;
}

/** Returns the lines of *spec* that are drawn: *toggled* (`chart.line`) are the other way round than usual. */
export function drawn(spec: ChartSpec, toggled: ReadonlySet<string>): readonly Line[] {
  return spec.lines.filter((line) => (line.isExtra === true) === toggled.has(`${spec.id}.${line.key}`));
}

export type MarkKind = "settings" | "restart" | "firmware" | "pool" | "outage";

/** A moment, or a while, that explains what a line does. */
export interface Mark {
  readonly kind: MarkKind;
  readonly atS: number;
  readonly untilS?: number | undefined;
  readonly text: string;
}
