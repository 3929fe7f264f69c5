/** A chart as a table: the newest point first, the marks where they belong. */
import type { Points } from "../chart/points";
import type { Line, Mark } from "../chart/spec";
import { curveOf, written } from "../chart/summary";
import * as format from "../format";
import { t } from "../t";

export function ChartTable({ title, lines, points, marks }: { title: string; lines: readonly Line[]; points: Points; marks: readonly Mark[] }) {
  const curves = lines.map((line) => curveOf(line, points));
  const places = points.times.map((_, place) => place).filter((place) => curves.some((curve) => (curve.avg[place] ?? null) !== null)).reverse();
  const said = (time: number) => marks.filter((mark) => mark.atS >= time && mark.atS < time + points.stepS).map((mark) => mark.text);
  return (
    <div class="chart-table" tabIndex={0} role="group" aria-label={t("chart.asTable.of", { title })}>
      <table class="plain">
        <thead><tr><th scope="col">{t("chart.time")}</th>{lines.map((line) => <th key={line.key} scope="col" class="end">{line.label}</th>)}<th scope="col">{t("chart.marks")}</th></tr></thead>
        <tbody>
          {places.map((place) => (
            <tr key={place}>
              <th scope="row" class="number"><time dateTime={new Date((points.times[place] ?? 0) * 1000).toISOString()}>{format.moment((points.times[place] ?? 0) * 1000)}</time></th>
              {lines.map((line, index) => <td key={line.key} class="end number">{written(line, curves[index]?.avg[place] ?? null)}</td>)}
              <td>{said(points.times[place] ?? 0).join(", ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
