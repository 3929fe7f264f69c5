/** The form of one preset; a new one is made, a known one changed. What is wrong is said at its field. */
import { useState } from "preact/hooks";
import { sentence } from "../answer";
import { Refused } from "../api/client";
import { create, type Preset, revise } from "../api/presets";
import { usePage, useWhyNot } from "../page";
import { Field } from "../parts/Field";
import { go } from "../router";
import { t } from "../t";
import { EMPTY, FIELDS, type Form, formOf, problems, wishOf } from "./form";
import { filled } from "./pattern";

const EXAMPLE = { name: "bitaxe-1", mac: "02:00:00:00:2f:3c" };

export function PresetForm({ preset, onSaved }: { preset: Preset | null; onSaved: (preset: Preset) => void }) {
  const { api, live, notices } = usePage();
  const why = useWhyNot();
  const [form, setForm] = useState<Form>(() => (preset === null ? EMPTY : formOf(preset)));
  const [isTried, setTried] = useState(false);
  const [refused, refuse] = useState<{ field: keyof Form | null; text: string } | null>(null);
  const wrong = problems(form);
  const set = (field: keyof Form) => (value: string | boolean) => {
    setForm({ ...form, [field]: String(value) });
    refuse(null);
  };
  const problem = (field: keyof Form): string | null => (refused?.field === field ? refused.text : isTried && wrong[field] ? t(wrong[field]) : null);
  const save = async (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(wrong).length > 0) return;
    try {
      const wish = wishOf(form, preset);
      if (preset === null) return go(`/pool-presets/${await create(api, wish)}`, { replace: true });
      onSaved(await revise(api, preset.uuid, wish));
      setForm({ ...form, password: "" });
      notices.say(t("preset.saved"));
    } catch (error) {
      refuse({ field: error instanceof Refused && error.field !== null ? (FIELDS[error.field] ?? null) : null, text: sentence(error) });
    }
  };
  const user = preset?.used_by.map((mac) => live.fleet.miners.get(mac)).find((miner) => miner !== undefined) ?? EXAMPLE;
  const hasPassword = preset?.secrets_set.includes("stratumPassword") ?? false;
  return (
    <form class="preset-form" onSubmit={(event) => void save(event)} noValidate>
      <Field id="preset-name" label={t("preset.name")} kind="text" value={form.name} onChange={set("name")} problem={problem("name")} />
      <Field id="preset-host" label={t("preset.host")} kind="text" value={form.host} onChange={set("host")} problem={problem("host")} placeholder="public-pool.io" />
      <Field id="preset-port" label={t("preset.port")} kind="number" value={form.port} onChange={set("port")} problem={problem("port")} placeholder="21496" />
      <Field id="preset-user" label={t("preset.user")} kind="text" value={form.user} onChange={set("user")} problem={problem("user")} placeholder="bc1q….{name}" remark={form.user === "" ? t("preset.user.none") : t("preset.user.example", { text: filled(form.user, user) })} />
      <Field id="preset-password" label={t("preset.password")} kind="secret" value={form.password} onChange={set("password")} problem={problem("password")} placeholder={hasPassword ? t("preset.password.set") : ""} remark={t("preset.password.remark")} />
      {refused !== null && refused.field === null && <p class="tone-bad" role="alert">{refused.text}</p>}
      <div class="row-actions">
        <button type="submit" class="button primary" disabled={why !== undefined} title={why}>{t(preset === null ? "preset.create" : "preset.save")}</button>
        <a class="button" href="/pool-presets">{t("preset.back")}</a>
      </div>
    </form>
  );
}
