/** One chart: its title, its lines as text, the drawing, its marks, where the numbers are from; or the same as a table. */
import { useRef, useState } from "preact/hooks";
import type { Points } from "../chart/points";
import type { Span } from "../chart/range";
import { type ChartSpec, drawn, type Mark } from "../chart/spec";
import { csv, summary, written } from "../chart/summary";
import { type Key, t } from "../t";
import { ChartLines } from "./ChartLines";
import { ChartMenu } from "./ChartMenu";
import { ChartTable } from "./ChartTable";
import { Plot } from "./Plot";

export interface ChartProps {
  readonly spec: ChartSpec;
  /** Null while they are on their way. */
  readonly points: Points | null;
  /** Why there are none. */
  readonly failure: string | null;
  readonly span: Span;
  readonly marks: readonly Mark[];
  readonly toggled: ReadonlySet<string>;
  readonly together: string;
  readonly height?: number;
  readonly isZoomed: boolean;
  readonly onToggle: (line: string) => void;
  readonly onZoom: (span: Span) => void;
  readonly onBack: () => void;
  readonly onRetry: () => void;
}

const HEIGHT = 200;

export function Chart(props: ChartProps) {
  const { spec, points, failure, span, marks, toggled, height = HEIGHT } = props;
  const [isTable, setTable] = useState(false);
  const [place, point] = useState<number | null>(null);
  const pointed = useRef(place);
  const lines = drawn(spec, toggled);
  const isEmpty = points !== null && lines.every((line) => line.level !== undefined || summary(line, points, null).avg === null);
  const move = (to: number | null) => {
    if (to !== pointed.current) point((pointed.current = to));
  };
  return (
    <>
      <header class="chart-head">
        <h2 class="chart-title" id={`chart-${spec.id}`}>{spec.title}</h2>
        <ChartMenu title={spec.title} isTable={isTable} onTable={() => setTable(!isTable)} text={() => (points ? csv(lines, points) : "")} />
      </header>
      <ChartLines spec={spec} points={points} place={place} toggled={toggled} onToggle={props.onToggle} />
      {failure !== null ? <div class="chart-empty" role="alert"><span>{t("chart.failed")}</span> <span class="muted">{failure}</span> <button type="button" class="button" onClick={props.onRetry}>{t("failure.retry")}</button></div>
        : points === null ? <div class="chart-empty skeleton-line" style={{ blockSize: `${height}px` }} aria-busy="true" />
        : isTable ? <ChartTable title={spec.title} lines={lines} points={points} marks={marks} />
        : (
          <div class="chart-plot" role="img" aria-label={label(spec, points, lines)}>
            <Plot asked={{ lines, fromZero: spec.fromZero && !props.isZoomed, height, together: props.together }} shown={{ points, span, marks }} onCursor={move} onZoom={props.onZoom} onBack={props.onBack} />
            {isEmpty && <p class="chart-none">{t("chart.none")}</p>}
          </div>
        )}
      {points && <footer class="chart-foot"><span class="chart-source" title={points.note ?? undefined}>{sourceName(points.source)}{points.note !== null && <span class="tone-warn"> {t("chart.note")}</span>}</span></footer>}
    </>
  );
}

/** Says in a sentence what somebody would see. */
function label(spec: ChartSpec, points: Points, lines: ChartSpec["lines"]): string {
  const parts = lines.filter((line) => line.level === undefined).map((line) => {
    const { now, min, avg, max } = summary(line, points, null);
    return t("chart.label.line", { line: line.label, now: written(line, now), min: written(line, min), avg: written(line, avg), max: written(line, max) });
  });
  return t("chart.label", { title: spec.title, lines: parts.join("; ") });
}

const SOURCES: Readonly<Record<string, Key>> = { history: "chart.source.history", prometheus: "chart.source.prometheus" };
const sourceName = (source: string): string => (SOURCES[source] ? t(SOURCES[source]) : source);
