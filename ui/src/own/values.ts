/** A setting's value as a form shows it and as the server wants it. */
import type { Setting } from "../api/own";

/** Returns what stands in the field: what the file says for the next start, else what is in force. */
export function shown({ kind, value, after_restart: next, is_waiting: isWaiting }: Setting): string | boolean {
  const now = isWaiting ? next : value;
  if (kind === "flag") return now === true;
  return Array.isArray(now) ? now.join(", ") : now === null || now === undefined ? "" : String(now);
}

/** Returns what goes to the server; null (the default) for an empty field. Undefined: no number. */
export function wanted({ kind }: Setting, text: string | boolean): unknown {
  if (typeof text === "boolean") return text;
  if (text.trim() === "") return null;
  if (kind === "list") return text.split(/[\s,;]+/).filter(Boolean);
  if (kind !== "number") return text.trim();
  const number = Number(text.trim().replace(",", "."));
  return Number.isFinite(number) ? number : undefined;
}
