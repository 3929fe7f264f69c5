/** What the server is asked about itself: settings, health, surroundings, its log, who may sign in, a bundle to hand on. */
import { type Api, Refused, type Table } from "./client";

export interface Setting {
  readonly name: string;
  readonly group: string | null;
  readonly kind: "text" | "number" | "flag" | "list";
  readonly value: unknown;
  readonly default: unknown;
  readonly source: "default" | "file" | "environment";
  readonly meaning: string;
  readonly is_editable: boolean;
  readonly needs_restart: boolean;
  readonly after_restart: unknown;
  readonly is_waiting: boolean;
  readonly problem: string | null;
  readonly minimum?: number | null;
  readonly maximum?: number | null;
  readonly choices: readonly string[] | null;
}

export interface Settings {
  readonly groups: readonly string[];
  readonly settings: readonly Setting[];
  readonly waiting_for_restart: readonly string[];
}

export const settings = (api: Api): Promise<Settings> => api.json("/api/v1/settings");

export const change = (api: Api, values: Readonly<Record<string, unknown>>): Promise<Settings> => api.send("PUT", "/api/v1/settings", { values });

export interface Access {
  readonly mode: string;
  readonly role?: string;
  readonly can_sign_out?: boolean;
  readonly is_open_to_network?: boolean;
}

/** A server without access control does not know the question: it is off. */
export const access = (api: Api): Promise<Access> =>
  api.json<Access>("/api/v1/access").catch((error: unknown) => {
    if (error instanceof Refused && error.status === 404) return { mode: "off" };
    throw error;
  });

export const signOut = (api: Api): Promise<unknown> => api.send("POST", "/logout", {});

interface Spread {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
}

export interface Health {
  readonly version: string;
  readonly python: string;
  readonly started_at: number;
  readonly miners: { readonly imprinted: number; readonly watched: number; readonly online: number };
  readonly polls: { readonly per_second: number; readonly in_flight: number; readonly ok: number; readonly failed: Readonly<Record<string, number>>; readonly took_ms: Spread; readonly late_ms: Spread };
  readonly loop_lag_ms: number;
  readonly browsers: number;
  readonly live_topics: number;
  readonly waiting_packets: number;
  readonly dropped_packets: number;
  readonly snapshots_for_slow_browsers: number;
  readonly history: { readonly is_on: boolean; readonly bytes: number | null; readonly waiting: number; readonly dropped: number; readonly last_write_at: number | null; readonly error: string | null };
  readonly memory_bytes: number | null;
}

export interface Service {
  readonly url: string | null;
  readonly is_reachable: boolean | null;
  readonly detail: string | null;
}

export interface Surroundings {
  readonly services: Readonly<Record<string, Service>>;
  readonly disk: { readonly free_bytes: number | null; readonly total_bytes: number | null };
  readonly sizes: readonly { readonly name: string; readonly what: string; readonly bytes: number }[];
  readonly licences: readonly { readonly name: string; readonly version: string; readonly licence: string }[];
}

export const health = (api: Api): Promise<Health> => api.json("/api/v1/diagnostics");

export const surroundings = (api: Api): Promise<Surroundings> => api.json("/api/v1/surroundings");

export const ownLog = (api: Api, level: string): Promise<Table> => api.json(`/api/v1/own-log?level=${encodeURIComponent(level)}`);

export interface BundleFile {
  readonly name: string;
  readonly what: string;
  readonly bytes: number;
}

export const bundleFiles = async (api: Api): Promise<readonly BundleFile[]> => (await api.json<{ files: readonly BundleFile[] }>("/api/v1/support-bundle")).files;

export const bundle = (api: Api): Promise<Blob> => api.blob("POST", "/api/v1/support-bundle");
