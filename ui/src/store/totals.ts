/** Sums over the fleet, computed in one pass when somebody looks, kept while nothing changes. */
import type { FleetStore } from "./fleet";
import { isCurrent, type Miner, STATES, type StateName } from "./miner";

export interface Group {
  readonly name: string;
  miners: number;
  hashrateGhs: number;
  accepted: number;
  rejected: number;
}

export interface Totals {
  readonly miners: number;
  /** How many miners the sums rest on. */
  readonly current: number;
  readonly states: Readonly<Record<StateName, number>>;
  readonly hashrateGhs: number;
  readonly expectedGhs: number;
  readonly powerWatts: number;
  /** Of those whose hashrate is known and more than 0; null where there are none. */
  readonly efficiencyJPerTh: number | null;
  readonly accepted: number;
  readonly rejected: number;
  readonly best: number | null;
  readonly bestSession: number | null;
  readonly pools: readonly Group[];
  readonly firmwares: readonly Group[];
  readonly attention: readonly Miner[];
}

/** Returns the totals of a store as a function that walks only after a change. */
export function totalsOf(store: FleetStore): () => Totals {
  let version = -1;
  let kept = sum([]);
  return () => {
    if (version !== store.version) {
      version = store.version;
      kept = sum(store.miners.values());
    }
    return kept;
  };
}

function sum(miners: Iterable<Miner>): Totals {
  const states = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<StateName, number>;
  const pools = new Map<string, Group>();
  const firmwares = new Map<string, Group>();
  const attention: Miner[] = [];
  let workWatts = 0;
  let workGhs = 0;
  const total = { miners: 0, current: 0, hashrateGhs: 0, expectedGhs: 0, powerWatts: 0, accepted: 0, rejected: 0 };
  let best: number | null = null;
  let bestSession: number | null = null;
  for (const miner of miners) {
    total.miners++;
    states[miner.state]++;
    best = largest(best, miner.best);
    if (miner.needsAttention) attention.push(miner);
    if (miner.firmware !== null) count(firmwares, miner.firmware, miner);
    if (!isCurrent(miner)) continue;
    bestSession = largest(bestSession, miner.bestSession);
    total.current++;
    total.hashrateGhs += miner.hashrateGhs ?? 0;
    total.expectedGhs += miner.expectedGhs ?? 0;
    total.powerWatts += miner.powerWatts ?? 0;
    if (miner.hashrateGhs && miner.powerWatts !== null) {
      workGhs += miner.hashrateGhs;
      workWatts += miner.powerWatts;
    }
    total.accepted += miner.accepted ?? 0;
    total.rejected += miner.rejected ?? 0;
    if (miner.pool !== null) count(pools, miner.pool, miner);
  }
  attention.sort(worstFirst);
  return { ...total, efficiencyJPerTh: workGhs > 0 ? (workWatts / workGhs) * 1000 : null, states, best, bestSession, pools: ranked(pools), firmwares: ranked(firmwares), attention };
}

function count(groups: Map<string, Group>, name: string, miner: Miner): void {
  let group = groups.get(name);
  if (!group) groups.set(name, (group = { name, miners: 0, hashrateGhs: 0, accepted: 0, rejected: 0 }));
  group.miners++;
  group.hashrateGhs += isCurrent(miner) ? (miner.hashrateGhs ?? 0) : 0;
  group.accepted += miner.accepted ?? 0;
  group.rejected += miner.rejected ?? 0;
}

const ranked = (groups: Map<string, Group>): Group[] =>
  [...groups.values()].sort((a, b) => b.miners - a.miners || a.name.localeCompare(b.name));

const largest = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.max(a, b));

function worstFirst(a: Miner, b: Miner): number {
  return STATES.indexOf(a.state) - STATES.indexOf(b.state) || (a.sinceMs ?? 0) - (b.sinceMs ?? 0) || (a.mac < b.mac ? -1 : 1);
}
