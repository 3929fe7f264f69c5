/** All miners: filter, order and columns from the address; as a table, a map or cards; and what can be done to those selected. */
import { useState } from "preact/hooks";
import type { ActionName } from "../fleet/actions";
import { ActionBar } from "../fleet/ActionBar";
import { FilterBar } from "../fleet/FilterBar";
import { MinerCards } from "../fleet/MinerCards";
import { MinerMap } from "../fleet/MinerMap";
import { MinerTable } from "../fleet/MinerTable";
import { clearFilters, useList } from "../fleet/useList";
import { useLive, usePage } from "../page";
import { Empty, Skeleton } from "../parts/Empty";
import { usePlace } from "../router";
import { NOBODY } from "../store/selection";
import { t } from "../t";

const MOST_CARDS = 200;

export default function Miners() {
  const { live } = usePage();
  const { query } = usePlace();
  const view = query.get("view") ?? "table";
  const [selection, select] = useState(NOBODY);
  const [isPointed, point] = useState(false);
  const [asked, ask] = useState<ActionName | null>(null);
  useLive(({ fleet }) => fleet.version);
  const isHeld = isPointed || selection.macs.size > 0;
  const list = useList(isHeld);
  const total = live.fleet.miners.size;
  if (!live.fleet.isLoaded) return <div class="page"><Skeleton lines={12} /></div>;
  if (total === 0) return <div class="page"><h1>{t("page.miners")}</h1><Empty text={t("fleet.empty")}><a class="button primary" href="/add">{t("fleet.find")}</a></Empty></div>;
  live.listed = list.macs;
  return (
    <div class="page page-wide page-fill">
      <h1 class="unseen">{t("page.miners")}</h1>
      <FilterBar list={list} total={total} isHeld={isHeld && view === "table"} view={view} />
      {list.macs.length === 0 ? <Empty text={t("miners.none", { all: total })}><button type="button" class="button" onClick={clearFilters}>{t("miners.clear")}</button></Empty>
        : view === "map" ? <MinerMap macs={list.macs} />
        : view === "cards" ? <div class="scroll-page" tabIndex={0} role="region" aria-label={t("view.cards")}><MinerCards macs={list.macs.slice(0, MOST_CARDS)} />{list.macs.length > MOST_CARDS && <p class="muted">{t("groups.more", { n: list.macs.length - MOST_CARDS })}</p>}</div>
        : <MinerTable list={list} selection={selection} onSelect={select} onPoint={point} onAsk={ask} />}
      {selection.macs.size > 0 && <ActionBar macs={[...selection.macs]} asked={asked} onAsk={ask} onDone={() => { ask(null); select(NOBODY); }} />}
    </div>
  );
}
