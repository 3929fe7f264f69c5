/** Says who and what before anything is sent; what cannot be taken back wants the number typed. */
import { useState } from "preact/hooks";
import { usePage, useWhyNot } from "../page";
import { t } from "../t";
import { ACTIONS, type ActionName, offerUndo } from "./actions";
import { Dialog } from "../parts/Dialog";

interface ConfirmProps {
  readonly name: ActionName;
  readonly miners: readonly { readonly mac: string; readonly name: string }[];
  readonly onClose: () => void;
  readonly onStart: (job: number) => void;
}

const NAMED = 5;

export function ConfirmAction({ name, miners, onClose, onStart }: ConfirmProps) {
  const page = usePage();
  const why = useWhyNot();
  const [typed, type] = useState("");
  const [withHistory, setWithHistory] = useState(false);
  const action = ACTIONS.find((row) => row.name === name)!;
  const mustType = miners.length > action.freeUpTo;
  const isReady = !mustType || typed.trim() === String(miners.length);
  const title = t(`action.${name}.title`, { n: miners.length });
  const start = () => {
    const run = async (mac: string) => void (await action.run(page, mac, { withHistory }));
    onStart(page.jobs.start(title, miners, run, name === "remove" ? (done) => offerUndo(page, done) : undefined));
  };
  return (
    <Dialog title={title} onClose={onClose} foot={
      <>
        <button type="button" class="button" onClick={onClose}>{t("dialog.cancel")}</button>
        <button type="button" class={action.isDangerous ? "button danger" : "button primary"} disabled={!isReady || why !== undefined} title={why} onClick={start}>{t(`action.${name}.go`, { n: miners.length })}</button>
      </>
    }>
      <p>{t(`action.${name}.what`)}</p>
      <p>{t("confirm.names", { names: miners.slice(0, NAMED).map((miner) => miner.name).join(", ") })}{miners.length > NAMED && ` ${t("confirm.more", { n: miners.length - NAMED })}`}</p>
      {name === "remove" && <p><label class="menu-item"><input type="checkbox" checked={withHistory} onChange={() => setWithHistory(!withHistory)} /> {t("action.remove.history")}</label></p>}
      {mustType && <label class="field"><span>{t("confirm.type", { n: miners.length })}</span><input class="input" inputMode="numeric" autoComplete="off" value={typed} onInput={(event) => type(event.currentTarget.value)} /></label>}
    </Dialog>
  );
}
