/** The sums of the fleet, each a link to the miners that make it. */
import * as format from "../format";
import { STATES } from "../store/miner";
import type { Totals } from "../store/totals";
import { t } from "../t";
import { Figure } from "../parts/Figure";
import { costADay, usePrice } from "./usePrice";

export function FleetTotals({ totals }: { totals: Totals }) {
  const { hashrateGhs, powerWatts, expectedGhs, accepted, rejected, states } = totals;
  const restsOn = t("totals.rest", { n: totals.current, all: totals.miners });
  const price = usePrice();
  const cost = price === null ? null : t("totals.cost", { cost: format.money(costADay(powerWatts, price)) });
  const share = accepted + rejected === 0 ? null : (accepted / (accepted + rejected)) * 100;
  const expected = expectedGhs === 0 ? null : (hashrateGhs / expectedGhs) * 100;
  const present = STATES.filter((state) => states[state] > 0);
  return (
    <section class="card" aria-labelledby="totals">
      <h2 id="totals" class="unseen">{t("totals.title")}</h2>
      <div class="figures" title={restsOn}>
        <Figure label={t("column.hashrate")} value={format.hashrate(hashrateGhs)} more={t("totals.expected", { percent: format.percent(expected) })} href="/miners?sort=-hashrate" />
        <Figure label={t("column.power")} value={format.power(powerWatts)} more={[cost, restsOn].filter(Boolean).join(" \u00b7 ")} href="/miners?sort=-power" />
        <Figure label={t("column.efficiency")} value={format.efficiency(totals.efficiencyJPerTh)} more={t("totals.efficiency")} href="/miners?sort=-efficiency" />
        <Figure label={t("totals.accepted")} value={format.percent(share)} more={t("totals.shares", { accepted: format.count(accepted), rejected: format.count(rejected) })} href="/miners?sort=-rejects" />
        <Figure label={t("column.best")} value={format.difficulty(totals.best)} more={t("totals.session", { best: format.difficulty(totals.bestSession) })} href="/miners?sort=-best" />
        <div class="figure">
          <span class="figure-label">{t("totals.miners")}</span>
          <a class="figure-value figure" href="/miners">{format.count(totals.miners)}</a>
          <span class="figure-more">{present.map((state) => <a key={state} href={`/miners?state=${state}`}>{format.count(states[state])} {t(`state.${state}`)}</a>)}</span>
        </div>
      </div>
    </section>
  );
}
