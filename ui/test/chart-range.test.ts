import { expect, test } from "vitest";
import { inAddress, rangeOf, spanAt, spanOf } from "../src/chart/range";

const query = (text: string) => new URLSearchParams(text);

test("an address without a range means the usual one, ending now", () => {
  const range = rangeOf(query(""), "24h");
  expect(range).toEqual({ name: "24h", fixed: null });
  expect(spanAt(range, 100_000)).toEqual({ fromS: 13_600, toS: 100_000 });
});

test.each(["range=2h", "range=toString", "range=", "from=7", "from=9&to=7", "from=x&to=y", "from=-5&to=9"])("%s is taken for the usual range", (text) => {
  expect(rangeOf(query(text), "1h")).toEqual({ name: "1h", fixed: null });
});

test("a zoom stands still and remembers where to go back to", () => {
  const range = rangeOf(query("range=7d&from=1000&to=2000"), "24h");
  expect(spanAt(range, 9_999_999)).toEqual({ fromS: 1000, toS: 2000 });
  expect(inAddress(range, "24h")).toEqual({ range: "7d", from: "1000", to: "2000" });
  expect(inAddress({ name: range.name, fixed: null }, "24h")).toEqual({ range: "7d", from: null, to: null });
});

test("a link may name a stretch in one word", () => expect(rangeOf(query("range=1000-2000"), "1h")).toEqual({ name: "1h", fixed: { fromS: 1000, toS: 2000 } }));

test("the usual range stands in no address", () => expect(inAddress({ name: "24h", fixed: null }, "24h").range).toBeNull());

test("no zoom is narrower than what was measured", () => expect(spanOf(1000, 1001)).toEqual({ fromS: 996, toS: 1006 }));
