/** A job as a table: an end for each miner, by name, and "retry the failed". */
import { useLive, usePage, useWhyNot } from "../page";
import type { End } from "../store/jobs";
import { t } from "../t";
import { Dialog } from "./Dialog";

const SIGN: Readonly<Record<End, string>> = { waiting: "\u2026", running: "\u2192", done: "\u2713", failed: "\u2717" };
const TONE: Readonly<Record<End, string>> = { waiting: "off", running: "off", done: "ok", failed: "bad" };

export function JobDialog({ id, onClose }: { id: number; onClose: () => void }) {
  const { jobs } = usePage();
  const why = useWhyNot();
  const job = useLive(() => jobs.get(id));
  if (!job) return null;
  const failed = job.errands.filter((errand) => errand.end === "failed").length;
  const done = job.errands.filter((errand) => errand.end === "done").length;
  return (
    <Dialog title={job.title} onClose={onClose} foot={
      <>
        {job.isOver && failed > 0 && <button type="button" class="button" disabled={why !== undefined} title={why} onClick={() => jobs.retry(id)}>{t("job.retry", { n: failed })}</button>}
        <button type="button" class="button primary" onClick={onClose}>{t("dialog.close")}</button>
      </>
    }>
      <p role="status">{t("job.count", { done, failed, all: job.errands.length })}</p>
      <ul class="results">
        {job.errands.map(({ mac, name, end, detail }) => (
          <li key={mac} data-end={end}><span class={`tone-${TONE[end]}`}><span aria-hidden="true">{SIGN[end]}</span> {t(`end.${end}`)}</span><strong class="clip">{name}</strong><span class="muted">{detail}</span></li>
        ))}
      </ul>
    </Dialog>
  );
}
