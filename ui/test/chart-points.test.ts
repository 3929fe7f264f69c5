import { expect, test } from "vitest";
import type { History } from "../src/api/client";
import { appended, bridged, joined, type Points, pointsOf, type Sample } from "../src/chart/points";

const history = (more: Partial<History> = {}): History => ({
  at: 130, source: "history", note: null, step_s: 60, from: 0, to: 130, times: [0, 60, 120],
  metrics: { rate: { unit: "ghs", kind: "gauge", avg: [10, null, 30], min: [9, null, 30], max: [11, null, 30] }, shares: { unit: "", kind: "count", sum: [6, null, 2] } }, ...more,
});
const sample = (atS: number, rate: number | null, shares = 0): Sample => ({ atS, values: { rate }, added: { shares } });
const WIDE = { fromS: 0, toS: 10_000 };

test("a gap stays a gap, and what is counted becomes a rate a minute", () => {
  const { curves } = pointsOf(history({ step_s: 30, times: [0, 30, 60] }));
  expect(curves["rate"]?.avg).toEqual([10, null, 30]);
  expect(curves["shares"]?.avg).toEqual([12, null, 4]);
});

test("a sample joins the point that it falls into", () => {
  const points = appended(pointsOf(history()), sample(135, 90, 3), WIDE);
  expect(points.times).toEqual([0, 60, 120]);
  expect(points.curves["rate"]?.avg[2]).toBe(50); // two polls made the 30, this is the third
  expect(points.curves["rate"]?.min?.[2]).toBe(30);
  expect(points.curves["rate"]?.max?.[2]).toBe(90);
  expect(points.curves["shares"]?.avg[2]).toBe(5);
});

test("silence is a gap: the points between the last sample and this one are unknown", () => {
  const points = appended(pointsOf(history()), sample(310, 70), WIDE);
  expect(points.times).toEqual([0, 60, 120, 180, 240, 300]);
  expect(points.curves["rate"]?.avg).toEqual([10, null, 30, null, null, 70]);
});

test("what left the window is dropped, and unknown is not zero", () => {
  const points = appended(pointsOf(history()), sample(185, null), { fromS: 125, toS: 185 });
  expect(points.times).toEqual([120, 180]);
  expect(points.curves["rate"]?.avg).toEqual([30, null]);
});

test("a sample from before the last point changes nothing", () => {
  const points = pointsOf(history());
  expect(appended(points, sample(50, 1), WIDE)).toBe(points);
});

test("without any points the first sample makes one", () => {
  const none: Points = { times: [], stepS: 60, curves: { rate: { avg: [] } }, source: "live", note: null, samples: 0 };
  const points = appended(none, sample(95, 7), WIDE);
  expect(points.times).toEqual([60]);
  expect(points.curves["rate"]?.avg).toEqual([7]);
});

test("several miners share one time axis, and where one was silent it has no value", () => {
  const one = pointsOf(history());
  const other = pointsOf(history({ times: [60, 120, 180] }));
  const points = joined([{ points: one, rename: (name) => `${name} a` }, { points: other, rename: (name) => `${name} b` }]);
  expect(points?.times).toEqual([0, 60, 120, 180]);
  expect(points?.curves["rate a"]?.avg).toEqual([10, null, 30, null]);
  expect(points?.curves["rate b"]?.avg).toEqual([null, 10, null, 30]);
});

test("a lone missing poll is no gap, two are, and on a coarse axis one is", () => {
  expect(bridged([1, null, 2, null, null, 3], 5)).toEqual([1, undefined, 2, null, null, 3]);
  expect(bridged([1, null, 2], 60)).toEqual([1, null, 2]);
});
