/** The newest value of each metric, taken from the live rows: what a chart's tail is made of. */
import type { Live } from "./live";
import { isCurrent, type Miner } from "./miner";
import type { Sample } from "./past";

export const FLEET = "fleet";
const FLEET_EVERY_S = 10;

type Take = (miner: Miner) => number | null;

const OF_MINER: Readonly<Record<string, Take>> = {
  hashrate_ghs: (miner) => miner.hashrateGhs,
  hashrate_10m_ghs: (miner) => miner.hashrate10mGhs,
  expected_hashrate_ghs: (miner) => miner.expectedGhs,
  power_watts: (miner) => miner.powerWatts,
  efficiency_j_per_th: (miner) => miner.efficiencyJPerTh,
  chip_temperature_celsius: (miner) => miner.chipCelsius,
  vr_temperature_celsius: (miner) => miner.vrCelsius,
  fan_percent: (miner) => miner.fanPercent,
  fan_rpm: (miner) => miner.fanRpm,
  input_voltage_volts: (miner) => miner.inputVolts,
  core_voltage_volts: (miner) => miner.coreVolts,
  core_voltage_actual_volts: (miner) => miner.coreActualVolts,
  frequency_mhz: (miner) => miner.frequencyMhz,
  error_percent: (miner) => miner.errorPercent,
  pool_response_ms: (miner) => miner.responseMs,
  wifi_rssi_dbm: (miner) => miner.rssiDbm,
  free_heap_bytes: (miner) => miner.freeHeapBytes,
  shares_accepted: (miner) => miner.accepted,
  shares_rejected: (miner) => miner.rejected,
};

/** Returns the newest sample of a miner or of the fleet; null where there is none. Its time moves only with a new reading. */
export function sampleOf(live: Live, mac: string, nowMs: number): Sample | null {
  if (mac === FLEET) return live.fleet.isLoaded ? { atS: Math.floor(nowMs / 1000 / FLEET_EVERY_S) * FLEET_EVERY_S, values: ofFleet(live) } : null;
  const miner = live.fleet.miners.get(mac);
  if (!miner || miner.readAtMs === null || !isCurrent(miner)) return null;
  return { atS: miner.readAtMs / 1000, values: Object.fromEntries(Object.entries(OF_MINER).map(([metric, take]) => [metric, take(miner)])) };
}

function ofFleet(live: Live): Readonly<Record<string, number | null>> {
  const totals = live.totals();
  const chips: number[] = [];
  for (const miner of live.fleet.miners.values()) if (miner.chipCelsius !== null && isCurrent(miner)) chips.push(miner.chipCelsius);
  chips.sort((a, b) => a - b);
  const at = (part: number): number | null => chips[Math.min(chips.length - 1, Math.floor(chips.length * part))] ?? null;
  return {
    hashrate_ghs: totals.hashrateGhs, expected_hashrate_ghs: totals.expectedGhs, power_watts: totals.powerWatts,
    efficiency_j_per_th: totals.efficiencyJPerTh,
    chip_temperature_p50_celsius: at(0.5), chip_temperature_p95_celsius: at(0.95), chip_temperature_max_celsius: chips.at(-1) ?? null,
    miners_online: totals.current, miners_watched: totals.miners - totals.states.unwatched,
    shares_accepted: totals.accepted, shares_rejected: totals.rejected,
  };
}
