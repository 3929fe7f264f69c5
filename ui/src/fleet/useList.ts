/** The list that an address asks for: who fits, in which order, with which columns. */
import { useMemo, useRef } from "preact/hooks";
import { COLUMNS, columnNamed, DEFAULT_COLUMNS } from "../columns";
import { filter } from "../filter";
import { usePage } from "../page";
import type { TableSort } from "../parts/Table";
import { setQuery, usePlace } from "../router";
import { isCurrent, type Miner } from "../store/miner";
import { Order, type Question } from "../store/order";

export interface List {
  readonly macs: readonly string[];
  readonly keys: readonly string[];
  readonly sort: TableSort;
}

/** Returns the list; its order stands still while *isHeld*. */
export function useList(isHeld: boolean): List {
  const { live, link } = usePage();
  const { query } = usePlace();
  const order = useRef(new Order());
  const question = useQuestion(query);
  const macs = live.fleet.isLoaded ? order.current.of(live.fleet, question, link.nowMs(), isHeld) : [];
  const keys = (query.get("columns") ?? DEFAULT_COLUMNS.join()).split(",").filter((key) => columnNamed(key) !== null);
  return { macs, keys, sort: { key: sortKey(query), isFalling: isFalling(query) } };
}

/** Takes all filters away. */
export const clearFilters = (): void => setQuery({ q: null, state: null, attention: null });

const sortKey = (query: URLSearchParams): string => (query.get("sort") ?? "state").replace("-", "");
const isFalling = (query: URLSearchParams): boolean => (query.get("sort") ?? "").startsWith("-");

/** Returns what the address asks, the same object while it asks the same. */
function useQuestion(query: URLSearchParams): Question {
  const words = [query.get("q") ?? "", query.get("state") ? `state:${query.get("state")}` : ""].join(" ");
  const needsAttention = query.get("attention") === "1";
  const falling = isFalling(query);
  const key = sortKey(query);
  return useMemo(() => {
    const fits = filter(words);
    const column = columnNamed(key) ?? COLUMNS[0]!;
    const value = (miner: Miner) => (column.isReading && !isCurrent(miner) ? null : column.value(miner));
    return { test: (miner: Miner) => fits(miner) && (!needsAttention || miner.needsAttention), value, isFalling: falling };
  }, [words, needsAttention, falling, key]);
}
