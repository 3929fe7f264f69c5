/** Tells views of changes at most every 200 ms, on an animation frame: a thousand patches a second are five drawings. */

export const DRAW_EVERY_MS = 200;

export interface Beat {
  now(): number;
  /** Calls back once after at least that many milliseconds. */
  after(ms: number, call: () => void): void;
}

export class Pulse {
  private readonly listeners = new Set<() => void>();
  private isDue = false;
  private lastMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly beat: Beat) {}

  /** Returns how to stop listening. */
  listen(call: () => void): () => void {
    this.listeners.add(call);
    return () => this.listeners.delete(call);
  }

  /** Something changed: whoever listens hears of it soon, once. */
  touch(): void {
    if (this.isDue) return;
    this.isDue = true;
    this.beat.after(Math.max(0, this.lastMs + DRAW_EVERY_MS - this.beat.now()), () => {
      this.isDue = false;
      this.lastMs = this.beat.now();
      for (const call of [...this.listeners]) call();
    });
  }
}

/** The browser's own beat; a hidden page, which has no frames, still gets told. */
export const screenBeat: Beat = {
  now: () => performance.now(),
  after: (ms, call) => {
    setTimeout(() => (document.hidden ? call() : requestAnimationFrame(call)), ms);
  },
};
