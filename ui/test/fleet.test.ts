import { describe, expect, test } from "vitest";
import { Columns } from "../src/api/columns";
import { FAREWELL_MS, FleetStore } from "../src/store/fleet";
import { Order, ordered, REORDER_EVERY_MS } from "../src/store/order";
import { Pulse } from "../src/store/pulse";
import { totalsOf } from "../src/store/totals";
import { unknownMiner } from "../src/store/miner";

const A = "02:00:00:00:00:0a";
const B = "02:00:00:00:00:0b";
const C = "02:00:00:00:00:0c";

function loaded(...miners: Parameters<FleetStore["merge"]>[0][]): FleetStore {
  const fleet = new FleetStore();
  fleet.snapshot(10, miners.flatMap((some) => [...some]));
  return fleet;
}

describe("the fleet", () => {
  test("patches in order change cells, and those the snapshot knows already do nothing", () => {
    const fleet = loaded([{ mac: A, hashrateGhs: 5 }]);
    expect(fleet.patch(11, [{ mac: A, hashrateGhs: 6 }])).toBe(true);
    expect(fleet.patch(10, [{ mac: A, hashrateGhs: 1 }])).toBe(true);
    expect(fleet.miners.get(A)?.hashrateGhs).toBe(6);
  });

  test("a gap in the numbers is told, and nothing is taken", () => {
    const fleet = loaded([{ mac: A, hashrateGhs: 5 }]);
    expect(fleet.patch(12, [{ mac: A, hashrateGhs: 6 }])).toBe(false);
    expect(fleet.miners.get(A)?.hashrateGhs).toBe(5);
  });

  test("a snapshot after a gap leaves no row twice and none behind", () => {
    const fleet = loaded([{ mac: A }, { mac: B }]);
    fleet.snapshot(40, [{ mac: B }, { mac: C }]);
    expect([...fleet.miners.keys()]).toEqual([B, C]);
  });

  test("who is removed is shown leaving, then goes; who comes back meanwhile stays", () => {
    const fleet = loaded([{ mac: A }, { mac: B }]);
    fleet.remove(A, 1_000);
    fleet.remove(B, 1_000);
    expect(fleet.isLeaving(A)).toBe(true);
    fleet.merge([{ mac: B }]);
    fleet.sweep(1_000 + FAREWELL_MS);
    expect([...fleet.miners.keys()]).toEqual([B]);
  });

  test("two miners of one name are told apart, and not after one was renamed", () => {
    const fleet = loaded([{ mac: A, name: "rig" }, { mac: B, name: "rig" }]);
    expect(fleet.label(fleet.miners.get(A)!)).toBe("rig 00:0a");
    fleet.merge([{ mac: B, name: "other" }]);
    expect(fleet.label(fleet.miners.get(A)!)).toBe("rig");
  });
});

describe("the server's rows", () => {
  const columns = new Columns(["mac", "state", "state_since", "hashrate_ghs", "of_tomorrow"]);

  test("whole rows and single cells are read, what is unknown is skipped", () => {
    expect(columns.row([A, "not watched", 12.5, null, 7])).toEqual({ mac: A, state: "unwatched", sinceMs: 12_500, hashrateGhs: null });
    expect(columns.cells([A, 3, 0, 4, 9])).toEqual({ mac: A, hashrateGhs: 0 });
  });

  test("a state that this page does not know yet is not called online", () => expect(columns.cells([A, 1, "on fire"])).toEqual({ mac: A, state: "stale" }));
});

describe("totals", () => {
  test("count readings of now only, and zero is a reading", () => {
    const fleet = loaded([{ mac: A, state: "online", hashrateGhs: 500, powerWatts: 10, pool: "p" }, { mac: B, state: "offline", hashrateGhs: 900, powerWatts: 20, needsAttention: true }, { mac: C, state: "fault", hashrateGhs: 0, powerWatts: 3, pool: "p", needsAttention: true }]);
    const totals = totalsOf(fleet)();
    expect(totals).toMatchObject({ miners: 3, current: 2, hashrateGhs: 500, powerWatts: 13 });
    expect(totals.attention.map((miner) => miner.mac)).toEqual([B, C]);
    expect(totals.pools).toEqual([{ name: "p", miners: 2, hashrateGhs: 500, accepted: 0, rejected: 0 }]);
  });

  test("are not computed again while nothing changed", () => {
    const totals = totalsOf(loaded([{ mac: A }]));
    expect(totals()).toBe(totals());
  });
});

describe("the order", () => {
  const by = (isFalling: boolean) => ({ test: () => true, value: (miner: { hashrateGhs: number | null }) => miner.hashrateGhs, isFalling });
  const miners = [{ ...unknownMiner(A), hashrateGhs: null }, { ...unknownMiner(B), hashrateGhs: 1 }, { ...unknownMiner(C), hashrateGhs: 2 }];

  test("unknown values come last in both directions", () => {
    expect(ordered(miners, by(false))).toEqual([B, C, A]);
    expect(ordered(miners, by(true))).toEqual([C, B, A]);
  });

  test("does not move within two seconds, nor while it is held, and takes away who left at once", () => {
    const fleet = loaded(miners);
    const order = new Order();
    const question = by(true);
    expect(order.of(fleet, question, 0, false)).toEqual([C, B, A]);
    fleet.merge([{ mac: A, hashrateGhs: 9 }]);
    expect(order.of(fleet, question, REORDER_EVERY_MS - 1, false)).toEqual([C, B, A]);
    expect(order.of(fleet, question, REORDER_EVERY_MS * 5, true)).toEqual([C, B, A]);
    expect(order.of(fleet, question, REORDER_EVERY_MS * 5, false)).toEqual([A, C, B]);
    fleet.remove(C, 0);
    fleet.sweep(FAREWELL_MS);
    expect(order.of(fleet, question, REORDER_EVERY_MS * 5 + 1, true)).toEqual([A, B]);
  });
});

test("a thousand changes are one drawing each 200 ms", () => {
  let now = 0;
  const due: { at: number; call: () => void }[] = [];
  const pulse = new Pulse({ now: () => now, after: (ms, call) => void due.push({ at: now + ms, call }) });
  let drawn = 0;
  pulse.listen(() => drawn++);
  for (now = 0; now < 1_000; now++) {
    pulse.touch();
    for (const { call } of due.splice(0).filter((timer) => timer.at <= now || (due.push(timer), false))) call();
  }
  expect(drawn).toBe(5);
});
