import { expect, test } from "vitest";
import type { Preset } from "../src/api/presets";
import { asFile, inFile } from "../src/presets/exchange";
import { EMPTY, formOf, problems, wishOf } from "../src/presets/form";
import { filled } from "../src/presets/pattern";

const PRESET: Preset = {
  uuid: "u", name: "Solo", version: 1, updated_at: null, secrets_set: ["stratumPassword"], used_by: [], drifted: [],
  configuration: { stratumURL: "pool", stratumPort: "3333", stratumUser: "bc1q.{name}", further: 1 },
};

test("a user pattern becomes each miner's own", () => {
  expect(filled("bc1q.{name}-{mac4} {other}", { name: "attic", mac: "02:00:00:00:2f:3c" })).toBe("bc1q.attic-2f3c {other}");
  expect(filled("{name}", { name: null, mac: "" })).toBe("");
});

test("an empty password is not sent, further settings stay", () => {
  expect(wishOf(formOf(PRESET), PRESET)).toEqual({ name: "Solo", configuration: { stratumURL: "pool", stratumPort: 3333, stratumUser: "bc1q.{name}", further: 1 } });
  expect(wishOf({ ...formOf(PRESET), password: "x" }, PRESET).configuration["stratumPassword"]).toBe("x");
});

test("what is missing or cannot be is named by field", () => {
  expect(problems(EMPTY)).toEqual({ name: "preset.noname", host: "preset.nohost", port: "preset.badport" });
  expect(problems({ ...EMPTY, name: "n", host: "stratum+tcp://x", port: "65536" })).toEqual({ host: "preset.badhost", port: "preset.badport" });
  expect(problems(formOf(PRESET))).toEqual({});
});

test("a file of presets comes back, a plain list too, nonsense is none", () => {
  expect(inFile(asFile([PRESET]))).toEqual([{ name: "Solo", configuration: PRESET.configuration }]);
  expect(inFile('[{"name":"n"},7]')).toEqual([{ name: "n", configuration: {} }]);
  expect(inFile("{}")).toBeNull();
  expect(inFile("no")).toBeNull();
});
