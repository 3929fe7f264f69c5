/** The filter language: `temp>70 fw:v2.6 pool:ckpool state:offline -model:gamma words`. Text to terms, terms to a test. */
import { COLUMNS, type Column, columnNamed } from "./columns";
import { type Miner, isCurrent } from "./store/miner";

export interface Term {
  /** Null: a free word, looked for in all names. */
  readonly column: Column | null;
  readonly operator: string;
  readonly value: string;
  readonly isNegated: boolean;
}

const TERM = /(-)?(?:(\w+)(:|>=|<=|>|<|=))?(?:"([^"]*)"?|(\S+))/g;
const SEARCHED = ["name", "host", "mac", "model", "asic", "pool", "firmware"];

export function parse(text: string): Term[] {
  return [...text.matchAll(TERM)].map(([whole, minus, name, operator, quoted, bare]) => {
    const column = name === undefined ? null : columnNamed(name);
    if (name !== undefined && column === null) return { column: null, operator: ":", value: whole.toLowerCase(), isNegated: false };
    return { column, operator: operator ?? ":", value: (quoted ?? bare ?? "").toLowerCase(), isNegated: minus !== undefined };
  });
}

/** Returns the test that *text* means: every term must hold. */
export function filter(text: string): (miner: Miner) => boolean {
  const terms = parse(text);
  return (miner) => terms.every((term) => holds(term, miner) !== term.isNegated);
}

/** Returns *text* with the term `<name>:<value>` instead of what it had for that name; null takes it away. */
export function withTerm(text: string, name: string, value: string | null): string {
  const others = [...text.matchAll(TERM)].filter((found) => found[2] !== name || found[3] !== ":").map((found) => found[0]);
  return value === null ? others.join(" ") : [...others, `${name}:${/\s/.test(value) ? `"${value}"` : value}`].join(" ");
}

/** Returns the value of the term `<name>:<value>` in *text*, or null. */
export function termOf(text: string, name: string): string | null {
  const found = [...text.matchAll(TERM)].find((term) => term[2] === name && term[3] === ":" && term[1] === undefined);
  return found ? (found[4] ?? found[5] ?? null) : null;
}

function holds({ column, operator, value }: Term, miner: Miner): boolean {
  if (column === null) return SEARCHED.some((key) => includes(miner[key as keyof Miner], value));
  const actual = column.isReading && !isCurrent(miner) ? null : column.value(miner);
  if (actual === null) return false;
  if (operator === ":") return typeof actual === "number" && column.key !== "state" ? actual === Number(value) : includes(wordOf(column, miner), value);
  return compare(typeof actual === "number" ? actual : Number.NaN, operator, Number(value));
}

/** The state is sorted by number and asked for by word. */
const wordOf = (column: Column, miner: Miner): unknown => (column.key === "state" ? miner.state : column.value(miner));

const includes = (value: unknown, part: string): boolean => typeof value === "string" && value.toLowerCase().includes(part);

function compare(actual: number, operator: string, limit: number): boolean {
  switch (operator) {
    case ">": return actual > limit;
    case "<": return actual < limit;
    case ">=": return actual >= limit;
    case "<=": return actual <= limit;
    default: return actual === limit;
  }
}

/** The names that may stand before a colon, for the help of the field. */
export const names = (): readonly string[] => COLUMNS.map((column) => column.aliases[0] ?? column.key);
