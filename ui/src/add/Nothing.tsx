/** What to look at when a search found no miner: facts of this search, and hints. */
import type { Progress } from "../store/search";
import { t } from "../t";

export function Nothing({ progress, others, networks }: { progress: Progress; others: number; networks: readonly string[] }) {
  return (
    <div class="nothing">
      <p>{t("add.none")}</p>
      <ul>
        <li>{t("add.none.searched", { networks: networks.join(", ") || "\u2013", n: progress.done })}</li>
        <li>{t("add.none.others", { n: others })}</li>
        <li>{t("add.none.network")}</li>
        <li>{t("add.none.firewall")}</li>
        <li>{t("add.none.address")}</li>
      </ul>
    </div>
  );
}
