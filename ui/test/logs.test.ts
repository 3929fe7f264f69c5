import { expect, test } from "vitest";
import { pieces, plain } from "../src/logs/ansi";
import { EVERYTHING, pattern, placeOf, shown, stretches } from "../src/store/logFilter";
import { KEPT_LINES, LogStore } from "../src/store/logs";

const ALICE = "02:00:00:00:00:01";
const row = (number: number, text = `I (${number}) wifi: line ${number}`) => [number, 1_700_000_000 + number, text, false];
const rows = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, place) => row(from + place));

test("a line of an ESP has its level and its component, and loses the letter that stands beside it", () => {
  const store = new LogStore(plain);
  store.take(ALICE, [row(1, "\x1b[0;33mW (12) stratum_task: rejected\x1b[0m"), row(2, "no level here")], true);
  expect(store.lines.map(({ level, component, text }) => [level, component, text])).toEqual([["W", "stratum_task", "(12) stratum_task: rejected"], [null, null, "no level here"]]);
  expect([...store.components]).toEqual([["stratum_task", 1]]);
});

test("lines that were missed are told, known ones are not taken twice", () => {
  const store = new LogStore(plain);
  store.take(ALICE, rows(1, 3), true);
  store.take(ALICE, rows(2, 4), true);
  store.take(ALICE, rows(125, 125), false);
  expect(store.lines.map(({ kind, missed }) => [kind, missed])).toEqual([...Array(4).fill(["line", 0]), ["gap", 120], ["line", 0]]);
});

test("a server that began anew counts from one again", () => {
  const store = new LogStore(plain);
  store.take(ALICE, rows(500, 502), true);
  store.take(ALICE, rows(1, 2), true);
  expect(store.lines.map(({ kind }) => kind)).toEqual(Array(5).fill("line"));
});

test("the oldest lines fall out", () => {
  const store = new LogStore(plain);
  store.take(ALICE, rows(1, KEPT_LINES + 10), true);
  expect(store.lines.length).toBeLessThanOrEqual(KEPT_LINES);
  expect(store.lines.at(-1)?.text).toContain(`line ${KEPT_LINES + 10}`);
});

test("a search is plain text unless a regular expression is meant", () => {
  const store = new LogStore(plain);
  store.take(ALICE, [row(1, "E (1) a: (x)"), row(2, "I (2) b: xx"), row(3, "free text")], true);
  const asked = (changes: object) => {
    const question = { ...EVERYTHING, ...changes };
    const wanted = pattern(question);
    return wanted === "bad" ? "bad" : shown(store.lines, question, wanted).map(({ id }) => id);
  };
  expect(asked({ search: "(X)", onlyMatching: true })).toEqual([1]);
  expect(asked({ search: "x{2}", isRegex: true, onlyMatching: true })).toEqual([2]);
  expect(asked({ search: "(", isRegex: true })).toBe("bad");
  expect(asked({ hidden: new Set(["E"]) })).toEqual([2, 3]);
  expect(asked({ component: "b" })).toEqual([2]);
  expect(shown(store.lines, EVERYTHING, null)).toBe(store.lines);
  expect(placeOf(store.lines, 2)).toBe(1);
  expect(placeOf(store.lines, 99)).toBe(3);
});

test("hits are stretches of the text; an empty match is none", () => {
  expect(stretches("aXbxc", /x/gi)).toEqual([[1, 2], [3, 4]]);
  expect(stretches("abc", /z*/gi)).toEqual([]);
});

test("colours become classes, every other control sequence is dropped", () => {
  expect(pieces("a\x1b[0;32mgreen\x1b[0m\x1b[2Jb\x07\u202e")).toEqual([{ text: "a", tone: "" }, { text: "green", tone: "ansi-ok" }, { text: "b", tone: "" }]);
  expect(plain("\x1b[1;31m<script>\x1b[0m\r")).toBe("<script>");
});
