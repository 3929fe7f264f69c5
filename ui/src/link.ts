/** The socket: topics of the namespace `/ui`, a snapshot then patches, reconnecting for ever, and how old the link is. */
import { io, type Socket } from "socket.io-client";

const FIRST_TRY_MS = 1_000;
const LAST_TRY_MS = 15_000;
/** What is still heard of while nobody looks: little, and what somebody waits for. */
const HEARD_AT_REST: ReadonlySet<string> = new Set(["jobs", "events"]);

export interface Message {
  readonly topic: string;
  readonly seq: number;
  readonly at: number;
  readonly columns?: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly removed?: readonly string[];
  readonly search?: unknown;
}

/** Who hears of a topic. `patch` answers false where it cannot go on from what it has: it then gets a snapshot. */
export interface Follower {
  snapshot(message: Message): void;
  patch(message: Message): boolean;
}

export type LinkState = "connecting" | "live" | "lost";

/** Returns how long to wait before try number *attempt* (0, 1, 2...): doubling to 15 s, up to a quarter less by chance. */
export function backoffMs(attempt: number, chance: number): number {
  return Math.min(LAST_TRY_MS, FIRST_TRY_MS * 2 ** Math.min(attempt, 10)) * (1 - chance / 4);
}

export class Link {
  state: LinkState = "connecting";
  /** When something was last heard, by the browser's clock. */
  heardMs: number | null = null;
  /** When the next try is due, while the link is lost. */
  nextTryMs: number | null = null;
  private readonly socket: Socket;
  private readonly followers = new Map<string, Set<Follower>>();
  private isResting = false;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private serverAheadMs = 0;

  /** *changed* is called whenever the state of the link is another, *told.unlinked* where a try to connect failed. */
  constructor(private readonly changed: () => void, told: { noTopics: () => void; unlinked: () => void }) {
    this.socket = io("/ui", { path: "/socket/io", transports: ["websocket", "polling"], tryAllTransports: true, timeout: 5_000, reconnection: false, autoConnect: false });
    this.socket.on("connect", () => this.connected());
    this.socket.on("connect_error", (error) => {
      if (/namespace/i.test(error.message)) return told.noTopics();
      told.unlinked();
      return this.lost();
    });
    this.socket.on("disconnect", () => this.lost());
    this.socket.on("snapshot", (message: Message) => this.heard(message, (follower) => (follower.snapshot(message), true)));
    this.socket.on("patch", (message: Message) => this.heard(message, (follower) => follower.patch(message)));
  }

  open(): void {
    this.socket.connect();
  }

  /** Returns the server's time: ages are measured against it, so a wrong clock here does not matter. */
  nowMs(): number {
    return Date.now() + this.serverAheadMs;
  }

  /** Tries again at once. */
  retry(): void {
    if (this.state === "lost") this.try();
  }

  /** Hears of *topic* from now on; returns how to stop. */
  follow(topic: string, follower: Follower): () => void {
    const known = this.followers.get(topic) ?? new Set();
    this.followers.set(topic, known.add(follower));
    if (this.state === "live" && this.isHeard(topic)) this.watch([topic]);
    return () => {
      known.delete(follower);
      if (known.size > 0) return;
      this.followers.delete(topic);
      if (this.state === "live") this.unwatch([topic]);
    };
  }

  /** Hears of little while nobody looks; after that everything comes anew, as a snapshot. */
  rest(isResting: boolean): void {
    if (this.isResting === isResting) return;
    this.isResting = isResting;
    const topics = [...this.followers.keys()].filter((topic) => !HEARD_AT_REST.has(topic));
    if (this.state === "live") (isResting ? this.unwatch(topics) : this.watch(topics));
  }

  /** Values come another way than by topics: the link is as live as that is. */
  heardElsewhere(isLive: boolean): void {
    if (isLive) this.heardMs = Date.now();
    this.become(isLive ? "live" : "lost");
  }

  private watch(topics: readonly string[]): void {
    if (topics.length > 0) this.socket.emit("watch", { topics });
  }

  private unwatch(topics: readonly string[]): void {
    if (topics.length > 0) this.socket.emit("unwatch", { topics });
  }

  private isHeard(topic: string): boolean {
    return !this.isResting || HEARD_AT_REST.has(topic);
  }

  private heard(message: Message, tell: (follower: Follower) => boolean): void {
    this.heardMs = Date.now();
    this.serverAheadMs = message.at * 1000 - this.heardMs;
    const isFollowed = [...(this.followers.get(message.topic) ?? [])].map(tell).every(Boolean);
    if (!isFollowed && this.isHeard(message.topic)) this.watch([message.topic]);
  }

  private connected(): void {
    this.attempt = 0;
    this.nextTryMs = null;
    this.heardMs = Date.now();
    this.become("live");
    this.watch([...this.followers.keys()].filter((topic) => this.isHeard(topic)));
  }

  private lost(): void {
    const delayMs = backoffMs(this.attempt++, Math.random());
    this.nextTryMs = Date.now() + delayMs;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.try(), delayMs);
    this.become("lost");
  }

  private try(): void {
    if (this.state === "live") return;
    clearTimeout(this.timer);
    this.socket.connect();
  }

  private become(state: LinkState): void {
    this.state = state;
    this.changed();
  }
}
