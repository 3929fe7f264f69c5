/** What is known of now, as one more point of a chart: of a miner when a new reading came, of the fleet every ten seconds. */
import type { Sample } from "../chart/points";
import type { Live } from "../store/live";
import { isCurrent, type Miner } from "../store/miner";

export const FLEET = "fleet";
export type Sampler = (live: Live, nowMs: number) => Sample | null;

const FLEET_EVERY_S = 10;

const OF_MINER: Readonly<Record<string, (miner: Miner) => number | null>> = {
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
};

/** Returns who takes samples of *of*, a MAC or FLEET; null while there is nothing new. */
export function samplerOf(of: string): Sampler {
  return of === FLEET ? fleetSampler() : minerSampler(of);
}

function minerSampler(mac: string): Sampler {
  let before: Miner | null = null;
  return (live) => {
    const miner = live.fleet.miners.get(mac);
    if (!miner || miner.readAtMs === null || miner.readAtMs === before?.readAtMs) return null;
    const values = Object.fromEntries(Object.entries(OF_MINER).map(([name, value]) => [name, value(miner)]));
    const sample = { atS: miner.readAtMs / 1000, values, added: before === null ? {} : { shares_accepted: grown(before.accepted, miner.accepted), shares_rejected: grown(before.rejected, miner.rejected) } };
    const isFirst = before === null;
    before = miner;
    return isFirst ? null : sample;
  };
}

/** Returns what a counter grew by; one that went back began anew. */
function grown(before: number | null, now: number | null): number {
  if (before === null || now === null) return 0;
  return now >= before ? now - before : now;
}

function fleetSampler(): Sampler {
  let takenS = 0;
  let counted: readonly [number, number] | null = null;
  return (live, nowMs) => {
    const atS = Math.floor(nowMs / 1000);
    if (takenS === 0) takenS = atS;
    if (atS < takenS + FLEET_EVERY_S || !live.fleet.isLoaded) return null;
    takenS = atS;
    const totals = live.totals();
    const before = counted;
    counted = [totals.accepted, totals.rejected];
    const temperatures = [...live.fleet.miners.values()].flatMap((miner) => (isCurrent(miner) && miner.chipCelsius !== null ? [miner.chipCelsius] : [])).sort((a, b) => a - b);
    const isAny = totals.current > 0;
    return {
      atS,
      values: {
        hashrate_ghs: isAny ? totals.hashrateGhs : null, expected_hashrate_ghs: isAny ? totals.expectedGhs : null, power_watts: isAny ? totals.powerWatts : null,
        efficiency_j_per_th: totals.efficiencyJPerTh,
        chip_temperature_p50_celsius: quantile(temperatures, 0.5), chip_temperature_p95_celsius: quantile(temperatures, 0.95), chip_temperature_max_celsius: temperatures.at(-1) ?? null,
        miners_online: totals.current, miners_watched: totals.miners - totals.states.unwatched,
      },
      // miners that came or went move the sums by all they ever found: only a small step is work
      added: before === null ? {} : { shares_accepted: Math.max(0, counted[0] - before[0]), shares_rejected: Math.max(0, counted[1] - before[1]) },
    };
  };
}

const quantile = (sorted: readonly number[], share: number): number | null => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
