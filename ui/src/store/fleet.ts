/** All miners, once: a snapshot, then patches keyed by MAC. Nobody else keeps a copy of a miner. */
import { type Miner, nameOf, unknownMiner } from "./miner";

export type Changes = Partial<Miner> & { readonly mac: string };

/** How long a miner that was removed elsewhere is still shown, struck through. */
export const FAREWELL_MS = 3_000;

export class FleetStore {
  /** Grows with every change; what is derived from the rows may be kept while it stands still. */
  version = 0;
  /** False until the first snapshot. */
  isLoaded = false;
  private readonly rows = new Map<string, Miner>();
  private readonly named = new Map<string, number>();
  private readonly leaving = new Map<string, number>();
  private seq: number | null = null;

  get miners(): ReadonlyMap<string, Miner> {
    return this.rows;
  }

  /** Replaces everything: what the snapshot does not name is gone. */
  snapshot(seq: number | null, miners: Iterable<Changes>): void {
    this.rows.clear();
    this.named.clear();
    this.leaving.clear();
    for (const miner of miners) this.put({ ...unknownMiner(miner.mac), ...miner });
    this.seq = seq;
    this.isLoaded = true;
    this.version++;
  }

  /** Takes one patch; false where one before it is missing: then only a snapshot helps. */
  patch(seq: number, changes: Iterable<Changes>): boolean {
    if (this.seq === null || seq > this.seq + 1) return false;
    if (seq <= this.seq) return true; // older than the snapshot
    this.seq = seq;
    this.merge(changes);
    return true;
  }

  /** Takes changes that carry no number. */
  merge(changes: Iterable<Changes>): void {
    for (const change of changes) {
      this.leaving.delete(change.mac);
      this.put({ ...(this.rows.get(change.mac) ?? unknownMiner(change.mac)), ...change });
    }
    this.version++;
  }

  /** Marks a miner as removed; `sweep` takes it away once it was seen to go. */
  remove(mac: string, nowMs: number): void {
    if (!this.rows.has(mac) || this.leaving.has(mac)) return;
    this.leaving.set(mac, nowMs + FAREWELL_MS);
    this.version++;
  }

  isLeaving(mac: string): boolean {
    return this.leaving.has(mac);
  }

  /** Takes away who has been shown leaving long enough. */
  sweep(nowMs: number): void {
    for (const [mac, untilMs] of this.leaving) {
      if (untilMs > nowMs) continue;
      this.leaving.delete(mac);
      this.count(this.rows.get(mac), -1);
      this.rows.delete(mac);
      this.version++;
    }
  }

  /** Returns what a person calls a miner here; of two with one name, with the end of its MAC. */
  label(miner: Miner): string {
    const name = nameOf(miner);
    return (this.named.get(name) ?? 0) > 1 ? `${name} ${miner.mac.slice(-5)}` : name;
  }

  private put(miner: Miner): void {
    const before = this.rows.get(miner.mac);
    if (before?.name !== miner.name || before?.host !== miner.host) {
      this.count(before, -1);
      this.count(miner, 1);
    }
    this.rows.set(miner.mac, miner);
  }

  private count(miner: Miner | undefined, by: number): void {
    if (!miner) return;
    const name = nameOf(miner);
    const many = (this.named.get(name) ?? 0) + by;
    if (many > 0) this.named.set(name, many);
    else this.named.delete(name);
  }
}
