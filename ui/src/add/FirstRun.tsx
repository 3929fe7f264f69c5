/** The first page of an empty installation: find, add, and the values are there. */
import { FoundList } from "./FoundList";
import { Networks } from "./Networks";
import { Nothing } from "./Nothing";
import { Progress } from "./Progress";
import { useAdding } from "./useAdding";
import { useNetworks } from "./useNetworks";
import { useSearch } from "./useSearch";
import { useWhyNot } from "../page";
import { Failure, Skeleton } from "../parts/Empty";
import { t } from "../t";
import "../style/tools.css";

const NOBODY: ReadonlySet<string> = new Set();

export default function FirstRun() {
  const why = useWhyNot();
  const networks = useNetworks();
  const search = useSearch();
  const adding = useAdding();
  const { miners, others, progress } = search.store;
  const isRunning = progress.state === "running";
  const macs = miners.flatMap(({ mac }) => (mac === null ? [] : [mac]));
  const hasSearched = progress.state !== "idle";
  return (
    <div class="page first-run">
      <h1>{t("first.title")}</h1>
      <p class="lead">{t("first.lead")}</p>
      <section class="card" aria-labelledby="first-find">
        <h2 id="first-find">{t("first.find")}</h2>
        {networks.answer.error !== null && networks.answer.value === null ? <Failure text={t("add.noplaces")} detail={networks.answer.error} onRetry={networks.answer.again} /> : networks.answer.value === null ? <Skeleton lines={2} /> : <Networks {...networks} places={networks.answer.value} />}
        <div class="row-actions">
          <button type="button" class={hasSearched ? "button" : "button primary"} disabled={isRunning || !networks.canSearch || why !== undefined} title={why} onClick={() => search.begin(networks.asked)}>{t("fleet.find")}</button>
        </div>
        {search.error !== null && <p class="tone-bad" role="alert">{search.error}</p>}
        <Progress progress={progress} others={others.length} onStop={search.stop} />
      </section>
      {hasSearched && (
        <section class="card" aria-labelledby="first-add">
          <h2 id="first-add">{t("first.add")}</h2>
          {miners.length > 0 && <div class="row-actions"><button type="button" class="button primary" disabled={adding.isBusy || why !== undefined} title={why} onClick={() => void adding.run(macs)}>{t("first.addall", { n: macs.length })}</button></div>}
          {miners.length === 0 && !isRunning ? <Nothing progress={progress} others={others.length} networks={[...networks.chosen]} /> : <FoundList rows={miners} chosen={NOBODY} results={adding.results} />}
        </section>
      )}
      <p class="muted">{t("first.else")} <a href="/add">{t("first.byaddress")}</a></p>
      <p class="muted">{t("first.demo")} <code>pluto demo</code></p>
    </div>
  );
}
