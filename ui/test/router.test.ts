import { describe, expect, test } from "vitest";
import { backoffMs } from "../src/link";
import { rangeOf, zoomed } from "../src/range";
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

describe("time ranges", () => {
  test("words end now", () => expect(rangeOf("6h", 100_000_000)).toEqual({ key: "6h", fromS: 78_400, toS: 100_000, isLive: true }));
  test("a stretch stands still", () => expect(rangeOf("1767225600-1767229200", 0)).toMatchObject({ fromS: 1767225600, isLive: false }));
  test.each([null, "7y", "1767229200-1767225600", "1767225600-1767225601"])("%s is the last hour", (text) => expect(rangeOf(text, 100_000_000).key).toBe("1h"));
  test("a click is no stretch", () => expect(zoomed(1767225600, 1767225605)).toBeNull());
});

test("the link is tried again for ever, ever more seldom", () => {
  expect([0, 1, 2, 3, 4, 50].map((attempt) => backoffMs(attempt, 0))).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  expect(backoffMs(3, 1)).toBe(6_000);
});
