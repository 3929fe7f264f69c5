/** The columns of the list of miners: a row each. What a value is, how it is written, how it is asked for in the filter. */
import * as format from "./format";
import { expectedPercent, type Miner, nameOf, rejectPercent, STATES } from "./store/miner";
import type { Key } from "./t";

export interface Column {
  readonly key: string;
  readonly label: Key;
  /** Sorted and filtered by; null is "not known" and comes last. */
  readonly value: (miner: Miner) => number | string | null;
  readonly show: (miner: Miner, nowMs: number) => string;
  /** Part of a reading: a dash while the miner is silent. */
  readonly isReading: boolean;
  readonly isNumber: boolean;
  readonly width: number;
  /** Further names in the filter language. */
  readonly aliases: readonly string[];
  /** A picture: neither sorted by nor exported. */
  readonly isDrawn?: boolean;
}

type Show = (value: number | null, miner: Miner) => string;

function reading(key: string, value: (miner: Miner) => number | null, show: Show, width: number, ...aliases: string[]): Column {
  const label = `column.${key}` as Key;
  return { key, label, value, show: (miner) => show(value(miner), miner), isReading: true, isNumber: true, width, aliases };
}

function word(key: keyof Miner & string, width: number, ...aliases: string[]): Column {
  const value = (miner: Miner) => (miner[key] as string | null) || null;
  return { key, label: `column.${key}` as Key, value, show: (miner) => format.text(value(miner)), isReading: false, isNumber: false, width, aliases };
}

export const COLUMNS: readonly Column[] = [
  { key: "state", label: "column.state", value: (miner) => STATES.indexOf(miner.state), show: (miner) => miner.state, isReading: false, isNumber: false, width: 128, aliases: [] },
  { ...word("name", 168), value: (miner) => nameOf(miner).toLowerCase(), show: nameOf },
  word("model", 128),
  word("asic", 96),
  word("host", 144, "ip", "address"),
  word("mac", 152),
  reading("hashrate", (miner) => miner.hashrateGhs, format.hashrate, 104, "hash"),
  reading("hashrate1m", (miner) => miner.hashrate1mGhs, format.hashrate, 104),
  reading("hashrate10m", (miner) => miner.hashrate10mGhs, format.hashrate, 104),
  reading("hashrate1h", (miner) => miner.hashrate1hGhs, format.hashrate, 104),
  { key: "trend", label: "column.trend", value: () => null, show: () => "", isReading: false, isNumber: false, width: 136, aliases: [], isDrawn: true },
  reading("expected", expectedPercent, format.percent, 104),
  reading("error", (miner) => miner.errorPercent, format.percent, 88),
  reading("power", (miner) => miner.powerWatts, format.power, 88, "watts"),
  reading("efficiency", (miner) => miner.efficiencyJPerTh, (value, miner) => format.efficiency(value, miner.hashrateGhs), 96, "eff"),
  reading("input", (miner) => miner.inputVolts, format.volts, 88),
  reading("core", (miner) => miner.coreVolts, format.coreVolts, 96),
  reading("coreActual", (miner) => miner.coreActualVolts, format.coreVolts, 112),
  reading("frequency", (miner) => miner.frequencyMhz, format.megahertz, 104, "freq"),
  reading("chip", (miner) => miner.chipCelsius, format.celsius, 80, "temp"),
  reading("vr", (miner) => miner.vrCelsius, format.celsius, 80),
  reading("fan", (miner) => miner.fanPercent, format.percent, 88),
  reading("rpm", (miner) => miner.fanRpm, format.turns, 96),
  reading("accepted", (miner) => miner.accepted, format.count, 104),
  reading("rejected", (miner) => miner.rejected, format.count, 104),
  reading("rejects", rejectPercent, format.percent, 88, "rej"),
  word("pool", 176),
  word("poolUser", 200, "user"),
  reading("poolDifficulty", (miner) => miner.poolDifficulty, format.difficulty, 96),
  reading("bestSession", (miner) => miner.bestSession, format.difficulty, 104),
  { ...reading("best", (miner) => miner.best, format.difficulty, 96), isReading: false },
  reading("response", (miner) => miner.responseMs, format.milliseconds, 96),
  reading("rssi", (miner) => miner.rssiDbm, format.decibels, 88, "wifi"),
  { ...reading("uptime", (miner) => miner.uptimeSeconds, format.duration, 96, "up") },
  word("firmware", 112, "fw"),
  word("preset", 128),
  { ...reading("readAt", (miner) => miner.readAtMs, format.time, 112), isReading: false, show: (miner, nowMs) => format.age(miner.readAtMs, nowMs) },
  { ...reading("addedAt", (miner) => miner.addedAtMs, format.shortDate, 104), isReading: false },
];

export const DEFAULT_COLUMNS: readonly string[] = ["state", "name", "model", "hashrate", "power", "efficiency", "chip", "vr", "rejects", "uptime"];

/** Returns the column called *name* in the filter language or in an address, or null. */
export function columnNamed(name: string): Column | null {
  const wanted = name.toLowerCase();
  return COLUMNS.find((column) => column.key.toLowerCase() === wanted || column.aliases.includes(wanted)) ?? null;
}
