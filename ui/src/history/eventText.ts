/** What happened to a miner, as a sentence. Words of a miner in it are text, never markup. */
import * as format from "../format";
import { isKey, t } from "../t";

export interface Told {
  readonly kind: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

type Write = (facts: Told["facts"]) => string;

const word = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? format.text(String(value)) : format.UNKNOWN);
const number = (value: unknown): number | null => (typeof value === "number" ? value : null);
const change = (facts: Told["facts"]) => ({ from: word(facts["from"]), to: word(facts["to"]) });

const SENTENCES: Readonly<Record<string, Write>> = {
  offline: (facts) => t("happened.offline", { reason: [facts["reason"], facts["detail"]].filter((part) => typeof part === "string" && part !== "").join(": ") }),
  back: (facts) => t("happened.back", { after: format.duration(number(facts["after_s"])) }),
  restarted: () => t("happened.restarted"),
  firmware_changed: (facts) => t("happened.firmware", change(facts)),
  pool_changed: (facts) => t(facts["is_fallback"] === true ? "happened.fallback" : "happened.pool", change(facts)),
  renamed: (facts) => t("happened.renamed", change(facts)),
  moved: (facts) => t("happened.moved", change(facts)),
  best_difficulty: (facts) => t("happened.best", { to: format.difficulty(number(facts["to"])) }),
  block_found: () => t("happened.block"),
  settings_sent: (facts) => t("happened.settings", { fields: fieldNames(facts["fields"]) }),
  added: () => t("happened.added"),
  removed: () => t("happened.removed"),
};

/** Returns the sentence; a kind that a newer server has is told by its name. */
export function eventText({ kind, facts }: Told): string {
  return SENTENCES[kind]?.(facts) ?? kind;
}

function fieldNames(fields: unknown): string {
  return Array.isArray(fields) ? fields.map((field) => fieldName(String(field))).join(", ") : "";
}

/** Returns what a setting of a miner is called; one that we have no word for keeps the miner's own. */
export function fieldName(name: string): string {
  const key = `setting.${name}`;
  return isKey(key) ? t(key) : name;
}
