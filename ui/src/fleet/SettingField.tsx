/** A setting of a miner as a field: the vendor's choices, the danger beside them, what the miner says meanwhile. */
import type { Setting } from "../api/client";
import { Field } from "../parts/Field";
import { type Draft, inField, problemOf } from "../store/form";
import { isKey, t } from "../t";
import { settingValue, settingWord, unitOf } from "./settingWords";

interface SettingFieldProps {
  readonly draft: Draft;
  readonly setting: Setting;
  /** Whether the field itself says that it needs a restart. */
  readonly isToldLate: boolean;
  readonly onChange: (value: string | boolean) => void;
}

export function SettingField({ draft, setting, isToldLate, onChange }: SettingFieldProps) {
  const problem = problemOf(draft, setting);
  const isChosen = setting.choices.length > 0 && !(setting.is_open && draft.isUnlocked);
  const moved = draft.moved.get(setting.name);
  const limits = problem === null ? {} : { low: setting.low ?? 0, high: setting.high ?? 0 };
  const remarks = [
    moved !== undefined ? t("form.moved", { value: settingValue(setting, moved) }) : null,
    setting.needs_restart && isToldLate ? t("form.restart") : null,
    specialOf(setting),
    !isChosen && setting.kind === "number" && setting.low !== null && setting.high !== null && setting.high < 1_000 ? t("form.range", { low: setting.low, high: setting.high }) : null,
  ].filter((remark) => remark !== null);
  return (
    <Field
      id={`setting-${setting.name}`} label={settingWord(setting.name)} kind={setting.kind} value={inField(draft, setting)} onChange={onChange} isChanged={draft.typed.has(setting.name)}
      {...(isChosen ? { options: optionsOf(setting, String(inField(draft, setting))) } : { unit: unitOf(setting) })} {...(setting.kind === "secret" ? { placeholder: t("form.secret") } : {})}
      problem={problem && t(`problem.${problem}`, limits)} remark={remarks.length > 0 ? remarks.map((remark) => <span key={remark} class={remark === remarks[0] && moved !== undefined ? "tone-warn" : ""}>{remark}</span>) : null}
    />
  );
}

function optionsOf(setting: Setting, typed: string) {
  const known = setting.choices.map(({ value, is_default }) => ({ value: String(value), label: `${settingValue(setting, value)}${is_default ? ` ${t("form.default")}` : ""}` }));
  const extra = [String(setting.value ?? ""), typed].filter((value, place, all) => value !== "" && all.indexOf(value) === place && !known.some((option) => option.value === value));
  return [...extra.map((value) => ({ value, label: `${settingValue(setting, Number(value))} ${t("form.own")}` })), ...known];
}

/** Says what the least value means where it is no amount: -1 is "never". */
function specialOf({ name, low }: Setting): string | null {
  const key = `setting.${name}.${low}`;
  return low !== null && low < 0 && isKey(key) ? `${low}: ${t(key)}` : null;
}
