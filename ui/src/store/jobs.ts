/** What a person asked of several miners at once: one call a miner, an end state for each (ui.md 3.4). */

export type End = "waiting" | "running" | "done" | "failed";

export interface Errand {
  readonly mac: string;
  readonly name: string;
  readonly end: End;
  readonly detail: string | null;
}

export interface Job {
  readonly id: number;
  readonly title: string;
  readonly errands: readonly Errand[];
  readonly isOver: boolean;
}

export type Run = (mac: string) => Promise<void>;

/** How many miners are asked at the same time. */
const AT_ONCE = 4;

export class Jobs {
  private readonly jobs = new Map<number, Job>();
  private readonly runs = new Map<number, Run>();
  private readonly ears = new Map<number, (done: readonly string[]) => void>();
  private nextId = 1;

  constructor(private readonly changed: () => void) {}

  get list(): readonly Job[] {
    return [...this.jobs.values()];
  }

  get(id: number): Job | undefined {
    return this.jobs.get(id);
  }

  get running(): number {
    return this.list.filter((job) => !job.isOver).length;
  }

  /** Starts *run* for each miner and returns the job's id at once; one that fails does not stop the others. *onOver* hears who is done. */
  start(title: string, miners: readonly { mac: string; name: string }[], run: Run, onOver?: (done: readonly string[]) => void): number {
    const id = this.nextId++;
    if (onOver) this.ears.set(id, onOver);
    this.jobs.set(id, { id, title, isOver: false, errands: miners.map(({ mac, name }) => ({ mac, name, end: "waiting", detail: null })) });
    this.runs.set(id, run);
    void this.work(id);
    return id;
  }

  /** Does again what failed, and nothing else. */
  retry(id: number): void {
    const job = this.jobs.get(id);
    if (!job?.isOver) return;
    const errands = job.errands.map((errand) => (errand.end === "failed" ? { ...errand, end: "waiting" as const, detail: null } : errand));
    this.jobs.set(id, { ...job, isOver: false, errands });
    void this.work(id);
  }

  private async work(id: number): Promise<void> {
    this.changed();
    const waiting = (this.jobs.get(id)?.errands ?? []).filter((errand) => errand.end === "waiting").map((errand) => errand.mac);
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.takeFrom(id, waiting)));
    const job = this.jobs.get(id);
    if (!job) return;
    this.jobs.set(id, { ...job, isOver: true });
    this.ears.get(id)?.(job.errands.filter((errand) => errand.end === "done").map((errand) => errand.mac));
    this.changed();
  }

  private async takeFrom(id: number, waiting: string[]): Promise<void> {
    for (let mac = waiting.shift(); mac !== undefined; mac = waiting.shift()) {
      this.mark(id, mac, "running", null);
      try {
        await this.runs.get(id)?.(mac);
        this.mark(id, mac, "done", null);
      } catch (error) {
        this.mark(id, mac, "failed", error instanceof Error ? error.message : String(error));
      }
    }
  }

  private mark(id: number, mac: string, end: End, detail: string | null): void {
    const job = this.jobs.get(id);
    if (!job) return;
    this.jobs.set(id, { ...job, errands: job.errands.map((errand) => (errand.mac === mac ? { ...errand, end, detail } : errand)) });
    this.changed();
  }
}
