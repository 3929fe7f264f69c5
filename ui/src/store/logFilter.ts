/** Which lines of a log are shown, and which of them are hits of a search. */
import type { Level, LogLine } from "./logs";

export interface LogQuestion {
  readonly search: string;
  readonly isRegex: boolean;
  readonly onlyMatching: boolean;
  /** Levels that are hidden; lines without a level are always shown. */
  readonly hidden: ReadonlySet<Level>;
  readonly component: string | null;
}

export const EVERYTHING: LogQuestion = { search: "", isRegex: false, onlyMatching: false, hidden: new Set(), component: null };

/** Returns what is searched for, null for nothing; "bad" where it is no regular expression. */
export function pattern({ search, isRegex }: LogQuestion): RegExp | null | "bad" {
  if (search === "") return null;
  try {
    return new RegExp(isRegex ? search : search.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "gi");
  } catch {
    return "bad";
  }
}

export function shown(lines: readonly LogLine[], question: LogQuestion, wanted: RegExp | null): readonly LogLine[] {
  const { hidden, component, onlyMatching } = question;
  const byMatch = onlyMatching && wanted !== null;
  if (hidden.size === 0 && component === null && !byMatch) return lines;
  return lines.filter((line) => (line.level === null || !hidden.has(line.level)) && (component === null || line.component === component) && (!byMatch || isHit(line, wanted)));
}

export function isHit(line: LogLine, wanted: RegExp): boolean {
  wanted.lastIndex = 0;
  return wanted.test(line.text);
}

/** Returns the stretches of *text* that match, at most a hundred; an empty match is none. */
export function stretches(text: string, wanted: RegExp): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const match of text.matchAll(wanted)) {
    if (match[0] !== "") found.push([match.index, match.index + match[0].length]);
    if (found.length >= 100) break;
  }
  return found;
}

/** Returns where in *lines*, which rise by id, the first line is whose id is not below *id*. */
export function placeOf(lines: readonly LogLine[], id: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle]!.id < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
