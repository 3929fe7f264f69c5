/** The list as CSV: the columns shown, units in the head, times in UTC, nothing that a spreadsheet would run. */
import { type Column } from "../columns";
import { isCurrent, type Miner } from "../store/miner";

const UNITS: Readonly<Record<string, string>> = {
  hashrate: "GH/s", hashrate1m: "GH/s", hashrate10m: "GH/s", hashrate1h: "GH/s", expected: "%", error: "%", power: "W", efficiency: "J/TH", input: "V", core: "V", coreActual: "V", frequency: "MHz", chip: "C", vr: "C", fan: "%", rpm: "rpm",
  rejects: "%", response: "ms", rssi: "dBm", uptime: "s", readAt: "UTC", addedAt: "UTC",
};
const TIMES: ReadonlySet<string> = new Set(["readAt", "addedAt"]);

/** Returns one line a miner, in the order given. */
export function csv(miners: readonly Miner[], shown: readonly Column[]): string {
  const columns = shown.filter((column) => !column.isDrawn);
  const head = columns.map(({ key }) => (UNITS[key] ? `${key} (${UNITS[key]})` : key));
  return `${[head, ...miners.map((miner) => columns.map((column) => value(miner, column)))].map((cells) => cells.map(cell).join(",")).join("\r\n")}\r\n`;
}

function value(miner: Miner, column: Column): string {
  if (column.key === "state") return miner.state;
  if (column.key === "name") return miner.name ?? "";
  if (column.isReading && !isCurrent(miner)) return "";
  const found = column.value(miner);
  if (found === null) return "";
  return TIMES.has(column.key) ? new Date(found as number).toISOString() : String(found);
}

/** Quotes what needs it; what a spreadsheet would take for a formula gets an apostrophe, numbers aside. */
export function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function download(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
