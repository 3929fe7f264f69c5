/** Log lines of one or several miners in the order in which they came: the newest 10,000, what is older falls out. */

export const KEPT_LINES = 10_000;
const DROPPED_AT_ONCE = 1_000;
const LOOKED_AT = 200;

export const LEVELS = ["E", "W", "I", "D", "V"] as const;
export type Level = (typeof LEVELS)[number];

export interface LogLine {
  /** Rises by one with each line that came, whoever wrote it. */
  readonly id: number;
  readonly mac: string;
  readonly atMs: number;
  /** As the miner wrote it, colours included, without the letter of its level. */
  readonly raw: string;
  readonly text: string;
  readonly level: Level | null;
  readonly component: string | null;
  /** `notice`: Pluto's own words; `gap`: lines that were never sent here, *missed* of them. */
  readonly kind: "line" | "notice" | "gap";
  readonly missed: number;
}

const LETTER = /^((?:\x1b\[[0-9;]*m)*\s*)[EWIDV] (?=\()/;
const ESP = /^\s*([EWIDV]) \([^)]*\) ([^:]{1,60}):/;

export class LogStore {
  /** Oldest first; the array is another one after each change. */
  lines: readonly LogLine[] = [];
  readonly components = new Map<string, number>();
  private readonly last = new Map<string, number>();
  private nextId = 1;

  constructor(private readonly plain: (raw: string) => string) {}

  /** Takes rows `number, at, text, is_notice` of *mac*; those of a number that is known are skipped, a jump is told. */
  take(mac: string, rows: readonly (readonly unknown[])[], isSnapshot: boolean): void {
    const newest = Number(rows.at(-1)?.[0] ?? 0);
    const before = this.last.get(mac) ?? 0;
    if (isSnapshot && newest < before) this.last.delete(mac); // the server began anew
    const fresh: LogLine[] = [];
    for (const [number, at, text, isNotice] of rows as readonly [number, number, string, boolean][]) {
      const last = this.last.get(mac);
      if (last !== undefined && number <= last) continue;
      if (last !== undefined && number > last + 1) fresh.push(this.line(mac, at, "", "gap", number - last - 1));
      this.last.set(mac, number);
      fresh.push(this.line(mac, at, text, isNotice ? "notice" : "line", 0));
    }
    if (fresh.length === 0) return;
    const all = [...this.lines, ...fresh];
    this.lines = all.length > KEPT_LINES ? all.slice(Math.min(all.length, Math.max(all.length - KEPT_LINES, DROPPED_AT_ONCE))) : all;
  }

  /** Returns whether the last that came of one of *macs* are words of Pluto: its log is silent or lost. */
  isLost(macs: readonly string[]): boolean {
    const last = new Map<string, LogLine>();
    for (const line of this.lines.slice(-LOOKED_AT)) last.set(line.mac, line);
    return macs.some((mac) => last.get(mac)?.kind === "notice");
  }

  clear(): void {
    this.lines = [];
  }

  private line(mac: string, at: number, whole: string, kind: LogLine["kind"], missed: number): LogLine {
    const found = kind === "line" ? ESP.exec(this.plain(whole)) : null;
    const raw = found === null ? whole : whole.replace(LETTER, "$1");
    const text = this.plain(raw);
    const component = found?.[2] ?? null;
    if (component !== null) this.components.set(component, (this.components.get(component) ?? 0) + 1);
    return { id: this.nextId++, mac, atMs: at * 1000, raw, text, level: (found?.[1] as Level | undefined) ?? null, component, kind, missed };
  }
}
