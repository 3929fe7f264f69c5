/** Every request the page makes over HTTP; an answer that is no success becomes a Refused with the server's own words. */
import type { Asked, Request } from "./asked";

/** The server said no, or could not be asked. *code* is its stable word for why, where it gave one. */
export class Refused extends Error {
  override name = "Refused";
  constructor(
    message: string,
    readonly status: number,
    readonly code: string | null,
    /** The parameter, or member of the body, that is to blame. */
    readonly field: string | null = null,
  ) {
    super(message);
  }
}

export interface Series {
  readonly unit: string;
  readonly kind: "gauge" | "count";
  readonly avg?: readonly (number | null)[];
  readonly min?: readonly (number | null)[];
  readonly max?: readonly (number | null)[];
  readonly sum?: readonly (number | null)[];
}

export interface History {
  readonly at: number;
  readonly source: string;
  /** Why it is from another source than one would think. */
  readonly note?: string | null;
  readonly step_s: number;
  readonly from: number;
  readonly to: number;
  readonly times: readonly number[];
  readonly metrics: Readonly<Record<string, Series>>;
}

export interface HistoryQuestion {
  readonly mac: string;
  readonly metrics: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly points: number;
}

export interface Table {
  readonly at: number;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** What can be set on a miner: one field of its form. */
export interface Setting {
  readonly name: string;
  readonly group: string;
  readonly kind: "text" | "number" | "flag" | "choice" | "secret";
  readonly value: string | number | boolean | null;
  readonly unit: string;
  readonly low: number | null;
  readonly high: number | null;
  readonly choices: readonly { readonly value: number; readonly is_default: boolean }[];
  readonly is_open: boolean;
  readonly needs_restart: boolean;
}

export interface Form {
  readonly choices_by_miner: boolean;
  readonly settings: readonly Setting[];
}

/** Above these a miner counts as hot. */
export interface Limits {
  readonly chip_temperature_celsius: number;
  readonly vr_temperature_celsius: number;
}

export type Verb = "restart" | "identify" | "pause" | "resume";

/** What the server knows of a miner beside its row. */
export interface Ability {
  readonly can: readonly Verb[];
  readonly limits: Limits;
  readonly pools: readonly { readonly role: "primary" | "fallback"; readonly address: string; readonly user: string | null }[];
  /** Why shares were rejected since the start of the miner, in the pool's words. */
  readonly rejected_for: readonly { readonly reason: string; readonly count: number }[];
}

export type SettingValue = string | number | boolean;

export interface NotApplied {
  readonly field: string;
  readonly reason: string;
}

const id = encodeURIComponent;

export class Api {
  /** *ask* is the browser's fetch; *signedOut* is called where the server wants to know again who asks. */
  constructor(
    private readonly ask: typeof fetch,
    private readonly signedOut: () => void = () => undefined,
  ) {}

  history({ mac, metrics, from, to, points }: HistoryQuestion, signal?: AbortSignal): Promise<History> {
    const query = new URLSearchParams({ mac, metric: metrics.join(","), from: String(from), to: String(to), points: String(points) });
    return this.json(`/api/v1/history?${query}`, { signal: signal ?? null });
  }

  raw(mac: string): Promise<{ at: number; reading_at: number | null; info: Record<string, unknown> }> {
    return this.json(`/api/v1/miners/${id(mac)}/raw`);
  }

  polls(mac: string): Promise<Table> {
    return this.json(`/api/v1/miners/${id(mac)}/polls`);
  }

  events(query: Readonly<Record<string, string>>): Promise<Table> {
    return this.json(`/api/v1/events?${new URLSearchParams(query)}`);
  }

  version(): Promise<{ version: string }> {
    return this.json("/version");
  }

  /** All records of the contract, whole: for a server without live topics. */
  async devices(): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return (await this.json<{ data: readonly Readonly<Record<string, unknown>>[] }>("/devices/imprint")).data;
  }

  ability(mac: string): Promise<Ability> {
    return this.json(`/api/v1/miners/${id(mac)}`);
  }

  pause(mac: string): Promise<unknown> {
    return this.send("POST", `/api/v1/miners/${id(mac)}/pause`);
  }

  resume(mac: string): Promise<unknown> {
    return this.send("POST", `/api/v1/miners/${id(mac)}/resume`);
  }

  restart(mac: string): Promise<unknown> {
    return this.send("POST", `/api/v1/miners/${id(mac)}/restart`);
  }

  settings(mac: string): Promise<Form> {
    return this.json(`/api/v1/miners/${id(mac)}/settings`);
  }

  /** Sends settings to one miner; returns those that do not hold afterwards, with the reason. */
  async change(mac: string, settings: Readonly<Record<string, SettingValue>>): Promise<readonly NotApplied[]> {
    return (await this.send<{ not_applied: readonly NotApplied[] }>("PATCH", `/api/v1/miners/${id(mac)}/settings`, { settings })).not_applied;
  }

  watch(mac: string): Promise<unknown> {
    return this.send("POST", `/api/v1/miners/${id(mac)}/watch`);
  }

  unwatch(mac: string): Promise<unknown> {
    return this.send("POST", `/api/v1/miners/${id(mac)}/unwatch`);
  }

  identify(mac: string): Promise<unknown> {
    return this.send("POST", `/api/v1/miners/${id(mac)}/identify`);
  }

  remove(mac: string, withHistory: boolean): Promise<unknown> {
    return this.send("DELETE", `/api/v1/miners/${id(mac)}${withHistory ? "?history=true" : ""}`);
  }

  add(macs: readonly string[], addresses: readonly string[] = []): Promise<{ results: readonly Readonly<Record<string, string>>[] }> {
    return this.send("POST", "/api/v1/miners", { macs, addresses });
  }

  send<Answer>(...[method, path, body]: Request): Promise<Answer> {
    const init: RequestInit = { method };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { "Content-Type": "application/json" };
    }
    return this.answer(path, init);
  }

  /** Returns an answer that is a file. */
  async blob(method: string, path: string): Promise<Blob> {
    const answer = await this.ask(path, { method, body: "{}", headers: { "Content-Type": "application/json" } });
    if (!answer.ok) throw await this.refusal(answer);
    return answer.blob();
  }

  json<Answer>(path: Asked<"get">, init: RequestInit = {}): Promise<Answer> {
    return this.answer(path, init);
  }

  private async answer<Answer>(path: string, init: RequestInit): Promise<Answer> {
    const answer = await this.ask(path, { ...init, headers: { Accept: "application/json", ...init.headers } });
    if (!answer.ok) throw await this.refusal(answer);
    return (await answer.json()) as Answer;
  }

  private async refusal(answer: Response): Promise<Refused> {
    if (answer.status === 401) this.signedOut();
    return refused(answer.status, await answer.json().catch(() => null));
  }
}

/** Reads problem documents, the contract's `{"error", "details"}`, and its `{"message"}`. */
function refused(status: number, body: unknown): Refused {
  const said = (body ?? {}) as Readonly<Record<string, unknown>>;
  const sentence = [said["detail"], said["error"], said["message"], said["title"]].find((word) => typeof word === "string");
  const details = typeof said["details"] === "string" ? `: ${said["details"]}` : "";
  return new Refused(`${(sentence as string | undefined) ?? status}${details}`, status, text(said["code"]), text(said["field"]));
}

const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
