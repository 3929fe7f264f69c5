import { expect, test } from "vitest";
import { limits, steps, timeLabels } from "../src/chart/axis";
import type { Points } from "../src/chart/points";
import { type ChartSpec, drawn, type Line } from "../src/chart/spec";
import { csv, summary } from "../src/chart/summary";
import { marksOf } from "../src/history/useMarks";
import type { Happening } from "../src/store/event";

const LINE: Line = { key: "rate", label: "measured", unit: "hashrate", style: "solid", colour: 1, hasBand: true };
const points = (avg: (number | null)[]): Points => ({ times: avg.map((_, place) => place * 60), stepS: 60, curves: { rate: { avg, min: avg.map((value) => value && value - 1), max: avg.map((value) => value && value + 1) } }, source: "history", note: null, samples: 1 });

test("the text of a chart says now, least, mean and most, the band included", () => {
  expect(summary(LINE, points([10, null, 20, 30]), null)).toMatchObject({ now: 30, min: 9, avg: 20, max: 31 });
  expect(summary(LINE, points([10, null, 20, 30]), 2).now).toBe(20);
});

test("what was measured long ago is not now", () => expect(summary(LINE, points([10, 20, null, null]), null).now).toBeNull());

test("zero is a value", () => expect(summary(LINE, { ...points([0]), curves: { rate: { avg: [0] } } }, null)).toMatchObject({ now: 0, min: 0, avg: 0, max: 0 }));

test("CSV is in UTC, unknown is empty", () => expect(csv([LINE], points([1.5, null]))).toBe("time,rate\r\n1970-01-01T00:00:00.000Z,1.5\r\n1970-01-01T00:01:00.000Z,"));

test("a limit is the same at every time", () => expect(summary({ ...LINE, level: 75 }, points([1, 2]), 1).now).toBe(75));

test("extra lines are hidden until asked for, others until sent away", () => {
  const spec: ChartSpec = { id: "c", title: "", fromZero: true, lines: [LINE, { ...LINE, key: "extra", isExtra: true }] };
  expect(drawn(spec, new Set()).map((line) => line.key)).toEqual(["rate"]);
  expect(drawn(spec, new Set(["c.rate", "c.extra"])).map((line) => line.key)).toEqual(["extra"]);
});

test("an axis from zero has room above, another is never narrower than its least span", () => {
  expect(limits(900, 1000, 10, true)).toEqual([0, 1080]);
  expect(limits(60, 60.2, 10, false)).toEqual([55.1, 65.1]);
  expect(limits(null, null, 10, false)).toEqual([0, 10]);
  expect(limits(-72, -70, 10, false)[1]).toBeLessThanOrEqual(0);
});

test("no step of an axis is finer than what is written", () => {
  expect(steps(1)[0]).toBe(1);
  expect(steps(1)).not.toContain(2.5);
  expect(steps(0.001).slice(0, 2)).toEqual([0.001, 0.002]);
});

test("midnight is a date, other times are times", () => {
  const midnight = new Date(2026, 10, 24).getTime() / 1000;
  const labels = timeLabels([midnight - 3600, midnight], 3600);
  expect(labels[0]).toBe("23:00");
  expect(labels[1]).toMatch(/24/);
  expect(timeLabels([midnight + 3605], 5)[0]).toBe("01:00:05");
});

const event = (kind: string, atS: number, facts: Happening["facts"] = {}): Happening => ({ id: atS, atMs: atS * 1000, mac: "", kind, severity: "info", facts });

test("an outage is marked from its beginning to its end, once", () => {
  const marks = marksOf([event("offline", 115, { since: 100 }), event("back", 160, { after_s: 60 })], null);
  expect(marks).toEqual([expect.objectContaining({ kind: "outage", atS: 100, untilS: 160 })]);
});

test("an outage that goes on has no end but that of the range", () => {
  expect(marksOf([event("offline", 115, { since: 100 })], 500)[0]).toMatchObject({ atS: 100, untilS: 500 });
});

test("what does not change a line is no mark", () => expect(marksOf([event("best_difficulty", 5), event("restarted", 6)], null).map((mark) => mark.kind)).toEqual(["restart"]));
