/** All miners: filter, order and columns from the address, the table, and what can be done to those selected. */
import { useMemo, useRef, useState } from "preact/hooks";
import { COLUMNS, columnNamed, DEFAULT_COLUMNS } from "../columns";
import { filter } from "../filter";
import { useLive, useNow, usePage } from "../page";
import { ActionBar } from "../fleet/ActionBar";
import { Empty, Skeleton } from "../parts/Empty";
import { FilterBar } from "../fleet/FilterBar";
import { minerColumns, phoneColumns } from "../fleet/minerColumns";
import { Table } from "../parts/Table";
import { usePhone } from "../parts/usePhone";
import { go, setQuery, usePlace } from "../router";
import { isCurrent, type Miner, slug } from "../store/miner";
import { Order, type Question } from "../store/order";
import { everybody, extended, NOBODY, toggled } from "../store/selection";
import { t } from "../t";

const PHONE_ROW = 60;
const ROW = 34;
const AGES_EVERY_MS = 5_000;

export default function Miners() {
  const { live, link } = usePage();
  const { query } = usePlace();
  const isPhone = usePhone();
  const nowMs = useNow(AGES_EVERY_MS);
  const order = useRef(new Order());
  const [selection, select] = useState(NOBODY);
  const [isPointed, point] = useState(false);
  useLive(({ fleet }) => fleet.version);
  const question = useQuestion(query);
  const keys = (query.get("columns") ?? DEFAULT_COLUMNS.join()).split(",").filter((key) => columnNamed(key) !== null);
  const columns = useMemo(() => (isPhone ? phoneColumns : minerColumns(keys)), [isPhone, keys.join()]);
  const isHeld = isPointed || selection.macs.size > 0;
  const sort = { key: sortKey(query), isFalling: isFalling(query) };
  if (!live.fleet.isLoaded) return <div class="page"><Skeleton lines={12} /></div>;
  const macs = order.current.of(live.fleet, question, link.nowMs(), isHeld);
  const selectAll = () => select(selection.macs.size >= macs.length ? NOBODY : everybody(macs));
  return (
    <div class="page page-wide page-fill">
      <h1 class="unseen">{t("page.miners")}</h1>
      <FilterBar shown={macs.length} total={live.fleet.miners.size} isHeld={isHeld} columns={keys} sort={sort} />
      {macs.length === 0 ? <Empty text={t("miners.none", { all: live.fleet.miners.size })}><button type="button" class="button" onClick={clear}>{t("miners.clear")}</button></Empty> : (
        <Table<Miner>
          label={t("page.miners")} keys={macs} row={(mac) => live.fleet.miners.get(mac)} columns={columns} rowHeight={isPhone ? PHONE_ROW : ROW} nowMs={nowMs} hasHead={!isPhone}
          sort={sort} onSort={(key) => setQuery({ sort: sort.key === key && !sort.isFalling ? `-${key}` : key })} selected={selection.macs} onPoint={point}
          onToggle={(mac, isRange) => select(isRange ? extended(selection, mac, macs) : toggled(selection, mac))} onToggleAll={selectAll} onNone={() => select(NOBODY)}
          onOpen={(mac) => go(`/miners/${slug(mac)}`)} rowClass={(miner) => (live.fleet.isLeaving(miner.mac) ? "is-leaving" : isCurrent(miner) ? "" : "is-silent")}
        />
      )}
      {selection.macs.size > 0 && <ActionBar macs={[...selection.macs]} onDone={() => select(NOBODY)} />}
    </div>
  );
}

const clear = (): void => setQuery({ q: null, state: null, attention: null });
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
