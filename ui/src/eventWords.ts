/** What happened, in words: the kind in the reader's language, its facts in the units of the page. */
import * as format from "./format";
import { settingWord } from "./fleet/settingWords";
import type { Happening } from "./store/event";
import { isKey, t } from "./t";

export function eventWord(kind: string): string {
  const key = `event.${kind}`;
  return isKey(key) ? t(key) : kind;
}

type Facts = Happening["facts"];
const text = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : format.UNKNOWN);
const number = (value: unknown): number | null => (typeof value === "number" ? value : null);
const fromTo = ({ from, to }: Facts): string => `${text(from)} \u2192 ${text(to)}`;

interface Change {
  readonly old?: unknown;
  readonly new?: unknown;
  readonly is_secret?: boolean;
}

const written = (value: unknown): string => (value === null || value === undefined || value === "" ? format.UNKNOWN : typeof value === "object" ? JSON.stringify(value) : String(value));

/** Fields with the value before and after; of a secret only that it is another. */
const changed = (changes: unknown): string =>
  Object.entries((changes ?? {}) as Readonly<Record<string, Change>>)
    .map(([field, change]) => `${settingWord(field)} ${change.is_secret ? t("event.secret") : `${written(change.old)} \u2192 ${written(change.new)}`}`)
    .join(", ");

const DETAILS: Readonly<Record<string, (facts: Facts) => string>> = {
  offline: ({ reason, detail }) => [text(reason), typeof detail === "string" ? detail : ""].filter(Boolean).join(": "),
  back: ({ after_s }) => t("event.after", { time: format.duration(number(after_s)) }),
  restarted: () => "",
  best_difficulty: ({ from, to }) => `${format.difficulty(number(from))} \u2192 ${format.difficulty(number(to))}`,
  block_found: ({ blocks_found }) => text(blocks_found),
  settings_sent: ({ fields }) => (Array.isArray(fields) ? fields.map((field) => settingWord(String(field))).join(", ") : ""),
  change: ({ actor, action, target, result, changes }) => [`${text(actor)}: ${text(action)}`, text(target), changed(changes), text(result)].filter(Boolean).join(" \u00b7 "),
  added: ({ host }) => text(host),
  removed: ({ host }) => text(host),
};

/** Returns what is to be said of the facts of an event; empty where the kind says all. */
export const eventDetail = ({ kind, facts }: Happening): string => (DETAILS[kind] ?? fromTo)(facts);
