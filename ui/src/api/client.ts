/** Every request the page makes over HTTP; an answer that is no success becomes a Refused with the server's own words. */

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

/** The contract's device record, as far as the page reads it. */
export interface DeviceRecord {
  readonly mac: string;
  readonly ip: string | null;
  readonly info: Readonly<Record<string, unknown>>;
  readonly presetUuid?: string | null;
}

export interface NotApplied {
  readonly field: string;
  readonly reason: string;
}

const id = encodeURIComponent;

export class Api {
  /** *ask* is the browser's fetch. */
  constructor(private readonly ask: typeof fetch) {}

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

  async device(mac: string): Promise<DeviceRecord | null> {
    return (await this.json<{ data: DeviceRecord | null }>(`/devices/imprint/${id(mac)}`)).data;
  }

  /** All records, each with the choices that its model has for frequency and voltage. */
  async devices(): Promise<readonly DeviceRecord[]> {
    return (await this.json<{ data: readonly DeviceRecord[] }>("/devices/imprint")).data;
  }

  restart(mac: string): Promise<unknown> {
    return this.send("POST", `/devices/${id(mac)}/system/restart`);
  }

  /** Sends settings to one miner; returns those that do not hold afterwards, with the reason. */
  async configure(mac: string, info: Readonly<Record<string, unknown>>): Promise<readonly NotApplied[]> {
    const answer = await this.send<{ notApplied?: readonly NotApplied[] }>("PATCH", `/devices/${id(mac)}/system`, { info });
    return answer.notApplied ?? [];
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

  send<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const init: RequestInit = { method };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { "Content-Type": "application/json" };
    }
    return this.json(path, init);
  }

  async json<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
    const answer = await this.ask(path, { ...init, headers: { Accept: "application/json", ...init.headers } });
    const body: unknown = await answer.json().catch(() => null);
    if (!answer.ok) throw refused(answer.status, body);
    return body as Answer;
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
