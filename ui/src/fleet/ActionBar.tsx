/** What can be done to the selected miners; each action asks first and ends in a result for each. */
import { useState } from "preact/hooks";
import { useLive, usePage } from "../page";
import { nameOf } from "../store/miner";
import { t } from "../t";
import { ACTIONS, type ActionName } from "./actions";
import { ConfirmAction } from "./ConfirmAction";
import { JobDialog } from "../parts/JobDialog";

export function ActionBar({ macs, onDone }: { macs: readonly string[]; onDone: () => void }) {
  const { live, link } = usePage();
  const isLive = useLive(() => link.state === "live");
  const [asked, ask] = useState<ActionName | null>(null);
  const [job, follow] = useState<number | null>(null);
  const miners = macs.map((mac) => ({ mac, name: nameOf(live.fleet.miners.get(mac) ?? { mac, name: null, host: null }) }));
  return (
    <div class="action-bar" role="toolbar" aria-label={t("actions.bar")}>
      <strong>{t("actions.selected", { n: macs.length })}</strong>
      {ACTIONS.map(({ name, isDangerous }) => (
        <button key={name} type="button" class={isDangerous ? "button danger" : "button"} disabled={!isLive} title={isLive ? undefined : t("link.nowrites")} onClick={() => ask(name)}>{t(`action.${name}`)}</button>
      ))}
      <button type="button" class="button quiet" onClick={onDone} aria-keyshortcuts="Escape">{t("actions.none")}</button>
      {asked && <ConfirmAction name={asked} miners={miners} onClose={() => ask(null)} onStart={(id) => { ask(null); follow(id); }} />}
      {job !== null && <JobDialog id={job} onClose={() => { follow(null); onDone(); }} />}
    </div>
  );
}
