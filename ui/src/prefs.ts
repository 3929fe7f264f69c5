/** What a reader chose for this browser alone: units, density, single letters as keys. Theme and language have modules of their own. */
import { chooseUnits } from "./format";

export interface Prefs {
  readonly isFahrenheit: boolean;
  readonly isFixedHashrate: boolean;
  readonly isDense: boolean;
  readonly hasLetters: boolean;
}

const NAMES = { temperature: "pluto.temperature", hashrate: "pluto.hashrate", density: "pluto.density", letters: "pluto.letters" } as const;

let chosen: Prefs | null = null;

export function prefs(): Prefs {
  chosen ??= {
    isFahrenheit: stored(NAMES.temperature) === "f", isFixedHashrate: stored(NAMES.hashrate) === "ghs", isDense: stored(NAMES.density) === "dense", hasLetters: stored(NAMES.letters) !== "off",
  };
  return chosen;
}

/** Lets the page look as chosen. */
export function usePrefs(): void {
  const { isFahrenheit, isFixedHashrate, isDense } = prefs();
  chooseUnits({ isFahrenheit, isFixedHashrate });
  if (isDense) document.documentElement.dataset["density"] = "dense";
  else delete document.documentElement.dataset["density"];
}

export function choose(changes: Partial<Prefs>): Prefs {
  const next = { ...prefs(), ...changes };
  store(NAMES.temperature, next.isFahrenheit ? "f" : null);
  store(NAMES.hashrate, next.isFixedHashrate ? "ghs" : null);
  store(NAMES.density, next.isDense ? "dense" : null);
  store(NAMES.letters, next.hasLetters ? null : "off");
  chosen = next;
  usePrefs();
  return next;
}

function stored(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function store(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // storage is switched off: the choice holds until the page is closed
  }
}
