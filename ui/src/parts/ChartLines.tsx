/** The lines of a chart as text: a sample of each, what it is now (or at the cursor), its least, mean and most; each can be hidden. */
import type { Points } from "../chart/points";
import { type ChartSpec, drawn, type Line } from "../chart/spec";
import { summary, written } from "../chart/summary";
import * as format from "../format";
import { t } from "../t";

interface LinesProps {
  readonly spec: ChartSpec;
  readonly points: Points | null;
  readonly place: number | null;
  readonly toggled: ReadonlySet<string>;
  readonly onToggle: (line: string) => void;
}

export function ChartLines({ spec, points, place, toggled, onToggle }: LinesProps) {
  const shown = new Set(drawn(spec, toggled));
  const at = place === null ? undefined : points?.times[place];
  return (
    <table class="chart-lines">
      <thead><tr><td /><th scope="col">{at === undefined ? t("chart.now") : format.shortMoment(at * 1000)}</th><th scope="col">{t("chart.min")}</th><th scope="col">{t("chart.avg")}</th><th scope="col">{t("chart.max")}</th></tr></thead>
      <tbody>
        {spec.lines.map((line) => <LineRow key={line.key} line={line} points={points} place={place} isShown={shown.has(line)} canHide={spec.lines.length > 1} onToggle={() => onToggle(`${spec.id}.${line.key}`)} />)}
      </tbody>
    </table>
  );
}

function LineRow({ line, points, place, isShown, canHide, onToggle }: { line: Line; points: Points | null; place: number | null; isShown: boolean; canHide: boolean; onToggle: () => void }) {
  const sums = points === null ? null : summary(line, points, place);
  const name = <><Sample line={line} isShown={isShown} /> <span class="clip">{line.label}</span></>;
  return (
    <tr class={isShown ? "" : "is-hidden"}>
      <th scope="row">{canHide ? <button type="button" class="chart-line" aria-pressed={isShown} title={line.label} onClick={onToggle}>{name}</button> : <span class="chart-line">{name}</span>}</th>
      {line.level === undefined
        ? <><td class="chart-now">{written(line, sums?.now ?? null)}</td><td>{written(line, sums?.min ?? null)}</td><td>{written(line, sums?.avg ?? null)}</td><td>{written(line, sums?.max ?? null)}</td></>
        : <><td class="chart-now">{written(line, line.level)}</td><td /><td /><td /></>}
    </tr>
  );
}

const DASHES: Readonly<Record<string, string>> = { dashed: "6 3", dotted: "2 3" };

/** A piece of the line as it is drawn. */
export function Sample({ line, isShown }: { line: Line; isShown: boolean }) {
  const stroke = isShown ? `var(--series-${line.colour})` : "var(--muted)";
  return (
    <svg class="chart-sample" viewBox="0 0 24 12" width="24" height="12" aria-hidden="true">
      {line.style === "bars" ? <path d="M5 11V5M12 11V1M19 11V7" stroke={stroke} stroke-width="4" />
        : <path d={line.style === "step" ? "M0 9h8V3h8v6h8" : "M0 6h24"} fill="none" stroke={stroke} stroke-width="2" stroke-dasharray={DASHES[line.style]} />}
    </svg>
  );
}
