/** What a reader chooses for this browser alone; it counts at once. */
import { useState } from "preact/hooks";
import { Field } from "../parts/Field";
import { choose, prefs, type Prefs } from "../prefs";
import { chooseLanguage, chosenLanguage, LANGUAGES, t } from "../t";
import { chooseTheme, chosenTheme, type Theme } from "../theme";

export function General() {
  const [chosen, set] = useState(prefs());
  const [theme, setTheme] = useState(chosenTheme());
  const take = (changes: Partial<Prefs>) => set(choose(changes));
  return (
    <section class="card own-group" aria-labelledby="own-general">
      <h2 id="own-general">{t("own.general")}</h2>
      <p class="muted">{t("own.general.where")}</p>
      <Field id="pref-theme" label={t("own.theme")} kind="choice" value={theme} options={(["system", "dark", "light"] as const).map((value) => ({ value, label: t(`theme.${value}`) }))} onChange={(value) => { chooseTheme(value as Theme); setTheme(value as Theme); }} />
      <Field id="pref-language" label={t("own.language")} kind="choice" value={chosenLanguage() ?? ""} options={[{ value: "", label: t("language.auto") }, ...LANGUAGES.map((value) => ({ value, label: t(`language.${value}`) }))]} onChange={(value) => chooseLanguage(String(value) || null)} />
      <Field id="pref-density" label={t("own.density")} kind="choice" value={chosen.isDense ? "dense" : "wide"} options={[{ value: "wide", label: t("own.density.wide") }, { value: "dense", label: t("own.density.dense") }]} onChange={(value) => take({ isDense: value === "dense" })} />
      <Field id="pref-temperature" label={t("own.temperature")} kind="choice" value={chosen.isFahrenheit ? "f" : "c"} options={[{ value: "c", label: "\u00b0C" }, { value: "f", label: "\u00b0F" }]} remark={t("own.temperature.remark")} onChange={(value) => take({ isFahrenheit: value === "f" })} />
      <Field id="pref-hashrate" label={t("own.hashrate")} kind="choice" value={chosen.isFixedHashrate ? "ghs" : "auto"} options={[{ value: "auto", label: t("own.hashrate.auto") }, { value: "ghs", label: "GH/s" }]} onChange={(value) => take({ isFixedHashrate: value === "ghs" })} />
      <Field id="pref-letters" label={t("own.letters")} kind="flag" value={chosen.hasLetters} remark={t("own.letters.remark")} onChange={(value) => take({ hasLetters: value === true })} />
    </section>
  );
}
