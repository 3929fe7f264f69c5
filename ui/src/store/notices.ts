/** Short messages at the foot of the page, the newest last; those with something to do stay longer. */

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly isBad: boolean;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}

const STAYS_MS = 10_000;

export class Notices {
  readonly list: Notice[] = [];
  private nextId = 1;

  constructor(private readonly changed: () => void) {}

  say(text: string, { isBad = false, action }: { isBad?: boolean; action?: Notice["action"] } = {}): void {
    const notice = { id: this.nextId++, text, isBad, action };
    this.list.push(notice);
    setTimeout(() => this.dismiss(notice.id), STAYS_MS);
    this.changed();
  }

  dismiss(id: number): void {
    const place = this.list.findIndex((notice) => notice.id === id);
    if (place < 0) return;
    this.list.splice(place, 1);
    this.changed();
  }
}
