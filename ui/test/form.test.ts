import { describe, expect, test } from "vitest";
import type { Setting } from "../src/api/client";
import { changes, draftOf, inField, mayBeSent, problemOf, refreshed, type } from "../src/store/form";

const setting = (more: Partial<Setting>): Setting => ({ name: "x", group: "g", kind: "text", value: "a", unit: "", low: null, high: null, choices: [], is_open: false, needs_restart: false, ...more });
const frequency = setting({ name: "frequency", kind: "number", value: 525, low: 1, high: 65535, is_open: true, choices: [{ value: 490, is_default: false }, { value: 525, is_default: true }] });
const flag = setting({ name: "fan", kind: "flag", value: 1 });
const secret = setting({ name: "pass", kind: "secret", value: null });

describe("a form", () => {
  test("sends what differs, in the type that the miner has", () => {
    let draft = draftOf([frequency, flag, secret, setting({})]);
    expect(mayBeSent(draft)).toBe(false);
    draft = type(type(type(draft, "frequency", "490"), "fan", false), "pass", "");
    expect(changes(draft).map(({ setting: { name }, to }) => [name, to])).toEqual([["frequency", 490], ["fan", 0]]);
    expect(changes(type(draft, "fan", true)).length).toBe(1);
  });

  test("values beside the choices are locked until somebody unlocks them", () => {
    const draft = type(draftOf([frequency]), "frequency", "700");
    expect(problemOf(draft, frequency)).toBe("locked");
    expect(problemOf({ ...draft, isUnlocked: true }, frequency)).toBeNull();
    expect(problemOf(type({ ...draft, isUnlocked: true }, "frequency", "70000"), frequency)).toBe("high");
    expect(problemOf(type(draft, "frequency", "fast"), frequency)).toBe("number");
  });

  test("what the miner says meanwhile never overwrites what is being typed, and is told", () => {
    const draft = refreshed(type(draftOf([frequency, flag]), "frequency", "490"), [{ ...frequency, value: 550 }, { ...flag, value: 0 }]);
    expect(inField(draft, draft.settings[0]!)).toBe("490");
    expect(draft.moved.get("frequency")).toBe(550);
    expect(inField(draft, draft.settings[1]!)).toBe(false);
  });

  test("an empty text is not sent, an empty secret is no change", () => {
    expect(problemOf(type(draftOf([setting({})]), "x", " "), setting({}))).toBe("empty");
    expect(changes(type(draftOf([secret]), "pass", ""))).toEqual([]);
  });
});
