/** Draws a chart on a canvas: the only module that knows uPlot; loaded when the first chart is seen. */
import uPlot from "uplot";
import { token } from "../theme";
import { limits, steps, timeLabels } from "./axis";
import { drawMarks } from "./marks";
import { bridged, type Points } from "./points";
import type { Span } from "./range";
import { type Line, type Mark, UNITS } from "./spec";
import { curveOf } from "./summary";

export interface Asked {
  readonly lines: readonly Line[];
  readonly fromZero: boolean;
  readonly height: number;
  /** Charts with the same one share a cursor. */
  readonly together: string;
}

export interface Told {
  readonly onCursor: (place: number | null) => void;
  readonly onZoom: (span: Span) => void;
  readonly onBack: () => void;
}

export interface Shown {
  readonly points: Points;
  readonly span: Span;
  readonly marks: readonly Mark[];
}

const DASHES: Readonly<Record<string, number[]>> = { dashed: [8, 5], dotted: [2, 4] };
const LEAST_DRAG_PX = 6;

export class Drawing {
  private readonly plot: uPlot;
  private readonly watch: ResizeObserver;

  constructor(box: HTMLElement, private readonly asked: Asked, told: Told, private shown: Shown) {
    this.plot = new uPlot(this.options(box, told), data(asked.lines, shown), box);
    this.watch = new ResizeObserver(() => {
      if (box.clientWidth > 0 && box.clientWidth !== this.plot.width) this.plot.setSize({ width: box.clientWidth, height: asked.height });
    });
    this.watch.observe(box);
  }

  show(shown: Shown): void {
    this.shown = shown;
    this.plot.setData(data(this.asked.lines, shown));
  }

  destroy(): void {
    this.watch.disconnect();
    this.plot.destroy();
  }

  private options(box: HTMLElement, told: Told): uPlot.Options {
    const { lines, height } = this.asked;
    const units = [...new Set(lines.map((line) => line.unit))];
    return {
      width: Math.max(80, box.clientWidth), height, padding: [12, units.length > 1 ? 0 : 20, 0, 0],
      legend: { show: false },
      cursor: {
        y: false, points: { size: 6 }, drag: { x: true, y: false, setScale: false }, sync: { key: this.asked.together, scales: ["x", null] },
        bind: { dblclick: () => () => (told.onBack(), null) },
      },
      scales: { x: { time: true, range: () => [this.shown.span.fromS, this.shown.span.toS] }, ...this.scales(units) },
      axes: [timeAxis(), ...units.map((unit, place) => valueAxis(unit, place))],
      series: [{}, ...lines.flatMap(seriesOf)],
      bands: bands(lines),
      hooks: {
        draw: [(plot) => drawMarks(plot, this.shown.marks)],
        setCursor: [(plot) => told.onCursor(plot.cursor.idx ?? null)],
        setSelect: [(plot) => selected(plot, told)],
      },
    };
  }

  private scales(units: readonly Line["unit"][]): uPlot.Scales {
    return Object.fromEntries(units.map((unit, place) => {
      const range: uPlot.Range.Function = (_, least, most) => limits(least, most, UNITS[unit].leastSpan, this.asked.fromZero && place === 0);
      return [unit, { range }];
    }));
  }
}

function selected(plot: uPlot, told: Told): void {
  const { left, width } = plot.select;
  if (width === 0) return;
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  if (width >= LEAST_DRAG_PX) told.onZoom({ fromS: Math.floor(plot.posToVal(left, "x")), toS: Math.ceil(plot.posToVal(left + width, "x")) });
}

function timeAxis(): uPlot.Axis {
  return { ...colours(), size: 28, space: 72, values: (_plot, splits, _axis, _space, step) => timeLabels(splits, step) };
}

function valueAxis(unit: Line["unit"], place: number): uPlot.Axis {
  const { write, leastStep } = UNITS[unit];
  return { ...colours(), scale: unit, side: place === 0 ? 3 : 1, size: 68, gap: 4, space: 32, incrs: steps(leastStep), ...(place > 0 && { grid: { show: false } }), values: (_plot, splits) => splits.map((value) => write(value)) };
}

function colours(): uPlot.Axis {
  const line = token("--line");
  return { stroke: token("--muted"), font: `12px ${token("--sans")}`, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1, size: 4 } };
}

/** A line is one series; with a band it is three: least and most are there for the band alone. */
function seriesOf(line: Line): uPlot.Series[] {
  const stroke = token(`--series-${line.colour}`);
  const main: uPlot.Series = {
    scale: line.unit, stroke, width: 1.75, ...(DASHES[line.style] && { dash: DASHES[line.style] }),
    points: { show: true, size: 4, fill: stroke, filter: alone },
    ...(line.style === "step" && { paths: uPlot.paths.stepped!({ align: 1 }) }),
    ...(line.style === "bars" && { paths: uPlot.paths.bars!({ size: [0.9, 24] }), fill: stroke, points: { show: false } }),
  };
  const edge: uPlot.Series = { scale: line.unit, width: 0, points: { show: false } };
  return line.hasBand ? [main, edge, edge] : [main];
}

/** A value between two gaps has no line to stand on: it is drawn as a dot. */
function alone(plot: uPlot, place: number): number[] {
  const values = plot.data[place] ?? [];
  const found: number[] = [];
  for (let at = 0; at < values.length; at++) if (values[at] != null && values[at - 1] == null && values[at + 1] == null) found.push(at);
  return found;
}

function bands(lines: readonly Line[]): uPlot.Band[] {
  const found: uPlot.Band[] = [];
  let place = 1;
  for (const line of lines) {
    if (line.hasBand) found.push({ series: [place + 2, place + 1], fill: `${token(`--series-${line.colour}`)}33` });
    place += line.hasBand ? 3 : 1;
  }
  return found;
}

function data(lines: readonly Line[], { points }: Shown): uPlot.AlignedData {
  const columns = lines.flatMap((line) => {
    const { avg, min = avg, max = avg } = curveOf(line, points);
    const values = line.style === "bars" ? avg : bridged(avg, points.stepS);
    return line.hasBand ? [values, bridged(min, points.stepS), bridged(max, points.stepS)] : [values];
  });
  return [points.times, ...columns] as unknown as uPlot.AlignedData;
}
