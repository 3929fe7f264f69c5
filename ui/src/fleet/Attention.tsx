/** Which miners need somebody: the worst five, and how many more. */
import * as format from "../format";
import { useNow, usePage } from "../page";
import { slug } from "../store/miner";
import type { Totals } from "../store/totals";
import { t } from "../t";
import { State } from "../parts/State";

const SHOWN = 5;

export function Attention({ totals }: { totals: Totals }) {
  const nowMs = useNow();
  const { fleet } = usePage().live;
  const { attention } = totals;
  return (
    <section class="card attention" aria-labelledby="attention">
      <h2 id="attention">{t("attention.title")} <span class="muted">{attention.length}</span></h2>
      {attention.length === 0 ? <p class="attention-fine"><State state="online" /> <span>{t("attention.fine", { n: totals.miners })}</span></p> : (
        <ul class="attention-list">
          {attention.slice(0, SHOWN).map((miner) => (
            <li key={miner.mac}>
              <a href={`/miners/${slug(miner.mac)}`}>
                <State state={miner.state} />
                <span class="attention-name">{fleet.label(miner)}</span>
                <span class="muted number">{format.age(miner.sinceMs, nowMs)}</span>
                <span class="muted attention-reason">{miner.reason}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
      {attention.length > SHOWN && <a href="/miners?attention=1">{t("attention.more", { n: attention.length - SHOWN })}</a>}
    </section>
  );
}
