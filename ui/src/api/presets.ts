/** What the server is asked about presets. Passwords go in and never come out: only whether one is set. */
import type { Api, NotApplied } from "./client";

export interface Preset {
  readonly uuid: string;
  readonly name: string | null;
  readonly version: number;
  readonly updated_at: string | null;
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly secrets_set: readonly string[];
  readonly used_by: readonly string[];
  readonly drifted: readonly string[];
}

/** What a preset is made of on its way to the server; a password that is absent stays as it is there. */
export interface Wish {
  readonly name: string;
  readonly configuration: Readonly<Record<string, unknown>>;
}

const at = (uuid: string): `/api/v1/presets/${string}` => `/api/v1/presets/${encodeURIComponent(uuid)}`;

export const presets = async (api: Api): Promise<readonly Preset[]> => (await api.json<{ presets: readonly Preset[] }>("/api/v1/presets")).presets;

export const preset = async (api: Api, uuid: string): Promise<Preset> => (await api.json<{ preset: Preset }>(at(uuid))).preset;

export const revise = async (api: Api, uuid: string, wish: Wish): Promise<Preset> => (await api.send<{ preset: Preset }>("PUT", at(uuid), wish)).preset;

export const copy = async (api: Api, uuid: string, name: string): Promise<Preset> => (await api.send<{ preset: Preset }>("POST", `${at(uuid)}/copy`, { name })).preset;

export const create = async (api: Api, wish: Wish): Promise<string> => (await api.send<{ data: { uuid: string } }>("POST", "/presets", wish)).data.uuid;

export const drop = (api: Api, uuid: string): Promise<unknown> => api.send("DELETE", `/presets/${encodeURIComponent(uuid)}`);

/** Sends the preset's pool and *user* to one miner and notes that it uses it; returns what does not hold afterwards. */
export async function apply(api: Api, uuid: string, mac: string, user: string | null): Promise<readonly NotApplied[]> {
  const id = encodeURIComponent(mac);
  const answer = await api.send<{ notApplied?: readonly NotApplied[] }>("PATCH", `/devices/${id}/system`, { presetUuid: uuid, info: user === null ? {} : { stratumUser: user } });
  await api.send("PATCH", `/devices/imprint/${id}`, { device: { presetUuid: uuid } });
  return answer.notApplied ?? [];
}
