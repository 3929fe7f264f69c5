/** How far a search is: addresses asked, miners found, time, and Stop. */
import * as format from "../format";
import { useNow, useWhyNot } from "../page";
import type { Progress as State } from "../store/search";
import { t } from "../t";

export function Progress({ progress, others, onStop }: { progress: State; others: number; onStop: () => void }) {
  const nowMs = useNow();
  const why = useWhyNot();
  const { state, done, total, found, beganAtMs, endedAtMs, error } = progress;
  if (state === "idle") return null;
  const took = format.duration(Math.max(0, ((endedAtMs ?? nowMs) - (beganAtMs ?? nowMs)) / 1000));
  const sentence = [t(`search.state.${state}`), t("add.progress", { done, total }), t("add.found", { n: found }), others > 0 ? t("add.others", { n: others }) : "", took].filter(Boolean).join(" \u00b7 ");
  return (
    <div class="progress">
      <progress aria-label={t("add.searching")} max={Math.max(1, total)} value={state === "ended" ? Math.max(1, total) : done} />
      <span class="progress-text number-line">{sentence}</span>
      {state === "running" && <button type="button" class="button" disabled={why !== undefined} title={why} onClick={onStop}>{t("add.stop")}</button>}
      {error !== null && <p class="tone-bad" role="alert">{error}</p>}
      <span class="unseen" role="status">{state === "running" ? t("add.searching") : t("add.done", { n: found })}</span>
    </div>
  );
}
