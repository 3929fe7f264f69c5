import { expect, test } from "vitest";
import de from "../src/locale/de.json";
import first from "../src/locale/en.json";
import later from "../src/locale/en.later.json";
import it from "../src/locale/it.json";

const en = { ...first, ...later };
const values = (message: string): string[] => [...message.matchAll(/\{(\w+)(?:\}|, plural)/g)].map((found) => found[1] ?? "");

test.each([["de", de], ["it", it]] as const)("%s has the words of English, all of them and no other, and fills the same places", (_, catalogue) => {
  expect(Object.keys(catalogue).sort()).toEqual(Object.keys(en).sort());
  for (const [key, message] of Object.entries(catalogue)) {
    const english = (en as Readonly<Record<string, string>>)[key];
    expect(english, key).toBeDefined();
    expect(new Set(values(message)), key).toEqual(new Set(values(english ?? "")));
  }
});
