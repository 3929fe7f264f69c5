import { describe, expect, test } from "vitest";
import { filter, termOf, withTerm } from "../src/filter";
import { type Miner, unknownMiner } from "../src/store/miner";

const miner = (values: Partial<Miner>): Miner => ({ ...unknownMiner("02:00:00:00:00:0a"), state: "online", ...values });
const hot = miner({ name: "Rack-3-02", chipCelsius: 78, firmware: "v2.6.1", pool: "solo.ckpool.org:3333", state: "hot", model: "Bitaxe Supra" });
const silent = miner({ name: "garage", chipCelsius: 78, state: "offline" });

describe("the filter language", () => {
  test.each([
    ["", true], ["rack", true], ["RACK supra", true], ["garage", false], ["temp>70", true], ["temp>78", false], ["temp>=78", true], ["temp<80 fw:v2.6", true], ["pool:ckpool", true], ["state:hot", true], ["-state:hot", false],
    ["-model:gamma", true], ['model:"bitaxe supra"', true], ["nonsense:7", false], ["-garage", true],
  ])("%s", (words, fits) => expect(filter(words)(hot)).toBe(fits));

  test("a silent miner has no temperature", () => expect(filter("temp>10")(silent)).toBe(false));

  test("a choice and its word are the same thing", () => {
    expect(withTerm("rack", "fw", "v2.6")).toBe("rack fw:v2.6");
    expect(withTerm("rack fw:v2.6 pool:x", "fw", "v2.9")).toBe("rack pool:x fw:v2.9");
    expect(withTerm("rack fw:v2.6", "fw", null)).toBe("rack");
    expect(withTerm("", "model", "Bitaxe Supra")).toBe('model:"Bitaxe Supra"');
    expect(termOf('fw:"v 2" -fw:v3', "fw")).toBe("v 2");
  });
});
