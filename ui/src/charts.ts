/** The charts of a miner and of the fleet: a row each. Which metrics, which line, how a value is written. */
import * as format from "./format";
import type { Key } from "./t";

export type LineStyle = "solid" | "dashed" | "dotted" | "step" | "bars";

export interface SeriesRow {
  readonly metric: string;
  readonly label: Key;
  readonly style: LineStyle;
  readonly show: (value: number | null) => string;
  /** On the axis at the end of the chart: two quantities with units of their own. */
  readonly isSecond?: boolean;
  /** A count: shown as so many a minute. */
  readonly isRate?: boolean;
}

export interface ChartRow {
  readonly key: string;
  readonly title: Key;
  readonly series: readonly SeriesRow[];
  /** The axis begins at 0. */
  readonly fromZero: boolean;
}

const line = (metric: string, label: Key, show: SeriesRow["show"], style: LineStyle = "solid", more: Partial<SeriesRow> = {}): SeriesRow => ({ metric, label, show, style, ...more });
const perMinute = (value: number | null): string => (value === null ? format.UNKNOWN : format.decimal(value));

const HASHRATE: ChartRow = {
  key: "hashrate", title: "chart.hashrate", fromZero: true,
  series: [line("hashrate_ghs", "series.now", format.hashrate), line("hashrate_10m_ghs", "series.10m", format.hashrate, "dotted"), line("expected_hashrate_ghs", "series.expected", format.hashrate, "dashed")],
};
const POWER: ChartRow = {
  key: "power", title: "chart.power", fromZero: true,
  series: [line("power_watts", "series.power", format.power), line("efficiency_j_per_th", "series.efficiency", format.efficiency, "dashed", { isSecond: true })],
};
const SHARES: ChartRow = {
  key: "shares", title: "chart.shares", fromZero: true,
  series: [line("shares_accepted", "series.accepted", perMinute, "bars", { isRate: true }), line("shares_rejected", "series.rejected", perMinute, "step", { isRate: true })],
};

export const MINER_CHARTS: readonly ChartRow[] = [
  HASHRATE,
  {
    key: "temperature", title: "chart.temperature", fromZero: false,
    series: [line("chip_temperature_celsius", "series.chip", format.celsiusExact), line("vr_temperature_celsius", "series.vr", format.celsiusExact, "dashed")],
  },
  POWER,
  SHARES,
  {
    key: "voltage", title: "chart.voltage", fromZero: false,
    series: [line("core_voltage_actual_volts", "series.coreActual", format.coreVolts), line("core_voltage_volts", "series.coreSet", format.coreVolts, "dashed"), line("input_voltage_volts", "series.input", format.volts, "dotted", { isSecond: true })],
  },
  { key: "frequency", title: "chart.frequency", fromZero: false, series: [line("frequency_mhz", "series.frequency", format.megahertz, "step")] },
  { key: "fan", title: "chart.fan", fromZero: true, series: [line("fan_percent", "series.fanPercent", format.percent), line("fan_rpm", "series.fanRpm", format.turns, "dashed", { isSecond: true })] },
  { key: "error", title: "chart.error", fromZero: true, series: [line("error_percent", "series.error", format.percent)] },
  { key: "response", title: "chart.response", fromZero: true, series: [line("pool_response_ms", "series.response", format.milliseconds)] },
  { key: "wifi", title: "chart.wifi", fromZero: false, series: [line("wifi_rssi_dbm", "series.wifi", format.decibels)] },
  { key: "heap", title: "chart.heap", fromZero: true, series: [line("free_heap_bytes", "series.heap", format.megabytes)] },
];

export const FLEET_CHARTS: readonly ChartRow[] = [
  { ...HASHRATE, series: HASHRATE.series.filter((row) => row.metric !== "hashrate_10m_ghs") },
  POWER,
  {
    key: "temperature", title: "chart.temperatures", fromZero: false,
    series: [line("chip_temperature_p50_celsius", "series.p50", format.celsiusExact), line("chip_temperature_p95_celsius", "series.p95", format.celsiusExact, "dashed"), line("chip_temperature_max_celsius", "series.max", format.celsiusExact, "dotted")],
  },
  { key: "online", title: "chart.online", fromZero: true, series: [line("miners_online", "series.online", format.count, "step"), line("miners_watched", "series.watched", format.count, "dashed")] },
];

/** One quantity a chart, a line a miner. */
export const COMPARED: readonly ChartRow[] = [
  { key: "hashrate", title: "chart.hashrate", fromZero: true, series: [line("hashrate_ghs", "series.now", format.hashrate)] },
  { key: "temperature", title: "chart.temperature", fromZero: false, series: [line("chip_temperature_celsius", "series.chip", format.celsiusExact)] },
  { key: "power", title: "chart.powerOnly", fromZero: true, series: [line("power_watts", "series.power", format.power)] },
  { key: "efficiency", title: "chart.efficiency", fromZero: false, series: [line("efficiency_j_per_th", "series.efficiency", format.efficiency)] },
  { key: "error", title: "chart.error", fromZero: true, series: [line("error_percent", "series.error", format.percent)] },
  { key: "fan", title: "chart.fan", fromZero: true, series: [line("fan_percent", "series.fanPercent", format.percent)] },
];
