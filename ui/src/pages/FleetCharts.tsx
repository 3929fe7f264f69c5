/** The past of the whole fleet, for the first screen. */
import { FLEET_CHARTS, metricsOf, specOf, USUAL_RANGE } from "../history/charts";
import { HistoryChart } from "../history/HistoryChart";
import { FLEET } from "../history/samples";
import { RangeBar } from "../parts/RangeBar";
import { t } from "../t";
import "../style/charts.css";

const SUBJECTS = [FLEET];

export default function FleetCharts() {
  return (
    <div class="chart-group" role="group" aria-label={t("charts.fleet")}>
      <RangeBar otherwise={USUAL_RANGE} />
      <div class="charts">
        {FLEET_CHARTS.map((row, place) => <HistoryChart key={row.id} spec={specOf(row)} subjects={SUBJECTS} metrics={metricsOf(row)} otherwise={USUAL_RANGE} isWide={place === 0} height={place === 0 ? 240 : 200} />)}
      </div>
    </div>
  );
}
