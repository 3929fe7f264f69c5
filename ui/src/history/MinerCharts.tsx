/** The charts of one miner: two large ones, the rest in a grid, one range and one cursor for all. */
import type { Limits } from "../api/client";
import { spanAt } from "../chart/range";
import { useNow } from "../page";
import { ChartMarks } from "../parts/ChartMarks";
import { RangeBar, useRange } from "../parts/RangeBar";
import { t } from "../t";
import { type Level, metricsOf, MINER_CHARTS, specOf } from "./charts";
import { HistoryChart } from "./HistoryChart";
import { useMarks } from "./useMarks";
import "../style/charts.css";

const USUAL = "1h";
const LARGE = 2;

export function MinerCharts({ mac, limits }: { mac: string; limits: Limits | null }) {
  const { range } = useRange(USUAL);
  const nowMs = useNow(10_000);
  const marks = useMarks(mac, range);
  const levels: Level[] = limits === null ? [] : [{ chart: "temperature", label: t("series.limit"), value: limits.chip_temperature_celsius }, { chart: "temperature", label: t("series.vrLimit"), value: limits.vr_temperature_celsius }];
  const chart = (row: (typeof MINER_CHARTS)[number]) => <HistoryChart key={row.id} spec={specOf(row, levels)} subjects={[mac]} metrics={metricsOf(row)} otherwise={USUAL} marks={marks} />;
  return (
    <div class="chart-group" role="group" aria-label={t("charts.miner")}>
      <RangeBar otherwise={USUAL} />
      <ChartMarks marks={marks} span={spanAt(range, nowMs / 1000)} />
      <div class="charts is-large">{MINER_CHARTS.slice(0, LARGE).map(chart)}</div>
      <div class="charts">{MINER_CHARTS.slice(LARGE).map(chart)}</div>
    </div>
  );
}
