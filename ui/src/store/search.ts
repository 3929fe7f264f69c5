/** What a search of the network found so far, in the order in which it was found: a row is added or changed, never moved. */

export interface Progress {
  readonly id: string | null;
  readonly state: "idle" | "running" | "ended" | "stopped" | "failed";
  readonly done: number;
  readonly total: number;
  readonly found: number;
  readonly beganAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly error: string | null;
}

export interface Found {
  readonly mac: string | null;
  readonly host: string;
  readonly name: string | null;
  readonly model: string | null;
  readonly asic: string | null;
  readonly firmware: string | null;
  readonly hashrateGhs: number | null;
  readonly status: "new" | "known" | "moved" | "other";
  readonly knownHost: string | null;
  readonly reason: string | null;
}

type Row = readonly unknown[];
type Told = Readonly<Record<string, unknown>>;

const PLACES: readonly (readonly [keyof Found, string])[] = [
  ["mac", "mac"], ["host", "host"], ["name", "hostname"], ["model", "model"], ["asic", "asic_model"], ["firmware", "firmware"],
  ["hashrateGhs", "hashrate_ghs"], ["status", "status"], ["knownHost", "known_host"], ["reason", "reason"],
];

export const IDLE: Progress = { id: null, state: "idle", done: 0, total: 0, found: 0, beganAtMs: null, endedAtMs: null, error: null };

export class SearchStore {
  progress: Progress = IDLE;
  private columns: readonly string[] = [];
  private readonly rows = new Map<string, Found>();

  get miners(): readonly Found[] {
    return [...this.rows.values()].filter((row) => row.status !== "other");
  }

  /** Who answers and is no miner. */
  get others(): readonly Found[] {
    return [...this.rows.values()].filter((row) => row.status === "other");
  }

  snapshot(columns: readonly string[], rows: readonly Row[], search: unknown): void {
    this.columns = columns;
    this.rows.clear();
    this.patch(rows, search);
  }

  patch(rows: readonly Row[], search: unknown): void {
    const progress = progressOf(search);
    if (progress !== null) {
      if (progress.id !== this.progress.id && this.progress.id !== null) this.rows.clear();
      this.progress = progress;
    }
    for (const row of rows) {
      const found = this.read(row);
      this.rows.set(found.mac ?? found.host, found);
    }
  }

  private read(row: Row): Found {
    return Object.fromEntries(PLACES.map(([name, column]) => [name, row[this.columns.indexOf(column)] ?? null])) as unknown as Found;
  }
}

function progressOf(search: unknown): Progress | null {
  if (typeof search !== "object" || search === null) return null;
  const told = search as Told;
  const ms = (value: unknown) => (typeof value === "number" ? value * 1000 : null);
  return {
    id: (told["id"] as string | null) ?? null, state: (told["state"] as Progress["state"]) ?? "idle", done: Number(told["done"] ?? 0), total: Number(told["total"] ?? 0),
    found: Number(told["found"] ?? 0), beganAtMs: ms(told["began_at"]), endedAtMs: ms(told["ended_at"]), error: (told["error"] as string | null) ?? null,
  };
}
