import { expect, test } from "vitest";
import type { Setting } from "../src/api/own";
import { bytes } from "../src/own/bytes";
import { shown, wanted } from "../src/own/values";
import { SearchStore } from "../src/store/search";

const setting = (kind: Setting["kind"], more: Partial<Setting> = {}): Setting => ({
  name: "X", group: "g", kind, value: null, default: null, source: "default", meaning: "", is_editable: true, needs_restart: false, after_restart: null, is_waiting: false, choices: null, problem: null, ...more,
});

test.each([
  ["number", 75, "75", 75], ["flag", true, true, true], ["list", ["a", "b"], "a, b", ["a", "b"]], ["text", "http://x", "http://x", "http://x"],
] as const)("a setting of kind %s is shown and sent back", (kind, value, text, sent) => {
  const row = setting(kind, { value });
  expect(shown(row)).toBe(text);
  expect(wanted(row, text)).toEqual(sent);
});

test("an empty field is the default, a number must be one, what waits is shown", () => {
  expect(wanted(setting("number"), " ")).toBeNull();
  expect(wanted(setting("number"), "7,5")).toBe(7.5);
  expect(wanted(setting("number"), "many")).toBeUndefined();
  expect(shown(setting("number", { value: 1, is_waiting: true, after_restart: 2 }))).toBe("2");
});

test("sizes have the unit that fits", () => {
  expect([0, 999, 1_500, 82_400_000_000, null].map(bytes)).toEqual(["0\u00a0B", "999\u00a0B", "1.5\u00a0kB", "82.4\u00a0GB", "\u2013"]);
});

test("what a search finds keeps its place; a new search begins without rows", () => {
  const store = new SearchStore();
  const search = (id: string) => ({ id, state: "running", done: 1, total: 254, found: 1, began_at: 1, ended_at: null, error: null });
  store.snapshot(["mac", "host", "status", "reason"], [["a", "1", "new", null], ["b", "2", "new", null]], search("1"));
  store.patch([[null, "3", "other", "status 404"], ["a", "9", "moved", null]], search("1"));
  expect(store.miners.map(({ mac, host, status }) => [mac, host, status])).toEqual([["a", "9", "moved"], ["b", "2", "new"]]);
  expect(store.others.map(({ host, reason }) => [host, reason])).toEqual([["3", "status 404"]]);
  store.patch([["c", "4", "new", null]], search("2"));
  expect([store.miners.length, store.others.length, store.progress.total]).toEqual([1, 0, 254]);
});
