/** What was changed in the form, at its foot; sends it after a last look, and says of each field whether it holds. */
import { useState } from "preact/hooks";
import type { NotApplied } from "../api/client";
import { usePage, useWhyNot } from "../page";
import { Dialog } from "../parts/Dialog";
import { Diff, type DiffRow } from "../parts/Diff";
import { changes, type Draft, mayBeSent } from "../store/form";
import { isCurrent, type Miner, nameOf } from "../store/miner";
import { isKey, t } from "../t";
import { ACTIONS } from "./actions";
import { settingValue, settingWord } from "./settingWords";

interface SaveBarProps {
  readonly miner: Miner;
  readonly draft: Draft;
  readonly onSent: () => void;
  readonly onReset: () => void;
}

type Sent = { readonly notApplied: readonly NotApplied[] } | { readonly error: string };

export function SaveBar({ miner, draft, onSent, onReset }: SaveBarProps) {
  const why = useWhyNot();
  const [isAsked, ask] = useState(false);
  const rows: DiffRow[] = changes(draft).map(({ setting, to }) => ({ name: settingWord(setting.name), from: settingValue(setting, setting.value), to: setting.kind === "secret" ? t("setting.new") : settingValue(setting, to), needsRestart: setting.needs_restart }));
  if (rows.length === 0) return null;
  return (
    <div class="save-bar" role="region" aria-label={t("form.changes")}>
      <Diff rows={rows} />
      <span class="page-head-end">
        <button type="button" class="button" onClick={onReset}>{t("form.reset")}</button>
        <button type="button" class="button primary" disabled={why !== undefined || !mayBeSent(draft)} title={why} onClick={() => ask(true)}>{t("form.send", { n: rows.length })}</button>
      </span>
      {isAsked && <Send miner={miner} draft={draft} rows={rows} onClose={(isSent) => { ask(false); if (isSent) onSent(); }} />}
    </div>
  );
}

function Send({ miner, draft, rows, onClose }: { miner: Miner; draft: Draft; rows: readonly DiffRow[]; onClose: (isSent: boolean) => void }) {
  const page = usePage();
  const [sent, set] = useState<Sent | "sending" | null>(null);
  const [shown] = useState(rows);
  const isOver = sent !== null && sent !== "sending";
  const needsRestart = isOver && "notApplied" in sent && sent.notApplied.some((row) => row.reason === "restart needed");
  const go = () => {
    set("sending");
    const settings = Object.fromEntries(changes(draft).map(({ setting, to }) => [setting.name, to]));
    page.api.change(miner.mac, settings).then((notApplied) => set({ notApplied }), (error: unknown) => set({ error: error instanceof Error ? error.message : String(error) }));
  };
  const restart = () => {
    const action = ACTIONS.find((row) => row.name === "restart")!;
    page.jobs.start(t("action.restart.title", { n: 1 }), [{ mac: miner.mac, name: nameOf(miner) }], async (mac) => void (await action.run(page, mac, { withHistory: false })));
    onClose(true);
  };
  const isSent = isOver && "notApplied" in sent;
  return (
    <Dialog title={t("form.title", { n: shown.length, name: nameOf(miner) })} onClose={() => onClose(isSent)} foot={
      <>
        {!isSent && <button type="button" class="button" onClick={() => onClose(false)}>{t("dialog.cancel")}</button>}
        {needsRestart && <button type="button" class="button" onClick={restart}>{t("form.restartNow")}</button>}
        {isSent ? <button type="button" class="button primary" onClick={() => onClose(true)}>{t("dialog.close")}</button>
          : <button type="button" class="button primary" disabled={sent === "sending"} onClick={go}>{t(isOver ? "failure.retry" : sent === "sending" ? "form.sending" : "form.go")}</button>}
      </>
    }>
      <Diff rows={shown} />
      {!isCurrent(miner) && sent === null && <p class="tone-warn">{t("form.silent")}</p>}
      {sent === null && shown.some((row) => row.needsRestart) && <p class="muted">{t("form.someRestart")}</p>}
      {isOver && <Result sent={sent} />}
    </Dialog>
  );
}

function Result({ sent }: { sent: Sent }) {
  if ("error" in sent) return <p class="tone-bad" role="alert">{t("form.refused", { why: sent.error })}</p>;
  if (sent.notApplied.length === 0) return <p class="tone-ok" role="status">{t("form.done")}</p>;
  return (
    <div role="status">
      <p>{t("form.partly")}</p>
      <ul>{sent.notApplied.map(({ field, reason }) => { const key = `notapplied.${reason}`; return <li key={field}>{settingWord(field)}: {isKey(key) ? t(key) : reason}</li>; })}</ul>
    </div>
  );
}
