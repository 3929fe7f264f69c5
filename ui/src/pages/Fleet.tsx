/** The first screen: is anything wrong and which one; then the sums. */
import { Attention } from "../fleet/Attention";
import { Skeleton } from "../parts/Empty";
import { Lazy } from "../parts/Lazy";
import { FleetTotals } from "../fleet/FleetTotals";
import { Groups } from "../parts/Groups";
import { MinerCards } from "../fleet/MinerCards";
import * as format from "../format";
import { useLive } from "../page";
import { t } from "../t";

const firstRun = () => import("../add/FirstRun");

/** Up to this many miners, each has a card of its own. */
const FEW = 12;

export default function Fleet() {
  const isLoaded = useLive((live) => live.fleet.isLoaded);
  const totals = useLive((live) => live.totals());
  if (!isLoaded) return <div class="page"><Skeleton /></div>;
  if (totals.miners === 0) return <Lazy load={firstRun} />;
  return (
    <div class="page">
      <h1 class="unseen">{t("page.fleet")}</h1>
      <div class="fleet-top">
        <Attention totals={totals} />
        <FleetTotals totals={totals} />
      </div>
      <Lazy load={charts} />
      {totals.miners <= FEW ? <MinerCards /> : (
        <div class="cards">
          <Groups title={t("fleet.pools")} groups={totals.pools} filterBy="pool" figures={[["column.hashrate", (group) => format.hashrate(group.hashrateGhs)], ["column.rejects", (group) => format.percent(rejected(group))]]} />
          <Groups title={t("fleet.firmware")} groups={totals.firmwares} filterBy="fw" figures={[]} />
        </div>
      )}
    </div>
  );
}

const charts = () => import("./FleetCharts");
const rejected = ({ accepted, rejected }: { accepted: number; rejected: number }): number | null => (accepted + rejected === 0 ? null : (rejected / (accepted + rejected)) * 100);
