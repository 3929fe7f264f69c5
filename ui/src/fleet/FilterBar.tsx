/** Above the list: the filter as text and as choices (the same thing), how many fit, columns, order. */
import { useMemo } from "preact/hooks";
import { COLUMNS, columnNamed, DEFAULT_COLUMNS } from "../columns";
import { termOf, withTerm } from "../filter";
import { useLive, usePage } from "../page";
import { setQuery, usePlace } from "../router";
import { STATES } from "../store/miner";
import { isKey, t } from "../t";
import { Menu } from "../parts/Menu";
import { csv, download } from "./exportCsv";
import { clearFilters, type List } from "./useList";

interface FilterBarProps {
  readonly list: List;
  readonly total: number;
  readonly isHeld: boolean;
  readonly view: string;
}

const VIEWS = ["table", "map", "cards"] as const;

export function FilterBar({ list: { macs, keys, sort }, total, isHeld, view }: FilterBarProps) {
  const { query } = usePlace();
  const { live } = usePage();
  const words = query.get("q") ?? "";
  const isFiltered = ["q", "state", "attention"].some((name) => query.get(name));
  const save = () => download("miners.csv", csv(macs.flatMap((mac) => live.fleet.miners.get(mac) ?? []), keys.flatMap((key) => columnNamed(key) ?? [])));
  return (
    <div class="filter-bar">
      <input class="input filter-field" type="search" value={words} placeholder={t("filter.placeholder")} aria-label={t("filter.label")} onInput={(event) => setQuery({ q: event.currentTarget.value })} />
      <Choices words={words} state={query.get("state")} />
      <span class="filter-count" role="status">
        {isFiltered ? t("filter.of", { n: macs.length, all: total }) : t("miners.count", { n: total })}
        {isFiltered && <button type="button" class="button quiet" onClick={clearFilters}>{t("miners.clear")}</button>}
      </span>
      {isHeld && <span class="chip" title={t("order.why")}>{t("order.paused")}</span>}
      <span class="views" role="group" aria-label={t("view.label")}>{VIEWS.map((name) => <button key={name} type="button" aria-pressed={view === name} onClick={() => setQuery({ view: name === "table" ? null : name })}>{t(`view.${name}`)}</button>)}</span>
      <label class="phone-only"><span class="unseen">{t("order.by")}</span>
        <select class="select" value={`${sort.isFalling ? "-" : ""}${sort.key}`} onChange={(event) => setQuery({ sort: event.currentTarget.value })}>
          {COLUMNS.filter((column) => DEFAULT_COLUMNS.includes(column.key)).flatMap((column) => [column.key, `-${column.key}`].map((key) => <option key={key} value={key}>{t(column.label)} {key.startsWith("-") ? "\u2193" : "\u2191"}</option>))}
        </select>
      </label>
      <ColumnMenu columns={keys} />
      <button type="button" class="button wide-only" onClick={save}>{t("export.csv")}</button>
    </div>
  );
}

function Choices({ words, state }: { words: string; state: string | null }) {
  const totals = useLive((live) => live.totals());
  const models = useLive((live) => live.fleet.miners.size);
  const { firmwares, pools } = useMemo(() => ({ firmwares: totals.firmwares.map((group) => group.name), pools: totals.pools.map((group) => group.name) }), [models, totals.firmwares.length, totals.pools.length]);
  const present = STATES.filter((name) => totals.states[name] > 0 || name === state);
  const chosen = state ?? termOf(words, "state");
  return (
    <>
      <Choice name={t("column.state")} value={chosen} options={present} onChoose={(value) => setQuery({ state: null, q: withTerm(words, "state", value) })} />
      <Choice name={t("column.firmware")} value={termOf(words, "fw")} options={firmwares} onChoose={(value) => setQuery({ q: withTerm(words, "fw", value) })} />
      <Choice name={t("column.pool")} value={termOf(words, "pool")} options={pools} onChoose={(value) => setQuery({ q: withTerm(words, "pool", value) })} />
    </>
  );
}

function Choice({ name, value, options, onChoose }: { name: string; value: string | null; options: readonly string[]; onChoose: (value: string | null) => void }) {
  const all = value !== null && !options.includes(value) ? [value, ...options] : options;
  return (
    <select class="select" aria-label={name} value={value ?? ""} onChange={(event) => onChoose(event.currentTarget.value || null)}>
      <option value="">{t("filter.any", { name })}</option>
      {all.map((option) => <option key={option} value={option}>{stateWord(option)}</option>)}
    </select>
  );
}

function ColumnMenu({ columns }: { columns: readonly string[] }) {
  const toggle = (key: string) => {
    const next = columns.includes(key) ? columns.filter((column) => column !== key) : COLUMNS.map((column) => column.key).filter((column) => column === key || columns.includes(column));
    setQuery({ columns: next.join() === DEFAULT_COLUMNS.join() ? null : next.join() });
  };
  return (
    <Menu label={t("columns.choose")} sign={t("columns.choose")} class="wide-only" staysOpen>
      <div class="columns-menu">
        {COLUMNS.map((column) => <label key={column.key} class="menu-item"><input type="checkbox" checked={columns.includes(column.key)} onChange={() => toggle(column.key)} /> {t(column.label)}</label>)}
      </div>
    </Menu>
  );
}

function stateWord(option: string): string {
  const key = `state.${option}`;
  return isKey(key) ? t(key) : option;
}
