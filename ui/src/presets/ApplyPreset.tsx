/** Sends a preset to one miner: what would change first, then what came of it. */
import { useState } from "preact/hooks";
import { sentence, useAnswer } from "../answer";
import type { NotApplied } from "../api/client";
import { apply, type Preset } from "../api/presets";
import * as format from "../format";
import { usePage, useWhyNot } from "../page";
import { Dialog } from "../parts/Dialog";
import { Diff, type DiffRow } from "../parts/Diff";
import { Failure, Skeleton } from "../parts/Empty";
import { nameOf } from "../store/miner";
import { t } from "../t";
import { filled } from "./pattern";

type End = { readonly missing: readonly NotApplied[]; readonly isRestarted: boolean } | { readonly error: string };

export function ApplyPreset({ preset, mac, onClose }: { preset: Preset; mac: string; onClose: () => void }) {
  const { api, live } = usePage();
  const why = useWhyNot();
  const miner = live.fleet.miners.get(mac);
  const name = nameOf(miner ?? { mac, name: null, host: null });
  const now = useAnswer((asked) => asked.raw(mac), mac);
  const [restarts, setRestarts] = useState(true);
  const [end, setEnd] = useState<End | "running" | null>(null);
  const pattern = String(preset.configuration["stratumUser"] ?? "");
  const user = pattern === "" ? null : filled(pattern, { name: miner?.name ?? null, mac });
  const rows = now.value === null ? [] : changes(preset, user, now.value.info);
  const run = async () => {
    setEnd("running");
    try {
      const missing = await apply(api, preset.uuid, mac, user);
      if (restarts) await api.restart(mac);
      setEnd({ missing: restarts ? missing.filter((one) => one.reason !== "restart needed") : missing, isRestarted: restarts });
    } catch (error) {
      setEnd({ error: sentence(error) });
    }
  };
  const isOver = end !== null && end !== "running";
  return (
    <Dialog title={t("preset.apply.title", { preset: preset.name ?? "", name })} onClose={onClose} foot={isOver ? <button type="button" class="button primary" onClick={onClose}>{t("dialog.close")}</button> : (
      <>
        <button type="button" class="button" onClick={onClose}>{t("dialog.cancel")}</button>
        <button type="button" class="button primary" disabled={now.value === null || end === "running" || why !== undefined} title={why} onClick={() => void run()}>{t("preset.apply.go")}</button>
      </>
    )}>
      {end === null ? now.error !== null ? <Failure text={t("preset.apply.unknown")} detail={now.error} onRetry={now.again} /> : now.value === null ? <Skeleton lines={3} /> : (
        <>
          {rows.length === 0 ? <p>{t("preset.apply.equal")}</p> : <Diff rows={rows} />}
          {preset.secrets_set.includes("stratumPassword") && <p class="muted">{t("preset.apply.password")}</p>}
          <label class="menu-item"><input type="checkbox" checked={restarts} onChange={() => setRestarts(!restarts)} /> {t("preset.apply.restart")}</label>
        </>
      ) : end === "running" ? <p role="status">{t("preset.apply.running", { name })}</p> : <Ended end={end} name={name} />}
    </Dialog>
  );
}

function Ended({ end, name }: { end: End; name: string }) {
  if ("error" in end) return <p class="tone-bad" role="alert">{t("preset.apply.failed", { name, reason: end.error })}</p>;
  return (
    <div role="status">
      <p class="tone-ok"><span aria-hidden="true">{"\u2713"}</span> {t(end.isRestarted ? "preset.apply.restarted" : "preset.apply.done", { name })}</p>
      {end.missing.length > 0 && <ul>{end.missing.map(({ field, reason }) => <li key={field}><span class="mono">{field}</span>: {reason}</li>)}</ul>}
    </div>
  );
}

const text = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? format.text(String(value)) : format.UNKNOWN);

function changes(preset: Preset, user: string | null, info: Readonly<Record<string, unknown>>): DiffRow[] {
  const wanted: readonly (readonly [string, string, unknown])[] = [
    [t("preset.host"), "stratumURL", preset.configuration["stratumURL"]], [t("preset.port"), "stratumPort", preset.configuration["stratumPort"]], [t("preset.user"), "stratumUser", user],
  ];
  return wanted.flatMap(([name, field, value]) => (value === null || value === undefined || text(value) === text(info[field]) ? [] : [{ name, from: text(info[field]), to: text(value), needsRestart: true }]));
}
