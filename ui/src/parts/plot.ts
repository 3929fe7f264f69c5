/** Draws lines with uPlot: styles that differ without colour, bands, marks, linked cursors. Loaded when the first chart is in sight. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { LineStyle } from "../charts";
import { locale } from "../t";
import { token } from "../theme";

export interface Line {
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly low?: readonly (number | null)[] | null;
  readonly high?: readonly (number | null)[] | null;
  readonly style: LineStyle;
  readonly isSecond: boolean;
  readonly color: number;
  readonly show: (value: number | null) => string;
}

export interface Mark {
  readonly atS: number;
  readonly label: string;
}

export interface Spec {
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly marks: readonly Mark[];
  readonly fromS: number;
  readonly toS: number;
  readonly fromZero: boolean;
}

export interface PlotHears {
  /** The cursor is on the point *place*, or on none. */
  readonly onCursor: (place: number | null) => void;
  readonly onZoom: (fromS: number, toS: number) => void;
  readonly onReset: () => void;
}

export const DASHES: Readonly<Record<LineStyle, readonly number[]>> = { solid: [], step: [], bars: [], dashed: [8, 5], dotted: [2, 4] };
const DAY_S = 86_400;
/** Below this, a minute alone would stand there several times. */
const BRIEF_S = 600;
const HEIGHT = 180;

export class Plot {
  private readonly plot: uPlot;
  private marks: readonly Mark[] = [];

  constructor(box: HTMLElement, private spec: Spec, private readonly hears: PlotHears) {
    this.plot = new uPlot(this.options(box.clientWidth), this.data(), box);
    this.marks = spec.marks;
  }

  update(spec: Spec): void {
    this.spec = spec;
    this.marks = spec.marks;
    this.plot.setData(this.data(), false);
    this.plot.setScale("x", { min: spec.fromS, max: spec.toS });
  }

  resize(width: number): void {
    if (width > 0 && width !== this.plot.width) this.plot.setSize({ width, height: HEIGHT });
  }

  destroy(): void {
    this.plot.destroy();
  }

  private data(): uPlot.AlignedData {
    const { times, lines } = this.spec;
    return [times, ...lines.flatMap((line) => (line.high && line.low ? [line.values, line.high, line.low] : [line.values]))] as unknown as uPlot.AlignedData;
  }

  private options(width: number): uPlot.Options {
    const { lines, fromS, toS } = this.spec;
    const series: uPlot.Series[] = [{}];
    const bands: uPlot.Band[] = [];
    for (const line of lines) {
      series.push(this.series(line));
      if (!line.high || !line.low) continue;
      bands.push({ series: [series.length, series.length + 1], fill: faded(color(line)) });
      series.push(this.edge(line), this.edge(line));
    }
    return {
      width, height: HEIGHT, series, bands,
      legend: { show: false },
      padding: [8, lines.some((line) => line.isSecond) ? 0 : 12, 0, 0],
      cursor: { sync: { key: "page" }, drag: { x: true, y: false, setScale: false }, points: { size: 6 }, bind: { dblclick: () => () => (this.hears.onReset(), null) } },
      scales: { x: { time: true, min: fromS, max: toS }, y: { range: this.range }, second: { range: this.range } },
      axes: this.axes(),
      hooks: { draw: [(plot) => this.drawMarks(plot)], setCursor: [(plot) => this.hears.onCursor(plot.cursor.idx ?? null)], setSelect: [(plot) => this.selected(plot)] },
    };
  }

  private series(line: Line): uPlot.Series {
    const paths = line.style === "step" ? uPlot.paths.stepped?.({ align: 1 }) : line.style === "bars" ? uPlot.paths.bars?.({ size: [0.8, 12] }) : undefined;
    return {
      scale: line.isSecond ? "second" : "y", stroke: color(line), width: 1.75, dash: [...DASHES[line.style]], points: { show: false }, spanGaps: false,
      ...(paths ? { paths } : {}), ...(line.style === "bars" ? { fill: faded(color(line)), width: 1 } : {}),
    };
  }

  private edge(line: Line): uPlot.Series {
    return { scale: line.isSecond ? "second" : "y", width: 0, points: { show: false } };
  }

  private axes(): uPlot.Axis[] {
    const shared: uPlot.Axis = { stroke: token("--muted"), font: `12px ${token("--sans")}`, ticks: { show: false }, grid: { stroke: token("--line"), width: 1 } };
    const first = this.spec.lines.find((line) => !line.isSecond);
    const second = this.spec.lines.find((line) => line.isSecond);
    const write = (line: Line) => (_: uPlot, splits: number[]) => splits.map((value) => line.show(value));
    const axes: uPlot.Axis[] = [{ ...shared, size: 30, space: 70, values: (_, splits) => splits.map(this.when) }];
    if (first) axes.push({ ...shared, scale: "y", size: 72, space: 36, values: write(first) });
    if (second) axes.push({ ...shared, scale: "second", side: 1, size: 72, space: 36, grid: { show: false }, values: write(second) });
    return axes;
  }

  private readonly when = (atS: number): string => {
    const span = this.spec.toS - this.spec.fromS;
    const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
    const options: Intl.DateTimeFormatOptions = span > 2 * DAY_S ? { day: "numeric", month: "short" } : span < BRIEF_S ? { ...clock, second: "2-digit" } : clock;
    return new Intl.DateTimeFormat(locale(), options).format(atS * 1000);
  };

  private readonly range = (_: uPlot, min: number | null, max: number | null): [number, number] => {
    if (min === null || max === null) return [0, 1];
    if (this.spec.fromZero) return [0, max > 0 ? max * 1.08 : 1];
    const room = Math.max((max - min) * 0.15, Math.abs(max) * 0.005, 1e-6);
    return [min - room, max + room];
  };

  private selected(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 8) return;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.hears.onZoom(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
  }

  private drawMarks(plot: uPlot): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = token("--fg");
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
    for (const { atS } of this.marks) {
      const x = Math.round(plot.valToPos(atS, "x", true));
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      const size = 4 * devicePixelRatio;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.beginPath();
      ctx.moveTo(x - size, bbox.top - size);
      ctx.lineTo(x + size, bbox.top - size);
      ctx.lineTo(x, bbox.top + size);
      ctx.fill();
    }
    ctx.restore();
  }
}

const color = (line: Line): string => token(`--series-${line.color}`);
/** The colour of a band behind its line. */
const faded = (hex: string): string => `${hex}26`;
