/** System, dark or light. */
import { useState } from "preact/hooks";
import { chooseTheme, chosenTheme, type Theme } from "../theme";
import { t } from "../t";

const NEXT: Readonly<Record<Theme, Theme>> = { system: "dark", dark: "light", light: "system" };
const SIGN: Readonly<Record<Theme, string>> = { system: "\u25d0", dark: "\u25cf", light: "\u25cb" };

export function ThemeMenu() {
  const [theme, setTheme] = useState(chosenTheme());
  const next = () => {
    chooseTheme(NEXT[theme]);
    setTheme(NEXT[theme]);
  };
  return (
    <button type="button" class="button quiet" onClick={next} aria-label={t("theme.button", { theme: t(`theme.${theme}`) })} title={t(`theme.${theme}`)}>
      <span aria-hidden="true">{SIGN[theme]}</span>
    </button>
  );
}
