/** How a setting of a miner is called and its value written. */
import type { Setting } from "../api/client";
import { UNKNOWN } from "../format";
import { isKey, locale, t } from "../t";

const UNITS: Readonly<Record<string, string>> = { mhz: "MHz", millivolts: "mV", percent: "%", celsius: "\u00b0C", degrees: "\u00b0" };

export function unitOf({ unit }: Setting): string {
  const key = `unit.${unit}`;
  return isKey(key) ? t(key) : (UNITS[unit] ?? unit);
}

export function settingWord(name: string): string {
  const key = `setting.${name}`;
  return isKey(key) ? t(key) : name;
}

/** Writes a value as a person reads it; a secret is never written. */
export function settingValue(setting: Setting, value: Setting["value"]): string {
  if (setting.kind === "secret") return t("setting.set");
  if (setting.kind === "flag") return t(value === true || value === 1 ? "setting.on" : "setting.off");
  if (value === null) return UNKNOWN;
  const special = `setting.${setting.name}.${value}`;
  if (isKey(special)) return t(special);
  const unit = unitOf(setting);
  return `${typeof value === "number" && setting.unit ? value.toLocaleString(locale()) : String(value)}${unit ? `\u00a0${unit}` : ""}`;
}
