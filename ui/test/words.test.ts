import { expect, test } from "vitest";
import de from "../src/locale/de.json";
import en from "../src/locale/en.json";
import it from "../src/locale/it.json";

const values = (message: string): string[] => [...message.matchAll(/\{(\w+)(?:\}|, plural)/g)].map((found) => found[1] ?? "");

test.each([["de", de], ["it", it]] as const)("%s fills the same places as English, and has no word of its own", (_, catalogue) => {
  for (const [key, message] of Object.entries(catalogue)) {
    const english = (en as Readonly<Record<string, string>>)[key];
    expect(english, key).toBeDefined();
    expect(new Set(values(message)), key).toEqual(new Set(values(english ?? "")));
  }
});
