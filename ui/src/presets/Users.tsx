/** The miners that use a preset: who differs, and sending it to one of them or to another. */
import { useState } from "preact/hooks";
import type { Preset } from "../api/presets";
import * as format from "../format";
import { useLive, usePage, useWhyNot } from "../page";
import { StateMark } from "../parts/State";
import { nameOf, slug } from "../store/miner";
import { t } from "../t";
import { ApplyPreset } from "./ApplyPreset";
import { usePools } from "./usePools";

const LISTED = 500;

export function Users({ preset, onChanged }: { preset: Preset; onChanged: () => void }) {
  const { live } = usePage();
  const why = useWhyNot();
  useLive(({ fleet }) => fleet.version);
  usePools(preset.used_by, onChanged);
  const [asked, ask] = useState<string | null>(null);
  const drifted = new Set(preset.drifted);
  const order = [...preset.used_by].sort((a, b) => Number(drifted.has(b)) - Number(drifted.has(a)));
  const others = [...live.fleet.miners.values()].filter((miner) => !preset.used_by.includes(miner.mac)).slice(0, LISTED);
  return (
    <section class="card" id="users" aria-labelledby="users-title">
      <h2 id="users-title">{t("preset.users")} <span class="muted">{preset.used_by.length}</span></h2>
      {order.length === 0 ? <p class="muted">{t("preset.unused")}</p> : (
        <ul class="preset-users">
          {order.map((mac) => {
            const miner = live.fleet.miners.get(mac);
            const name = nameOf(miner ?? { mac, name: null, host: null });
            return (
              <li key={mac} data-drifted={drifted.has(mac)}>
                {miner ? <StateMark state={miner.state} /> : <span />}
                <a class="clip" href={`/miners/${slug(mac)}`}>{name}</a>
                <span class="muted clip">{format.text(miner?.pool)}</span>
                <span>{drifted.has(mac) && <span class="chip tone-warn"><span aria-hidden="true">{"\u2260"}</span> {t("preset.differs")}</span>}</span>
                <button type="button" class="button" disabled={why !== undefined} title={why} onClick={() => ask(mac)} aria-label={t("preset.applyto", { name })}>{t("preset.apply")}</button>
              </li>
            );
          })}
        </ul>
      )}
      {others.length > 0 && (
        <label class="row-actions">{t("preset.another")}
          <select class="select" value="" disabled={why !== undefined} title={why} onChange={(event) => event.currentTarget.value && ask(event.currentTarget.value)}>
            <option value="">{t("preset.choose")}</option>
            {others.map((miner) => <option key={miner.mac} value={miner.mac}>{nameOf(miner)}</option>)}
          </select>
        </label>
      )}
      {asked !== null && <ApplyPreset preset={preset} mac={asked} onClose={() => { ask(null); onChanged(); }} />}
    </section>
  );
}
