/** One thing that happened, as the server tells it. */

export interface Happening {
  readonly id: number;
  readonly atMs: number;
  /** Empty where it is not about a miner. */
  readonly mac: string;
  readonly kind: string;
  readonly severity: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Reads rows of `GET /api/v1/events` and of the topic `events`. */
export function happenings(columns: readonly string[], rows: readonly (readonly unknown[])[]): Happening[] {
  const place = (name: string) => columns.indexOf(name);
  const [id, at, mac, kind, severity, facts] = ["id", "at", "mac", "kind", "severity", "facts"].map(place) as [number, number, number, number, number, number];
  return rows.map((row) => ({ id: row[id] as number, atMs: (row[at] as number) * 1000, mac: (row[mac] ?? "") as string, kind: row[kind] as string, severity: row[severity] as string, facts: (row[facts] ?? {}) as Happening["facts"] }));
}
