/** The server's names for the columns of a miner, and ours: the one place where the two meet. */
import { type Miner, STATES, type StateName } from "../store/miner";
import type { Changes } from "../store/fleet";

type Take = (value: unknown) => unknown;

const same: Take = (value) => value ?? null;
const toMs: Take = (value) => (typeof value === "number" ? value * 1000 : null);
const isTrue: Take = (value) => value === true;
const toState: Take = (value) => (value === "not watched" ? "unwatched" : STATES.includes(value as StateName) ? value : "stale");

const COLUMNS: Readonly<Record<string, readonly [keyof Miner, Take]>> = {
  mac: ["mac", same],
  host: ["host", same],
  hostname: ["name", same],
  model: ["model", same],
  asic_model: ["asic", same],
  firmware: ["firmware", same],
  state: ["state", toState],
  state_since: ["sinceMs", toMs],
  reason: ["reason", same],
  needs_attention: ["needsAttention", isTrue],
  reading_at: ["readAtMs", toMs],
  hashrate_ghs: ["hashrateGhs", same],
  hashrate_1m_ghs: ["hashrate1mGhs", same],
  hashrate_10m_ghs: ["hashrate10mGhs", same],
  hashrate_1h_ghs: ["hashrate1hGhs", same],
  expected_hashrate_ghs: ["expectedGhs", same],
  error_percent: ["errorPercent", same],
  power_watts: ["powerWatts", same],
  efficiency_j_per_th: ["efficiencyJPerTh", same],
  input_voltage_volts: ["inputVolts", same],
  core_voltage_volts: ["coreVolts", same],
  core_voltage_actual_volts: ["coreActualVolts", same],
  frequency_mhz: ["frequencyMhz", same],
  chip_temperature_celsius: ["chipCelsius", same],
  vr_temperature_celsius: ["vrCelsius", same],
  fan_percent: ["fanPercent", same],
  fan_rpm: ["fanRpm", same],
  shares_accepted: ["accepted", same],
  shares_rejected: ["rejected", same],
  rejected_10m_percent: ["rejected10mPercent", same],
  pool: ["pool", same],
  stratum_user: ["poolUser", same],
  pool_difficulty: ["poolDifficulty", same],
  is_fallback: ["isFallback", same],
  pool_response_ms: ["responseMs", same],
  best_difficulty: ["best", same],
  best_session_difficulty: ["bestSession", same],
  blocks_found: ["blocksFound", same],
  wifi_rssi_dbm: ["rssiDbm", same],
  uptime_seconds: ["uptimeSeconds", same],
  free_heap_bytes: ["freeHeapBytes", same],
  restarts: ["restarts", same],
  preset: ["preset", same],
  created_at: ["addedAtMs", toMs],
};

/** Reads rows of the topic `fleet` in the order of columns that its snapshot gave; unknown columns are skipped. */
export class Columns {
  private readonly known: readonly (readonly [keyof Miner, Take] | undefined)[];

  constructor(names: readonly string[]) {
    this.known = names.map((name) => COLUMNS[name]);
  }

  /** Reads a whole row. */
  row(cells: readonly unknown[]): Changes {
    const changes: Record<string, unknown> = {};
    this.known.forEach((column, place) => {
      if (column) changes[column[0]] = column[1](cells[place]);
    });
    return changes as Changes;
  }

  /** Reads `[mac, column, value, column, value, ...]`. */
  cells(sparse: readonly unknown[]): Changes {
    const changes: Record<string, unknown> = { mac: sparse[0] };
    for (let place = 1; place + 1 < sparse.length; place += 2) {
      const column = this.known[sparse[place] as number];
      if (column) changes[column[0]] = column[1](sparse[place + 1]);
    }
    return changes as Changes;
  }
}
