import { describe, expect, test } from "vitest";
import { backoffMs } from "../src/link";
import { address, fits } from "../src/router";

describe("addresses", () => {
  test("a path fits its pattern", () => {
    expect(fits("/miners/<mac>", "/miners/02000000000a")).toEqual({ mac: "02000000000a" });
    expect(fits("/miners/<mac>", "/miners")).toBeNull();
    expect(fits("/", "/")).toEqual({});
    expect(fits("/x/<id>", "/x/%zz")).toEqual({ id: "%zz" });
  });

  test("what is empty does not stand in an address", () => expect(address("/miners", { q: "a b", state: null, sort: "" })).toBe("/miners?q=a+b"));
});

test("the link is tried again for ever, ever more seldom", () => {
  expect([0, 1, 2, 3, 4, 50].map((attempt) => backoffMs(attempt, 0))).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  expect(backoffMs(3, 1)).toBe(6_000);
});
