/** What can be done to this miner: what its firmware understands, and what Pluto does by itself. */
import { useState } from "preact/hooks";
import { useAbility } from "../detail";
import { usePage, useWhyNot } from "../page";
import { JobDialog } from "../parts/JobDialog";
import { Menu } from "../parts/Menu";
import { MoreSign, OutSign } from "../parts/Signs";
import { type Miner, slug } from "../store/miner";
import { t } from "../t";
import type { ActionName } from "./actions";
import { ConfirmAction } from "./ConfirmAction";

export function MinerActions({ miner }: { miner: Miner }) {
  const { live } = usePage();
  const why = useWhyNot();
  const [asked, ask] = useState<ActionName | null>(null);
  const [job, follow] = useState<number | null>(null);
  const ability = useAbility(miner);
  const can = (name: ActionName) => ability === null || ability.can.some((verb) => verb === name);
  const button = (name: ActionName, look: string) => <button key={name} type="button" class={look} disabled={why !== undefined} title={why} onClick={() => ask(name)}>{t(`action.${name}`)}</button>;
  const halt: ActionName = miner.state === "paused" ? "resume" : "pause";
  const menu: readonly ActionName[] = [...(ability?.can.some((verb) => verb === halt) ? [halt] : []), miner.state === "unwatched" ? "watch" : "unwatch", "remove"];
  return (
    <>
      {(["identify", "restart"] as const).filter(can).map((name) => button(name, "button"))}
      <Menu label={t("miner.more")} sign={<MoreSign />}>
        {miner.host && <a href={`http://${miner.host}/`} target="_blank" rel="noreferrer">{t("miner.own")} <OutSign /></a>}
        <a href={`/compare?mac=${slug(miner.mac)}`}>{t("page.compare")}</a>
        {menu.map((name) => button(name, "menu-button"))}
      </Menu>
      {asked && <ConfirmAction name={asked} miners={[{ mac: miner.mac, name: live.fleet.label(miner) }]} onClose={() => ask(null)} onStart={(id) => { ask(null); follow(id); }} />}
      {job !== null && <JobDialog id={job} onClose={() => follow(null)} />}
    </>
  );
}
