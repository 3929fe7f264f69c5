/** What can be done to the selected miners; each action asks first and ends in a result for each. */
import { useState } from "preact/hooks";
import { usePage, useWhyNot } from "../page";
import { slug, unknownMiner } from "../store/miner";
import { t } from "../t";
import { ACTIONS, type ActionName } from "./actions";
import { ConfirmAction } from "./ConfirmAction";
import { JobDialog } from "../parts/JobDialog";

interface ActionBarProps {
  readonly macs: readonly string[];
  /** An action that a key asked for. */
  readonly asked: ActionName | null;
  readonly onAsk: (name: ActionName | null) => void;
  readonly onDone: () => void;
}

const MOST_COMPARED = 6;

export function ActionBar({ macs, asked, onAsk: ask, onDone }: ActionBarProps) {
  const { live } = usePage();
  const why = useWhyNot();
  const [job, follow] = useState<number | null>(null);
  const miners = macs.map((mac) => ({ mac, name: live.fleet.label(live.fleet.miners.get(mac) ?? unknownMiner(mac)) }));
  const canCompare = macs.length > 1 && macs.length <= MOST_COMPARED;
  return (
    <div class="action-bar" role="toolbar" aria-label={t("actions.bar")}>
      <strong>{t("actions.selected", { n: macs.length })}</strong>
      {ACTIONS.map(({ name, isDangerous }) => (
        <button key={name} type="button" class={isDangerous ? "button danger" : "button"} disabled={why !== undefined} title={why} onClick={() => ask(name)}>{t(`action.${name}`)}</button>
      ))}
      {canCompare && <a class="button" href={`/compare?${macs.map((mac) => `mac=${slug(mac)}`).join("&")}`}>{t("page.compare")}</a>}
      <button type="button" class="button quiet" onClick={onDone} aria-keyshortcuts="Escape">{t("actions.none")}</button>
      {asked && <ConfirmAction name={asked} miners={miners} onClose={() => ask(null)} onStart={(id) => { ask(null); follow(id); }} />}
      {job !== null && <JobDialog id={job} onClose={() => { follow(null); onDone(); }} />}
    </div>
  );
}
