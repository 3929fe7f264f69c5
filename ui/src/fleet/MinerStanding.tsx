/** Why a miner is not simply well: every state that holds, the reason, since when, and of when the values are. */
import { useDetail } from "../detail";
import * as format from "../format";
import { useNow } from "../page";
import { State } from "../parts/State";
import { isCurrent, type Miner, STATES, type StateName } from "../store/miner";
import { t } from "../t";

export function MinerStanding({ miner }: { miner: Miner }) {
  const detail = useDetail(miner.mac);
  const nowMs = useNow();
  if (miner.state === "online") return null;
  const others = statesOf(detail?.["states"]).filter((state) => state !== miner.state && state !== "online");
  const since = miner.sinceMs === null ? null : t("standing.since", { time: format.age(miner.sinceMs, nowMs) });
  return (
    <div class="standing" data-state={miner.state}>
      <State state={miner.state} />
      {others.map((state) => <State key={state} state={state} />)}
      <span>{[since, miner.reason].filter(Boolean).join(": ") || t(`standing.${miner.state === "unwatched" ? "unwatched" : "new"}`)}</span>
      {!isCurrent(miner) && miner.readAtMs !== null && <span class="muted">{t("standing.values", { time: format.moment(miner.readAtMs) })}</span>}
      {miner.state === "offline" && <span class="muted">{t("standing.tried")}</span>}
    </div>
  );
}

/** Returns the states by the page's words. */
export function statesOf(names: unknown): StateName[] {
  if (!Array.isArray(names)) return [];
  return names.map((name) => (name === "not watched" ? "unwatched" : name)).filter((name): name is StateName => STATES.includes(name as StateName));
}
