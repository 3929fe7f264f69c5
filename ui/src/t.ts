/** Every word on the page comes from here: key to message, plural and numbers by the reader's language. */
import en from "./locale/en.json";
import type later from "./locale/en.later.json";

export type Key = keyof typeof en | keyof typeof later;
export type Values = Readonly<Record<string, string | number>>;
type Catalogue = Partial<Record<Key, string>>;

export const LANGUAGES = ["en", "de", "it"] as const;
const LOADERS: Readonly<Record<string, () => Promise<{ default: Catalogue }>>> = {
  de: () => import("./locale/de.json"),
  it: () => import("./locale/it.json"),
};
/** A longer, accented English that shows what is not translated and what is cut off (tests). */
const PSEUDO = "en-XA";

/** English as far as it is loaded. */
const words: Catalogue = { ...en };
let language = "en";
/** The language with the reader's region: "en-GB" writes dates otherwise than "en-US". */
let tag = "en";
let catalogue: Catalogue = words;
let plurals = new Intl.PluralRules(language);

/** Returns the language in which numbers and dates are written. */
export const locale = (): string => tag;

/** Chooses the language: the first wish that there is; unknown keys stay English. */
export async function speak(wishes: readonly string[]): Promise<void> {
  const found = wishes.map((wish) => (wish === PSEUDO ? wish : wish.slice(0, 2))).find((wish) => wish === PSEUDO || wish === "en" || wish in LOADERS);
  language = found ?? "en";
  const plain = language === PSEUDO ? "en" : language;
  tag = [...wishes, ...(typeof navigator === "undefined" ? [] : navigator.languages)].find((wish) => wish !== PSEUDO && wish.slice(0, 2) === plain && wish.length > 2) ?? plain;
  const load = LOADERS[language];
  catalogue = load ? (await load()).default : language === PSEUDO ? pseudo(words) : words;
  plurals = new Intl.PluralRules(locale());
  if (typeof document !== "undefined") document.documentElement.lang = plain;
}

const STORED = "pluto.language";

/** Returns the language that was chosen in this browser, null where the browser's own counts. */
export function chosenLanguage(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

/** Keeps the choice and begins anew: every word on the page is another one then. */
export function chooseLanguage(wish: string | null): void {
  try {
    if (wish === null) localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, wish);
  } catch {
    return; // storage is switched off: there is nowhere to keep it
  }
  location.reload();
}

/** Takes further words in English; the other languages come whole. */
export function addWords(more: Catalogue): void {
  Object.assign(words, more);
  if (language === PSEUDO) Object.assign(catalogue, pseudo(more));
}

/** Returns the message of *key*: `{name}` is a value, `{n, plural, one {# miner} other {# miners}}` a choice by number. */
export function t(key: Key, values: Values = {}): string {
  const message: string = catalogue[key] ?? words[key] ?? key;
  return message.replace(PLURAL, (_, name: string, forms: string) => plural(Number(values[name]), forms)).replace(VALUE, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? value.toLocaleString(locale()) : value;
  });
}

/** Returns whether there is such a message: for words that come from the server as codes. */
export const isKey = (key: string): key is Key => key in words;

const PLURAL = /\{(\w+), plural, ((?:\w+ \{[^}]*\} ?)+)\}/g;
const VALUE = /\{(\w+)\}/g;

function plural(number: number, forms: string): string {
  const choices = Object.fromEntries([...forms.matchAll(/(\w+) \{([^}]*)\}/g)].map((form) => [form[1], form[2]]));
  return (choices[plurals.select(number)] ?? choices["other"] ?? "").replaceAll("#", number.toLocaleString(locale()));
}

const ACCENTS: Readonly<Record<string, string>> = { a: "á", e: "é", i: "í", o: "ö", u: "ü", A: "Å", E: "É", I: "Î", O: "Ø", U: "Û", n: "ñ", c: "ç", s: "š" };

function pseudo(english: Catalogue): Catalogue {
  return Object.fromEntries(Object.entries(english).map(([key, message]) => [key, stretched(message)]));
}

/** Returns *message* accented and 40 % longer, the words within plurals too; names of values are left as they are. */
function stretched(message: string): string {
  const parts = message.split(/(\{\w+, plural, (?:\w+ \{[^}]*\} ?)+\}|\{\w+\})/);
  const accented = parts.map((part) => (part.startsWith("{") ? part.replace(/ \{([^}]*)\}/g, (_, form: string) => ` {${accent(form)}}`) : accent(part)));
  return `[${accented.join("")}${"~".repeat(Math.ceil(message.replace(/\{\w+, plural, |\{\w+\}/g, "").length * 0.4))}]`;
}

const accent = (text: string): string => text.replace(/[a-zA-Z]/g, (letter) => ACCENTS[letter] ?? letter);
