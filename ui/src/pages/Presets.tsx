/** All presets: who uses each, who differs from it; new, copy, delete, as a file. */
import "../locale/later";
import { useState } from "preact/hooks";
import { sentence, useAnswer } from "../answer";
import { copy, create, type Preset, presets } from "../api/presets";
import { usePage, useWhyNot } from "../page";
import { Empty, Failure, Skeleton } from "../parts/Empty";
import { DeletePreset } from "../presets/DeletePreset";
import { asFile, inFile } from "../presets/exchange";
import { usePools } from "../presets/usePools";
import { go } from "../router";
import { saveText } from "../save";
import { t } from "../t";
import "../style/tools.css";

export default function Presets() {
  const { api, notices } = usePage();
  const why = useWhyNot();
  const answer = useAnswer(presets, "presets");
  const [leaving, leave] = useState<Preset | null>(null);
  const duplicate = (preset: Preset) => copy(api, preset.uuid, t("preset.copyof", { name: preset.name ?? "" }).slice(0, 128)).then(answer.again, (error: unknown) => notices.say(sentence(error), { isBad: true }));
  const take = async (file: File | undefined) => {
    const found = file ? inFile(await file.text()) : null;
    if (found === null) return notices.say(t("preset.import.none"), { isBad: true });
    const failures = (await Promise.allSettled(found.map((wish) => create(api, wish)))).filter((one) => one.status === "rejected").length;
    notices.say(t("preset.import.done", { n: found.length - failures, failed: failures }), { isBad: failures > 0 });
    answer.again();
  };
  const list = answer.value;
  usePools(list?.flatMap((preset) => preset.used_by) ?? [], answer.again);
  return (
    <div class="page">
      <div class="page-head">
        <h1>{t("page.presets")}</h1>
        <span class="page-head-end">
          <label class={why === undefined ? "button file-button" : "button file-button is-off"} title={why}>{t("preset.import")}<input type="file" class="unseen" disabled={why !== undefined} accept=".json,application/json" onChange={(event) => void take(event.currentTarget.files?.[0])} /></label>
          <button type="button" class="button" disabled={!list?.length} onClick={() => list && saveText("pluto-presets.json", asFile(list), "application/json")}>{t("preset.export")}</button>
          <a class="button primary" href="/pool-presets/new">{t("preset.new")}</a>
        </span>
      </div>
      {list === null ? answer.error !== null ? <Failure text={t("preset.failure")} detail={answer.error} onRetry={answer.again} /> : <Skeleton lines={4} /> : list.length === 0 ? <Empty text={t("preset.none")}><a class="button primary" href="/pool-presets/new">{t("preset.new")}</a></Empty> : (
        <ul class="presets">{list.map((preset) => <Row key={preset.uuid} preset={preset} why={why} onCopy={() => void duplicate(preset)} onDelete={() => leave(preset)} />)}</ul>
      )}
      {leaving && <DeletePreset preset={leaving} onClose={() => leave(null)} onGone={() => { leave(null); answer.again(); }} />}
    </div>
  );
}

interface RowProps {
  readonly preset: Preset;
  readonly why: string | undefined;
  readonly onCopy: () => void;
  readonly onDelete: () => void;
}

function Row({ preset: { uuid, name, configuration, used_by: users, drifted, secrets_set: secrets }, why, onCopy, onDelete }: RowProps) {
  const href = `/pool-presets/${uuid}`;
  const pool = [configuration["stratumURL"], configuration["stratumPort"]].filter((part) => part !== undefined && part !== "").join(":");
  return (
    <li class="card preset">
      <a class="preset-name" href={href}>{name || t("preset.unnamed")}</a>
      <span class="mono preset-pool">{pool}</span>
      <span class="mono muted preset-user clip" title={String(configuration["stratumUser"] ?? "")}>{String(configuration["stratumUser"] ?? "")}</span>
      <span class="preset-use">
        <a href={`${href}#users`}>{t("preset.usedby", { n: users.length })}</a>
        {drifted.length > 0 && <a class="chip tone-warn" href={`${href}#users`}><span aria-hidden="true">{"\u2260"}</span> {t("preset.drift", { n: drifted.length })}</a>}
        {!secrets.includes("stratumPassword") && <span class="muted">{t("preset.nopassword")}</span>}
      </span>
      <span class="preset-acts">
        <button type="button" class="button" onClick={() => go(href)}>{t("preset.edit")}</button>
        <button type="button" class="button" disabled={why !== undefined} title={why} onClick={onCopy}>{t("preset.copy")}</button>
        <button type="button" class="button danger" disabled={why !== undefined} title={why} onClick={onDelete}>{t("preset.delete")}</button>
      </span>
    </li>
  );
}
