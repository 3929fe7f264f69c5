/** The charts of a miner and of the fleet: a row each. Which of the server's metrics, which line, which unit. */
import type { RangeName } from "../chart/range";
import type { ChartSpec, Line, Style, UnitName } from "../chart/spec";
import { type Key, t } from "../t";

interface LineRow {
  readonly metric: string;
  readonly label: Key;
  readonly unit: UnitName;
  readonly style?: Style;
  readonly hasBand?: boolean;
  readonly isExtra?: boolean;
}

export interface ChartRow {
  readonly id: string;
  readonly title: Key;
  readonly lines: readonly LineRow[];
  readonly fromZero?: boolean;
}

const HASHRATE: ChartRow = {
  id: "hashrate", title: "chart.hashrate", fromZero: true,
  lines: [
    { metric: "hashrate_ghs", label: "series.now", unit: "hashrate", hasBand: true },
    { metric: "hashrate_10m_ghs", label: "series.10m", unit: "hashrate", style: "dotted" },
    { metric: "expected_hashrate_ghs", label: "series.expected", unit: "hashrate", style: "dashed" },
  ],
};
const POWER: ChartRow = {
  id: "power", title: "chart.power", fromZero: true,
  lines: [{ metric: "power_watts", label: "series.power", unit: "power", hasBand: true }, { metric: "efficiency_j_per_th", label: "series.efficiency", unit: "efficiency", style: "dashed" }],
};

export const MINER_CHARTS: readonly ChartRow[] = [
  HASHRATE,
  {
    id: "temperature", title: "chart.temperature",
    lines: [{ metric: "chip_temperature_celsius", label: "series.chip", unit: "celsius", hasBand: true }, { metric: "vr_temperature_celsius", label: "series.vr", unit: "celsius", style: "dashed" }],
  },
  POWER,
  {
    id: "shares", title: "chart.shares", fromZero: true,
    lines: [{ metric: "shares_accepted", label: "series.accepted", unit: "perMinute", style: "bars" }, { metric: "shares_rejected", label: "series.rejected", unit: "perMinute", style: "bars" }],
  },
  {
    id: "voltage", title: "chart.voltage",
    lines: [
      { metric: "core_voltage_actual_volts", label: "series.coreActual", unit: "coreVolts", hasBand: true },
      { metric: "core_voltage_volts", label: "series.coreSet", unit: "coreVolts", style: "dashed" },
      { metric: "input_voltage_volts", label: "series.input", unit: "volts", style: "dotted" },
    ],
  },
  { id: "frequency", title: "chart.frequency", lines: [{ metric: "frequency_mhz", label: "series.frequency", unit: "megahertz", style: "step" }] },
  {
    id: "fan", title: "chart.fan", fromZero: true,
    lines: [{ metric: "fan_percent", label: "series.fanPercent", unit: "percent", hasBand: true }, { metric: "fan_rpm", label: "series.fanRpm", unit: "rpm", style: "dotted" }],
  },
  { id: "error", title: "chart.error", fromZero: true, lines: [{ metric: "error_percent", label: "series.error", unit: "percent", hasBand: true }] },
  { id: "response", title: "chart.response", fromZero: true, lines: [{ metric: "pool_response_ms", label: "series.response", unit: "milliseconds", hasBand: true }] },
  { id: "wifi", title: "chart.wifi", lines: [{ metric: "wifi_rssi_dbm", label: "series.wifi", unit: "decibels", hasBand: true }] },
  { id: "heap", title: "chart.heap", fromZero: true, lines: [{ metric: "free_heap_bytes", label: "series.heap", unit: "megabytes" }] },
];

export const FLEET_CHARTS: readonly ChartRow[] = [
  {
    ...HASHRATE,
    lines: [HASHRATE.lines[0]!, HASHRATE.lines[2]!, { metric: "miners_online", label: "series.online", unit: "miners", style: "step", isExtra: true }],
  },
  POWER,
  {
    id: "temperature", title: "chart.temperatures",
    lines: [
      { metric: "chip_temperature_p50_celsius", label: "series.p50", unit: "celsius" },
      { metric: "chip_temperature_p95_celsius", label: "series.p95", unit: "celsius", style: "dashed" },
      { metric: "chip_temperature_max_celsius", label: "series.max", unit: "celsius", style: "dotted" },
    ],
  },
  {
    id: "shares", title: "chart.shares", fromZero: true,
    lines: [{ metric: "shares_accepted", label: "series.accepted", unit: "perMinute", style: "bars" }, { metric: "shares_rejected", label: "series.rejected", unit: "perMinute", style: "bars" }],
  },
];

/** One quantity a chart, for several miners. */
export const COMPARED: readonly ChartRow[] = [
  HASHRATE,
  { id: "temperature", title: "chart.temperature", lines: [{ metric: "chip_temperature_celsius", label: "series.chip", unit: "celsius" }] },
  { id: "power", title: "chart.powerOnly", fromZero: true, lines: [{ metric: "power_watts", label: "series.power", unit: "power" }] },
  { id: "efficiency", title: "chart.efficiency", lines: [{ metric: "efficiency_j_per_th", label: "series.efficiency", unit: "efficiency" }] },
  { id: "frequency", title: "chart.frequency", lines: [{ metric: "frequency_mhz", label: "series.frequency", unit: "megahertz", style: "step" }] },
  { id: "error", title: "chart.error", fromZero: true, lines: [{ metric: "error_percent", label: "series.error", unit: "percent" }] },
  { id: "fan", title: "chart.fan", fromZero: true, lines: [{ metric: "fan_percent", label: "series.fanPercent", unit: "percent" }] },
  { id: "shares", title: "chart.shares", fromZero: true, lines: [{ metric: "shares_accepted", label: "series.accepted", unit: "perMinute", style: "step" }] },
];

/** What may be drawn across a chart that never moves: the temperature above which a miner counts as hot. */
export interface Level {
  readonly chart: string;
  readonly label: string;
  readonly value: number;
}

/** What the charts of the fleet show unless the address says otherwise. */
export const USUAL_RANGE: RangeName = "24h";

export const metricsOf = (row: ChartRow): string[] => row.lines.map((line) => line.metric);

/** Returns the chart of one miner or of the fleet. */
export function specOf(row: ChartRow, levels: readonly Level[] = []): ChartSpec {
  const lines = row.lines.map((line, place): Line => ({ key: line.metric, label: t(line.label), unit: line.unit, style: line.style ?? "solid", colour: place + 1, hasBand: line.hasBand === true, isExtra: line.isExtra === true }));
  const own = levels.filter((level) => level.chart === row.id).map((level, place): Line => ({ key: `limit${place}`, label: level.label, unit: lines[0]!.unit, style: "dashed", colour: 5 + place, level: level.value, isExtra: place > 0 }));
  return { id: row.id, title: t(row.title), lines: [...lines, ...own], fromZero: row.fromZero === true };
}

const STYLES: readonly Style[] = ["solid", "dashed", "dotted", "solid", "dashed", "dotted"];

/** Returns the chart that sets several miners side by side: the first line of *row*, once for each. */
export function comparison(row: ChartRow, miners: readonly { readonly mac: string; readonly name: string }[]): ChartSpec {
  const { unit, metric, style } = row.lines[0]!;
  const lines = miners.map(({ mac, name }, place): Line => ({ key: miners.length > 1 ? `${metric} ${mac}` : metric, label: name, unit, style: style === "bars" || style === "step" ? "step" : (STYLES[place] ?? "solid"), colour: (place % 6) + 1 }));
  return { id: row.id, title: t(row.title), lines, fromZero: row.fromZero === true };
}
