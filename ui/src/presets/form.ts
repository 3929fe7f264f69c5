/** What a preset's form holds, what is wrong with it, and what of it goes to the server. */
import type { Preset, Wish } from "../api/presets";
import type { Key } from "../t";

export interface Form {
  readonly name: string;
  readonly host: string;
  readonly port: string;
  readonly user: string;
  /** Empty keeps what the server has. */
  readonly password: string;
}

export const EMPTY: Form = { name: "", host: "", port: "", user: "", password: "" };

const text = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");

export const formOf = ({ name, configuration }: Preset): Form => ({ name: name ?? "", host: text(configuration["stratumURL"]), port: text(configuration["stratumPort"]), user: text(configuration["stratumUser"]), password: "" });

/** The server's names for the fields, for what it says is wrong. */
export const FIELDS: Readonly<Record<string, keyof Form>> = { name: "name", stratumURL: "host", stratumPort: "port", stratumUser: "user", stratumPassword: "password" };

export function problems({ name, host, port }: Form): Partial<Record<keyof Form, Key>> {
  const found: Partial<Record<keyof Form, Key>> = {};
  if (name.trim() === "") found.name = "preset.noname";
  if (host.trim() === "") found.host = "preset.nohost";
  else if (/[\s/]/.test(host.trim())) found.host = "preset.badhost";
  const number = Number(port);
  if (!/^\d+$/.test(port.trim()) || number < 1 || number > 65_535) found.port = "preset.badport";
  return found;
}

/** Returns the wish; further settings that *before* has stay as they are. */
export function wishOf(form: Form, before: Preset | null): Wish {
  const pool = { stratumURL: form.host.trim(), stratumPort: Number(form.port), stratumUser: form.user.trim() };
  return { name: form.name.trim(), configuration: { ...before?.configuration, ...pool, ...(form.password === "" ? {} : { stratumPassword: form.password }) } };
}
