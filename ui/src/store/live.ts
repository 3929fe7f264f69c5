/** Joins the parts that live as long as the page: the fleet, its totals, and the pulse that tells views. */
import { Columns } from "../api/columns";
import type { Follower, Message } from "../link";
import { FleetStore } from "./fleet";
import { type Beat, Pulse } from "./pulse";
import { totalsOf } from "./totals";

export class Live {
  readonly fleet = new FleetStore();
  readonly pulse: Pulse;
  /** The MACs in the order in which they were last listed: what "next" and "previous" mean. */
  listed: readonly string[] = [];
  /** The row of the list that was last active: who comes back to the list finds it again. */
  active: string | null = null;
  readonly totals = totalsOf(this.fleet);

  constructor(beat: Beat) {
    this.pulse = new Pulse(beat);
  }

  /** Returns who turns messages of the topic `fleet` into rows. */
  follower(nowMs: () => number): Follower {
    let columns = new Columns([]);
    return {
      snapshot: (message: Message) => {
        columns = new Columns(message.columns ?? []);
        this.fleet.snapshot(message.seq, message.rows.map((row) => columns.row(row)));
        this.pulse.touch();
      },
      patch: (message: Message) => {
        const follows = this.fleet.patch(message.seq, message.rows.map((row) => columns.cells(row)));
        if (follows) for (const mac of message.removed ?? []) this.fleet.remove(mac, nowMs());
        this.pulse.touch();
        return follows;
      },
    };
  }
}
