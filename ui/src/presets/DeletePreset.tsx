/** Asks before a preset goes, and names the miners that use it first. */
import { useState } from "preact/hooks";
import { sentence } from "../answer";
import { drop, type Preset } from "../api/presets";
import { usePage, useWhyNot } from "../page";
import { Dialog } from "../parts/Dialog";
import { t } from "../t";
import { useNames } from "./useNames";

const NAMED = 10;

export function DeletePreset({ preset, onClose, onGone }: { preset: Preset; onClose: () => void; onGone: () => void }) {
  const { api } = usePage();
  const name = useNames();
  const why = useWhyNot();
  const [error, setError] = useState<string | null>(null);
  const go = () => drop(api, preset.uuid).then(onGone, (failure: unknown) => setError(sentence(failure)));
  const users = preset.used_by;
  return (
    <Dialog title={t("preset.delete.title", { name: preset.name ?? "" })} onClose={onClose} foot={
      <>
        <button type="button" class="button" onClick={onClose}>{t("dialog.cancel")}</button>
        <button type="button" class="button danger" disabled={why !== undefined} title={why} onClick={() => void go()}>{t("preset.delete")}</button>
      </>
    }>
      {users.length === 0 ? <p>{t("preset.unused")}</p> : (
        <>
          <p>{t("preset.delete.users", { n: users.length })}</p>
          <ul>{users.slice(0, NAMED).map((mac) => <li key={mac}>{name(mac)}</li>)}{users.length > NAMED && <li>{t("confirm.more", { n: users.length - NAMED })}</li>}</ul>
          <p>{t("preset.delete.what")}</p>
        </>
      )}
      {error !== null && <p class="tone-bad" role="alert">{error}</p>}
    </Dialog>
  );
}
