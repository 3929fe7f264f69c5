/** The form of a miner's settings: what it says, what somebody typed, what may be sent. Values, never changed in place. */
import type { Setting, SettingValue } from "../api/client";

export type Problem = "empty" | "long" | "number" | "whole" | "low" | "high" | "locked";

export interface Draft {
  /** As they were when their field was first touched, else as the miner says now. */
  readonly settings: readonly Setting[];
  /** What was typed, by name; what was not touched is not in here. */
  readonly typed: ReadonlyMap<string, string | boolean>;
  /** Values that the miner has now and had not when somebody began to type. */
  readonly moved: ReadonlyMap<string, Setting["value"]>;
  readonly isUnlocked: boolean;
}

export const draftOf = (settings: readonly Setting[]): Draft => ({ settings, typed: new Map(), moved: new Map(), isUnlocked: false });

export interface Change {
  readonly setting: Setting;
  readonly to: SettingValue;
}

/** Returns *draft* with something typed; typing what is set takes it back. */
export function type(draft: Draft, name: string, value: string | boolean): Draft {
  const typed = new Map(draft.typed).set(name, value);
  const setting = draft.settings.find((row) => row.name === name);
  if (setting && value === shown(setting)) typed.delete(name);
  return { ...draft, typed };
}

/** Takes what the miner says now: fields that nobody touched follow, touched ones keep what was typed and tell of it. */
export function refreshed(draft: Draft, fresh: readonly Setting[]): Draft {
  const moved = new Map<string, Setting["value"]>();
  const settings = fresh.map((now) => {
    const known = draft.settings.find((row) => row.name === now.name);
    if (!known || !draft.typed.has(now.name)) return now;
    if (known.value !== now.value) moved.set(now.name, now.value);
    return { ...now, value: known.value };
  });
  return { ...draft, settings, moved };
}

/** Returns what stands in the field: text, or whether it is on. */
export function shown(setting: Setting): string | boolean {
  if (setting.kind === "flag") return setting.value === true || setting.value === 1;
  return setting.kind === "secret" || setting.value === null ? "" : String(setting.value);
}

export const inField = (draft: Draft, setting: Setting): string | boolean => draft.typed.get(setting.name) ?? shown(setting);

/** Returns why what stands in the field cannot be sent, or null. An untouched field is never to blame. */
export function problemOf(draft: Draft, setting: Setting): Problem | null {
  const typed = draft.typed.get(setting.name);
  if (typeof typed !== "string" || (setting.kind === "secret" && typed === "")) return null;
  if (setting.kind === "text" || setting.kind === "secret") {
    if (typed.trim() === "") return "empty";
    return setting.high !== null && typed.length > setting.high ? "long" : null;
  }
  const value = Number(typed.replace(",", "."));
  if (typed.trim() === "" || !Number.isFinite(value)) return "number";
  if (Number.isInteger(setting.value) && !Number.isInteger(value) && setting.name !== "frequency") return "whole";
  if (setting.low !== null && value < setting.low) return "low";
  if (setting.high !== null && value > setting.high) return "high";
  if (setting.choices.length > 0 && !setting.choices.some((choice) => choice.value === value) && !(setting.is_open && draft.isUnlocked)) return "locked";
  return null;
}

/** Returns what would be sent: only what differs from what the miner has, in the types that it wants. */
export function changes(draft: Draft): Change[] {
  return draft.settings.flatMap((setting) => {
    const typed = draft.typed.get(setting.name);
    if (typed === undefined || (setting.kind === "secret" && typed === "")) return [];
    return [{ setting, to: sent(setting, typed) }];
  });
}

function sent(setting: Setting, typed: string | boolean): SettingValue {
  if (typeof typed === "boolean") return typeof setting.value === "number" ? Number(typed) : typed;
  return setting.kind === "number" || setting.kind === "choice" ? Number(typed.replace(",", ".")) : typed;
}

export const mayBeSent = (draft: Draft): boolean => changes(draft).length > 0 && draft.settings.every((setting) => problemOf(draft, setting) === null);
