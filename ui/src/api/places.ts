/** What the server is asked while miners are looked for and added. */
import type { Api } from "./client";

export interface Network {
  readonly network: string;
  readonly addresses: number;
  readonly source: "machine" | "setting";
  readonly interface: string | null;
  readonly part_of: string | null;
  readonly is_searched: boolean;
  readonly refusal: string | null;
}

export interface Places {
  readonly networks: readonly Network[];
  readonly service: string | null;
  readonly max_addresses: number;
}

export interface Step {
  readonly step: "allowed" | "reachable" | "http" | "json" | "recognised";
  readonly is_ok: boolean | null;
  readonly detail: string | null;
}

export interface Added {
  readonly asked: string;
  readonly result: "added" | "updated" | "failed";
  readonly mac?: string;
  readonly host?: string;
  readonly hostname?: string | null;
  readonly reason?: string;
}

export const places = (api: Api): Promise<Places> => api.json("/api/v1/discovery");

/** Starts a search in *networks*, or, without, wherever the settings say. */
export const search = (api: Api, networks: readonly string[] | null): Promise<{ id: string }> => api.send("POST", "/api/v1/discovery", networks === null ? {} : { networks });

export const stopSearch = (api: Api, id: string): Promise<unknown> => api.send("DELETE", `/api/v1/discovery/${encodeURIComponent(id)}`);

export const checkAddress = (api: Api, address: string): Promise<{ is_miner: boolean; steps: readonly Step[] }> => api.send("POST", "/api/v1/discovery/check", { address });

export async function add(api: Api, macs: readonly string[], addresses: readonly string[] = []): Promise<readonly Added[]> {
  return (await api.send<{ results: readonly Added[] }>("POST", "/api/v1/miners", { macs, addresses })).results;
}
