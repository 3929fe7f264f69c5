/** Add miners: search the network and watch what is found, or name addresses. */
import { useState } from "preact/hooks";
import { ByAddress } from "../add/ByAddress";
import { FoundList } from "../add/FoundList";
import { Networks } from "../add/Networks";
import { Nothing } from "../add/Nothing";
import { Progress } from "../add/Progress";
import { useAdding } from "../add/useAdding";
import { useNetworks } from "../add/useNetworks";
import { type Search, useSearch } from "../add/useSearch";
import { useWhyNot } from "../page";
import { Failure, Skeleton } from "../parts/Empty";
import { t } from "../t";
import "../style/tools.css";

export default function Add() {
  const why = useWhyNot();
  const networks = useNetworks();
  const search = useSearch();
  const { progress } = search.store;
  const isRunning = progress.state === "running";
  return (
    <div class="page">
      <h1>{t("page.add")}</h1>
      <section class="card" aria-labelledby="by-search">
        <h2 id="by-search">{t("add.bysearch")}</h2>
        {networks.answer.error !== null && networks.answer.value === null ? <Failure text={t("add.noplaces")} detail={networks.answer.error} onRetry={networks.answer.again} /> : networks.answer.value === null ? <Skeleton lines={2} /> : <Networks {...networks} places={networks.answer.value} />}
        <div class="row-actions">
          <button type="button" class="button primary" disabled={isRunning || !networks.canSearch || why !== undefined} title={why} onClick={() => search.begin(networks.asked)}>{t("fleet.find")}</button>
        </div>
        {search.error !== null && <p class="tone-bad" role="alert">{search.error}</p>}
        <Progress progress={progress} others={search.store.others.length} onStop={search.stop} />
        <Results search={search} networks={[...networks.chosen]} why={why} />
      </section>
      <ByAddress />
    </div>
  );
}

function Results({ search, networks, why }: { search: Search; networks: readonly string[]; why: string | undefined }) {
  const { store: { miners, others, progress } } = search;
  const [unchosen, setUnchosen] = useState<ReadonlySet<string>>(new Set());
  const adding = useAdding();
  const toggle = (mac: string) => {
    const next = new Set(unchosen);
    if (!next.delete(mac)) next.add(mac);
    setUnchosen(next);
  };
  const isOpen = (mac: string) => !["added", "updated"].includes(adding.results.get(mac)?.result ?? "");
  const macs = miners.flatMap(({ mac, status }) => (mac !== null && status !== "known" && isOpen(mac) ? [mac] : []));
  const chosen = new Set(macs.filter((mac) => !unchosen.has(mac)));
  if (progress.state === "idle") return null;
  if (progress.state !== "running" && miners.length === 0) return <><Nothing progress={progress} others={others.length} networks={networks} /><Others others={search.store.others} /></>;
  return (
    <>
      <FoundList rows={miners} chosen={chosen} onToggle={toggle} results={adding.results} />
      <Others others={others} />
      <div class="foot-actions">
        <button type="button" class="button primary" disabled={chosen.size === 0 || adding.isBusy || why !== undefined} title={why} onClick={() => void adding.run([...chosen])}>{t("add.go", { n: chosen.size })}</button>
        {adding.results.size > 0 && <span role="status">{t("add.ended", { done: [...adding.results.values()].filter((one) => one.result !== "failed").length, failed: [...adding.results.values()].filter((one) => one.result === "failed").length, all: adding.results.size })}</span>}
      </div>
    </>
  );
}

const NOBODY: ReadonlySet<string> = new Set();
const NO_RESULTS = new Map<string, never>();

function Others({ others }: { others: Search["store"]["others"] }) {
  if (others.length === 0) return null;
  return (
    <details class="others" open={others.length <= 5}>
      <summary>{t("add.otherstitle", { n: others.length })}</summary>
      <FoundList rows={others} chosen={NOBODY} results={NO_RESULTS} />
    </details>
  );
}
