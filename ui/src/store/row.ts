/** One row that is patched cell by cell. */
import type { Message } from "../link";

export class Row {
  values: Readonly<Record<string, unknown>> = {};
  private columns: readonly string[] = [];
  private seq: number | null = null;

  snapshot({ seq, columns = [], rows }: Message): void {
    this.columns = columns;
    this.seq = seq;
    this.values = Object.fromEntries(columns.map((name, place) => [name, rows[0]?.[place] ?? null]));
  }

  /** Takes one patch; false where one before it is missing. */
  patch({ seq, rows }: Message): boolean {
    if (this.seq === null || seq > this.seq + 1) return false;
    if (seq <= this.seq) return true;
    this.seq = seq;
    const changed: Record<string, unknown> = {};
    for (const cells of rows) {
      for (let place = 1; place + 1 < cells.length; place += 2) {
        const name = this.columns[cells[place] as number];
        if (name !== undefined) changed[name] = cells[place + 1] ?? null;
      }
    }
    this.values = { ...this.values, ...changed };
    return true;
  }
}
