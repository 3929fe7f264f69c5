/** Dark, light or as the system says: what is chosen, how it is kept, and who must hear of a change (charts). */

export type Theme = "system" | "dark" | "light";
const STORED = "pluto.theme";
const listeners = new Set<() => void>();

export function chosenTheme(): Theme {
  const chosen = document.documentElement.dataset["theme"];
  return chosen === "dark" || chosen === "light" ? chosen : "system";
}

export function chooseTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  try {
    if (theme === "system") localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, theme);
  } catch {
    // storage is switched off: the choice holds until the page is closed
  }
  tell();
}

/** Hears of every change of colours, the system's included; returns how to stop. */
export function onTheme(call: () => void): () => void {
  listeners.add(call);
  return () => listeners.delete(call);
}

export function watchTheme(): void {
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", tell);
}

/** Returns the value of a colour token, as charts need it. */
export const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const tell = (): void => listeners.forEach((call) => call());
