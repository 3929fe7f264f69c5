import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

/** Attributes that somebody reads or hears. */
const READ = new Set(["aria-label", "title", "placeholder", "alt", "label", "text"]);
/** Names, commands and examples, which are the same in every language. */
const SAME = new Set(["Pluto", "Python", "pluto demo", "PLUTO_AUTH=password", "public-pool.io", "bc1q….{name}"]);

const isWord = (text: string): boolean => /\p{L}{3,}/u.test(text) && !SAME.has(text.replace(/^[\s,.:]+|[\s,.:]+$/gu, ""));

/** Returns the words that stand in *source* itself instead of coming from a catalogue. */
function wordsIn(source: string): string[] {
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isJsxText(node) && isWord(node.text)) found.push(node.text.trim());
    if (ts.isJsxAttribute(node) && READ.has(node.name.getText()) && node.initializer !== undefined && ts.isStringLiteral(node.initializer) && isWord(node.initializer.text)) found.push(node.initializer.text);
    if (ts.isJsxExpression(node) && node.expression !== undefined && ts.isStringLiteralLike(node.expression) && ts.isJsxElement(node.parent) && isWord(node.expression.text)) found.push(node.expression.text);
    ts.forEachChild(node, look);
  };
  look(ts.createSourceFile("page.tsx", source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX));
  return found;
}

test("words in the code are found, words of a catalogue are not", () => {
  expect(wordsIn('const a = <p title="Restart it" class="muted">Hello {name} {"again"} {t("page.fleet")}</p>;')).toEqual(["Restart it", "Hello", "again"]);
});

const FILES = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".tsx"));

test.each(FILES)("%s takes its words from the catalogue", (name) => {
  expect(wordsIn(readFileSync(join("src", name), "utf8"))).toEqual([]);
});
