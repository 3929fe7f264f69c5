/** A chart with its words: title, where the numbers come from, now / least / average / most of each line, the same as a table. */
import { useEffect, useRef, useState } from "preact/hooks";
import * as format from "../format";
import { summary } from "../store/past";
import { t } from "../t";
import { onTheme } from "../theme";
import { ChartTable, copyCsv } from "./ChartTable";
import { Skeleton } from "./Empty";
import { Menu } from "./Menu";
import type { Line, Plot, PlotHears, Spec } from "./plot";
import { MoreSign } from "./Signs";
import { Swatch } from "./Swatch";

/** How many marks are read out with a chart. */
const MOST_SAID = 5;

export interface ChartProps {
  readonly title: string;
  readonly source: string | null;
  /** Null while it is on its way. */
  readonly spec: Spec | null;
  readonly error: string | null;
  readonly onRetry: () => void;
  readonly onZoom: (fromS: number, toS: number) => void;
  readonly onReset: () => void;
}

export function Chart({ title, source, spec, error, onRetry, onZoom, onReset }: ChartProps) {
  const [place, setPlace] = useState<number | null>(null);
  const [isTable, showTable] = useState(false);
  const isEmpty = spec !== null && spec.lines.every((line) => line.values.every((value) => value === null));
  return (
    <section class="card chart" aria-label={title}>
      <header class="chart-head">
        <h3>{title}</h3>
        {source && <span class="muted chart-source">{source}</span>}
        {spec && !isEmpty && (
          <Menu label={t("chart.menu", { title })} sign={<MoreSign />}>
            <button type="button" class="menu-button" onClick={() => showTable(true)}>{t("chart.table")}</button>
            <button type="button" class="menu-button" onClick={() => void copyCsv(spec)}>{t("chart.copy")}</button>
          </Menu>
        )}
      </header>
      {error !== null ? <p class="chart-none" role="alert">{t("chart.failed", { why: error })} <button type="button" class="button" onClick={onRetry}>{t("failure.retry")}</button></p>
        : spec === null ? <div class="chart-canvas"><Skeleton lines={4} /></div>
        : isEmpty ? <p class="chart-none muted">{t("chart.empty")}</p>
        : <>
            <Legend spec={spec} place={place} />
            <Canvas title={title} spec={spec} hears={{ onCursor: setPlace, onZoom, onReset }} />
          </>}
      {isTable && spec && <ChartTable title={title} spec={spec} onClose={() => showTable(false)} />}
    </section>
  );
}

function Legend({ spec, place }: { spec: Spec; place: number | null }) {
  const atS = place === null ? undefined : spec.times[place];
  const near = atS === undefined ? undefined : spec.marks.find((mark) => Math.abs(mark.atS - atS) < (spec.toS - spec.fromS) / 100);
  return (
    <table class="legend">
      <thead><tr><th scope="col">{atS === undefined ? <span class="unseen">{t("chart.line")}</span> : format.moment(atS * 1000)}{near && <strong class="legend-mark"> {near.label}</strong>}</th>
        <th scope="col">{t(atS === undefined ? "chart.last" : "chart.then")}</th><th scope="col">{t("chart.min")}</th><th scope="col">{t("chart.avg")}</th><th scope="col">{t("chart.max")}</th></tr></thead>
      <tbody>{spec.lines.map((line) => <LegendLine key={line.label} line={line} place={place} />)}</tbody>
    </table>
  );
}

function LegendLine({ line, place }: { line: Line; place: number | null }) {
  const { last, min, avg, max } = summary([...line.values], line.low ? [...line.low] : null, line.high ? [...line.high] : null);
  return (
    <tr>
      <th scope="row"><Swatch style={line.style} color={line.color} /> {line.label}</th>
      <td><strong>{line.show(place === null ? last : (line.values[place] ?? null))}</strong></td><td>{line.show(min)}</td><td>{line.show(avg)}</td><td>{line.show(max)}</td>
    </tr>
  );
}

function Canvas({ title, spec, hears }: { title: string; spec: Spec; hears: PlotHears }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const now = useRef({ spec, hears });
  now.current = { spec, hears };
  const shape = spec.lines.map((line) => line.label).join();
  useEffect(() => {
    let isGone = false;
    const build = async () => {
      const { Plot: Drawn } = await import("./plot");
      if (isGone || !box.current) return;
      plot.current?.destroy();
      const to = () => now.current.hears;
      plot.current = new Drawn(box.current, now.current.spec, { onCursor: (place) => to().onCursor(place), onZoom: (from, until) => to().onZoom(from, until), onReset: () => to().onReset() });
    };
    void build();
    const stopTheme = onTheme(() => void build());
    const watcher = new ResizeObserver(() => plot.current?.resize(box.current?.clientWidth ?? 0));
    if (box.current) watcher.observe(box.current);
    return () => {
      isGone = true;
      stopTheme();
      watcher.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape]);
  useEffect(() => plot.current?.update(spec));
  const said = spec.lines.map((line) => `${line.label} ${line.show(summary([...line.values]).last)}`).join(", ");
  const marked = spec.marks.filter((mark) => mark.atS >= spec.fromS && mark.atS <= spec.toS).slice(0, MOST_SAID).map((mark) => `${format.time(mark.atS * 1000)} ${mark.label}`).join(", ");
  return <div ref={box} class="chart-canvas" role="img" aria-label={t("chart.said", { title, said }) + (marked ? ` ${t("chart.marked", { marked })}` : "")} />;
}
