/** A whole record of the plain events `stat_update` and `error`, as changes of a row: for a server without the topics of `/ui`. */
import type { Changes } from "../store/fleet";

interface Record_ {
  readonly mac: string;
  readonly ip?: string | null;
  readonly tracing?: boolean;
  readonly info?: Readonly<Record<string, unknown>>;
  readonly error?: string;
  readonly createdAt?: string;
}

/** Returns what *record* says. Only what every firmware calls by the same name; the server's own rows know more. */
export function changesOf(record: Record_, nowMs: number): Changes {
  const info = record.info ?? {};
  const hashrateGhs = number(info["hashRate"]);
  const powerWatts = number(info["power"]);
  const isOnline = record.tracing === true && record.error === undefined;
  return {
    mac: record.mac.toLowerCase(),
    host: record.ip ?? null,
    name: string(info["hostname"]),
    model: string(info["deviceModel"]) ?? string(info["boardVersion"]),
    asic: string(info["ASICModel"]),
    firmware: string(info["version"]),
    state: isOnline ? "online" : record.tracing === undefined ? "unwatched" : "offline",
    reason: record.error ?? null,
    needsAttention: record.tracing === false,
    hashrateGhs,
    hashrate10mGhs: number(info["hashRate_10m"]),
    expectedGhs: number(info["expectedHashrate"]),
    powerWatts,
    efficiencyJPerTh: hashrateGhs && powerWatts !== null ? powerWatts / (hashrateGhs / 1000) : null,
    chipCelsius: number(info["temp"]),
    vrCelsius: number(info["vrTemp"]),
    fanPercent: number(info["fanspeed"]),
    fanRpm: number(info["fanrpm"]),
    frequencyMhz: number(info["frequency"]),
    accepted: number(info["sharesAccepted"]),
    rejected: number(info["sharesRejected"]),
    pool: typeof info["stratumURL"] === "string" ? `${info["stratumURL"]}:${info["stratumPort"]}` : null,
    poolUser: string(info["stratumUser"]),
    uptimeSeconds: number(info["uptimeSeconds"]),
    addedAtMs: record.createdAt ? Date.parse(record.createdAt) : null,
    ...(isOnline ? { readAtMs: nowMs } : {}),
  };
}

const number = (value: unknown): number | null => (typeof value === "number" && value !== -1 ? value : null);
const string = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
