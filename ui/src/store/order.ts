/** Which miners are listed and in which order: renewed every 2 s at most, and not at all while somebody points at a row. */
import type { FleetStore } from "./fleet";
import type { Miner } from "./miner";

export const REORDER_EVERY_MS = 2_000;

export interface Question {
  readonly test: (miner: Miner) => boolean;
  /** Null is unknown, and last in both directions. */
  readonly value: (miner: Miner) => number | string | null;
  readonly isFalling: boolean;
}

export class Order {
  private macs: readonly string[] = [];
  private question: Question | null = null;
  private version = -1;
  private atMs = Number.NEGATIVE_INFINITY;

  /** Returns the MACs in order. The same array while nothing is renewed; a new *question* is answered at once. */
  of(fleet: FleetStore, question: Question, nowMs: number, isHeld: boolean): readonly string[] {
    const isDue = !isHeld && nowMs - this.atMs >= REORDER_EVERY_MS && fleet.version !== this.version;
    if (question !== this.question || isDue) {
      this.macs = ordered(fleet.miners.values(), question);
      this.question = question;
      this.version = fleet.version;
      this.atMs = nowMs;
    } else if (this.macs.some((mac) => !fleet.miners.has(mac))) {
      this.macs = this.macs.filter((mac) => fleet.miners.has(mac));
    }
    return this.macs;
  }
}

export function ordered(miners: Iterable<Miner>, { test, value, isFalling }: Question): string[] {
  const keyed: [number | string | null, string][] = [];
  for (const miner of miners) if (test(miner)) keyed.push([value(miner), miner.mac]);
  const sign = isFalling ? -1 : 1;
  keyed.sort(([a, macA], [b, macB]) => {
    if (a === null || b === null) return a === b ? (macA < macB ? -1 : 1) : a === null ? 1 : -1;
    if (a === b) return macA < macB ? -1 : 1;
    return (typeof a === "string" && typeof b === "string" ? COLLATOR.compare(a, b) : a < b ? -1 : 1) * sign;
  });
  return keyed.map(([, mac]) => mac);
}

const COLLATOR = new Intl.Collator(undefined, { numeric: true });
