import { beforeAll, describe, expect, test } from "vitest";
import * as format from "../src/format";
import { speak, t } from "../src/t";

beforeAll(() => speak(["en-US"]));

const written = (text: string) => text.replaceAll("\u00a0", " ");

describe("how quantities are written", () => {
  test.each([
    [0, "0 GH/s"], [0.4, "0.40 GH/s"], [99.9, "99.9 GH/s"], [702, "702 GH/s"], [999.4, "999 GH/s"], [999.6, "1.00 TH/s"], [1150, "1.15 TH/s"], [57_200, "57.2 TH/s"], [5_570_000, "5.57 PH/s"], [null, "–"], [Number.NaN, "–"],
  ])("a hashrate of %s is %s", (ghs, text) => expect(written(format.hashrate(ghs))).toBe(text));

  test.each([[999, "999"], [1000, "1.00k"], [4096, "4.10k"], [1.32e9, "1.32G"], [999_600, "1.00M"], [0, "0"], [null, "–"]])("a difficulty of %s is %s", (value, text) => expect(format.difficulty(value)).toBe(text));

  test.each([[14.1, "14.1 W"], [640, "640 W"], [82_400, "82.4 kW"], [0, "0.0 W"], [null, "–"]])("a power of %s is %s", (watts, text) => expect(written(format.power(watts))).toBe(text));

  test("without work there is no efficiency", () => {
    expect(written(format.efficiency(14.8, 700))).toBe("14.8 J/TH");
    expect(format.efficiency(14.8, 0)).toBe("–");
  });

  test.each([[99.71, "99.7 %"], [0.04, "< 0.1 %"], [0, "0.0 %"], [null, "–"]])("%s percent is %s", (value, text) => expect(written(format.percent(value))).toBe(text));

  test.each([[42, "42s"], [65, "1m 5s"], [64_860, "18h 1m"], [453_600, "5d 6h"], [0, "0s"], [3600, "1h"], [null, "–"]])("%s seconds are %s", (seconds, text) => expect(written(format.duration(seconds))).toBe(text));

  test("counts are grouped as the reader's language does", async () => {
    expect(format.count(4742)).toBe("4,742");
    await speak(["de-DE"]);
    expect(format.count(4742)).toBe("4.742");
    expect(written(format.hashrate(1150))).toBe("1,15 TH/s");
    await speak(["en-US"]);
  });

  test("a number and its unit are never parted", () => expect(format.celsius(63)).toBe("63\u00a0°C"));
});

describe("messages", () => {
  test("numbers choose the form of a word", () => {
    expect(t("miners.count", { n: 1 })).toBe("1 miner");
    expect(t("miners.count", { n: 1204 })).toBe("1,204 miners");
  });

  test("the language for tests is longer, accented, and leaves what is filled in alone", async () => {
    await speak(["en-XA"]);
    expect(t("miners.none", { all: 7 })).toMatch(/^\[0 öf 7 mátçh\.~+\]$/);
    await speak(["en-US"]);
  });
});
