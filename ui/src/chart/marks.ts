/** Marks on a chart: a line down the moment with a shape on top that no other kind has; an outage is a hatched stretch. */
import type uPlot from "uplot";
import { token } from "../theme";
import type { Mark, MarkKind } from "./spec";

/** Where each shape goes within a square from -1 to 1. */
export const SHAPES: Readonly<Record<MarkKind, readonly (readonly [number, number])[]>> = {
  settings: [[-1, -1], [1, -1], [1, 1], [-1, 1]],
  restart: [[-1, -1], [1, -1], [0, 1]],
  firmware: [[0, -1], [1, 0], [0, 1], [-1, 0]],
  pool: [[-1, 1], [0, -1], [1, 1]],
  outage: [[-1, -0.4], [1, -0.4], [1, 0.4], [-1, 0.4]],
};
export const MARK_DASHES: Readonly<Record<MarkKind, readonly number[]>> = { settings: [], restart: [6, 3], firmware: [2, 3], pool: [8, 3, 2, 3], outage: [] };
export const MARK_COLOURS: Readonly<Record<MarkKind, string>> = { settings: "--fg", restart: "--link", firmware: "--fg", pool: "--warn", outage: "--off" };

const SIZE_PX = 4;
const HATCH_PX = 8;

export function drawMarks(plot: uPlot, marks: readonly Mark[]): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.lineWidth = ratio;
  for (const mark of marks) {
    const from = plot.valToPos(mark.atS, "x", true);
    const until = mark.untilS === undefined ? from : plot.valToPos(mark.untilS, "x", true);
    if (until < bbox.left || from > bbox.left + bbox.width) continue;
    ctx.strokeStyle = ctx.fillStyle = token(MARK_COLOURS[mark.kind]);
    if (mark.untilS === undefined) moment(ctx, mark.kind, from, bbox, ratio);
    else hatched(ctx, from, until, bbox, ratio);
  }
  ctx.restore();
}

function moment(ctx: CanvasRenderingContext2D, kind: MarkKind, x: number, bbox: uPlot.BBox, ratio: number): void {
  ctx.setLineDash(MARK_DASHES[kind].map((length) => length * ratio));
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.beginPath();
  for (const [dx, dy] of SHAPES[kind]) ctx.lineTo(x + dx * SIZE_PX * ratio, bbox.top - (SIZE_PX + 1) * ratio + dy * SIZE_PX * ratio);
  ctx.fill();
}

function hatched(ctx: CanvasRenderingContext2D, from: number, until: number, bbox: uPlot.BBox, ratio: number): void {
  const left = Math.max(from, bbox.left);
  const right = Math.max(left + ratio, Math.min(until, bbox.left + bbox.width));
  ctx.save();
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.rect(left, bbox.top, right - left, bbox.height);
  ctx.clip();
  ctx.globalAlpha = 0.45;
  ctx.beginPath();
  for (let x = left - bbox.height; x < right; x += HATCH_PX * ratio) {
    ctx.moveTo(x, bbox.top + bbox.height);
    ctx.lineTo(x + bbox.height, bbox.top);
  }
  ctx.stroke();
  ctx.restore();
}
