/** One preset: its form, and the miners that use it; `new` makes one. */
import "../locale/later";
import { useState } from "preact/hooks";
import { useAnswer } from "../answer";
import { preset as ask } from "../api/presets";
import * as format from "../format";
import { Failure, Skeleton } from "../parts/Empty";
import { DeletePreset } from "../presets/DeletePreset";
import { PresetForm } from "../presets/PresetForm";
import { Users } from "../presets/Users";
import { useWhyNot } from "../page";
import { go } from "../router";
import { t } from "../t";
import type { PageProps } from "./index";
import "../style/tools.css";

export default function PresetPage({ values }: PageProps) {
  const id = values["id"] ?? "";
  return id === "new" ? (
    <div class="page"><h1>{t("preset.new")}</h1><section class="card"><PresetForm key="new" preset={null} onSaved={() => undefined} /></section></div>
  ) : <Known key={id} id={id} />;
}

function Known({ id }: { id: string }) {
  const answer = useAnswer((api) => ask(api, id), id);
  const [isLeaving, leave] = useState(false);
  const why = useWhyNot();
  const preset = answer.value;
  if (preset === null) return <div class="page"><h1>{t("page.preset")}</h1>{answer.error !== null ? <Failure text={t("preset.gone")} detail={answer.error} onRetry={answer.again} /> : <Skeleton lines={5} />}</div>;
  const changedAt = preset.updated_at === null ? null : Date.parse(preset.updated_at);
  return (
    <div class="page">
      <div class="page-head">
        <h1>{preset.name || t("preset.unnamed")}</h1>
        <span class="muted">{t("preset.version", { n: preset.version, at: format.moment(changedAt) })}</span>
        <span class="page-head-end"><button type="button" class="button danger" disabled={why !== undefined} title={why} onClick={() => leave(true)}>{t("preset.delete")}</button></span>
      </div>
      <section class="card"><PresetForm preset={preset} onSaved={answer.take} /></section>
      <Users preset={preset} onChanged={answer.again} />
      {isLeaving && <DeletePreset preset={preset} onClose={() => leave(false)} onGone={() => go("/pool-presets")} />}
    </div>
  );
}
