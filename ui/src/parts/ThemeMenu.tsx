/** Theme and language: kept in this browser. */
import { useState } from "preact/hooks";
import { chooseLanguage, chosenLanguage, LANGUAGES, t } from "../t";
import { chooseTheme, chosenTheme, type Theme } from "../theme";
import { Menu } from "./Menu";

const THEMES: readonly Theme[] = ["system", "dark", "light"];
const SIGN: Readonly<Record<Theme, string>> = { system: "\u25d0", dark: "\u25cf", light: "\u25cb" };

export function ThemeMenu() {
  const [theme, setTheme] = useState(chosenTheme());
  const choose = (next: Theme) => {
    chooseTheme(next);
    setTheme(next);
  };
  return (
    <Menu label={t("view.menu")} sign={<span aria-hidden="true">{SIGN[theme]}</span>} staysOpen>
      <fieldset class="menu-group"><legend>{t("theme")}</legend>
        {THEMES.map((name) => <label key={name} class="menu-item"><input type="radio" name="theme" checked={theme === name} onChange={() => choose(name)} /> {t(`theme.${name}`)}</label>)}
      </fieldset>
      <label class="menu-group">{t("language")}
        <select class="select" value={chosenLanguage() ?? ""} onChange={(event) => chooseLanguage(event.currentTarget.value || null)}>
          <option value="">{t("language.auto")}</option>
          {LANGUAGES.map((name) => <option key={name} value={name}>{t(`language.${name}`)}</option>)}
        </select>
      </label>
    </Menu>
  );
}
