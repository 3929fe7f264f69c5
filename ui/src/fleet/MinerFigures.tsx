/** The numbers of a miner that matter first. A silent miner's last ones stay, told as old by the frame around. */
import type { Detail } from "../detail";
import * as format from "../format";
import { Figure } from "../parts/Figure";
import { expectedPercent, type Miner, rejectPercent } from "../store/miner";
import { t } from "../t";

export function MinerFigures({ miner, detail }: { miner: Miner; detail: Detail | null }) {
  const rejects = rejectPercent(miner);
  const chips = list(detail?.["chip_temperatures_celsius"]);
  return (
    <section class="card figures" aria-label={t("miner.figures")}>
      <Figure label={t("column.hashrate")} value={format.hashrate(miner.hashrateGhs)} more={t("miner.ofExpected", { percent: format.percent(expectedPercent(miner)), expected: format.hashrate(miner.expectedGhs) })} />
      <Figure label={t("column.power")} value={format.power(miner.powerWatts)} more={format.efficiency(miner.efficiencyJPerTh, miner.hashrateGhs)} />
      <Figure label={t("miner.temperature")} value={format.celsiusExact(miner.chipCelsius)} more={[chips.length > 1 ? chips.map((chip) => format.celsius(chip)).join(", ") : null, `${t("series.vr")} ${format.celsius(miner.vrCelsius)}`].filter(Boolean).join(" · ")} />
      <Figure label={t("miner.fan")} value={format.percent(miner.fanPercent)} more={format.turns(miner.fanRpm)} />
      <Figure label={t("totals.accepted")} value={format.percent(rejects === null ? null : 100 - rejects)} more={t("totals.shares", { accepted: format.count(miner.accepted), rejected: format.count(miner.rejected) })} />
      <Figure label={t("miner.best")} value={format.difficulty(miner.bestSession)} more={t("miner.allTime", { best: format.difficulty(miner.best) })} />
    </section>
  );
}

const list = (value: unknown): number[] => (Array.isArray(value) ? value.filter((item) => typeof item === "number") : []);
