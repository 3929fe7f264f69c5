import { describe, expect, test } from "vitest";
import { csv } from "../src/fleet/exportCsv";
import { layoutOf, squareOf, walked } from "../src/fleet/mapColors";
import { columnNamed } from "../src/columns";
import { Jobs } from "../src/store/jobs";
import { unknownMiner } from "../src/store/miner";
import { Row } from "../src/store/row";

test("one miner's row follows its patches and tells of a gap", () => {
  const row = new Row();
  row.snapshot({ topic: "", seq: 1, at: 0, columns: ["mac", "state"], rows: [["a", "new"]] });
  expect(row.patch({ topic: "", seq: 2, at: 0, rows: [["a", 1, "online"]] })).toBe(true);
  expect(row.values).toEqual({ mac: "a", state: "online" });
  expect(row.patch({ topic: "", seq: 4, at: 0, rows: [] })).toBe(false);
});

describe("a job", () => {
  test("has an end for each, and tries again exactly those that failed", async () => {
    const jobs = new Jobs(() => undefined);
    const asked: string[] = [];
    let over: readonly string[] = [];
    const id = jobs.start("x", ["a", "b", "c"].map((mac) => ({ mac, name: mac })), async (mac) => {
      asked.push(mac);
      if (mac === "b" && asked.filter((one) => one === "b").length === 1) throw new Error("busy");
    }, (done) => (over = done));
    await new Promise((resolve) => setTimeout(resolve));
    expect(jobs.get(id)?.errands.map((errand) => errand.end)).toEqual(["done", "failed", "done"]);
    expect(over).toEqual(["a", "c"]);
    jobs.retry(id);
    await new Promise((resolve) => setTimeout(resolve));
    expect(asked).toEqual(["a", "b", "c", "b"]);
    expect(jobs.get(id)).toMatchObject({ isOver: true });
  });
});

describe("the map", () => {
  const layout = layoutOf(new Map([["g1", ["a", "b", "c"]], ["g2", ["d"]]]), 80);
  test("arrows walk to the neighbour, up and down to the nearest", () => {
    expect(layout.places.map(({ mac }) => mac)).toEqual(["a", "b", "c", "d"]);
    expect([walked(layout, 0, "ArrowRight"), walked(layout, 0, "ArrowDown"), walked(layout, 2, "ArrowDown"), walked(layout, 3, "ArrowUp"), walked(layout, 0, "x")]).toEqual([1, 2, 3, 2, null]);
  });
  test("a silent miner shows its state, not an old value", () => {
    expect(squareOf({ ...unknownMiner("a"), state: "online", chipCelsius: 72 }, "chip").sign).toBe("7");
    expect(squareOf({ ...unknownMiner("a"), state: "offline", chipCelsius: 72 }, "chip").sign).toBe("○");
  });
});

test("an export has units in its head and nothing that a spreadsheet would run", () => {
  const miner = { ...unknownMiner("02:00:00:00:00:0a"), state: "online" as const, name: '=cmd|"x"', hashrateGhs: 1.5, rssiDbm: -40 };
  const text = csv([miner], ["name", "hashrate", "rssi", "chip"].map((key) => columnNamed(key)!));
  expect(text).toBe('name,hashrate (GH/s),rssi (dBm),chip (C)\r\n"\'=cmd|""x""",1.5,-40,\r\n');
});
