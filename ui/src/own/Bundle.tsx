/** A file to hand to who helps: listed before it is downloaded. */
import { useState } from "preact/hooks";
import { sentence } from "../answer";
import { bundle, bundleFiles, type BundleFile } from "../api/own";
import { usePage, useWhyNot } from "../page";
import { saveBlob } from "../save";
import { t } from "../t";
import { bytes } from "./bytes";
import { wordOr } from "./words";

export function Bundle() {
  const { api } = usePage();
  const why = useWhyNot();
  const [files, setFiles] = useState<readonly BundleFile[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const fail = (failure: unknown) => setError(sentence(failure));
  const look = () => bundleFiles(api).then((found) => { setFiles(found); setError(null); }, fail);
  const fetchIt = () => bundle(api).then((blob) => saveBlob("pluto-support.zip", blob), fail);
  return (
    <section class="card" aria-labelledby="diag-bundle">
      <h2 id="diag-bundle">{t("diag.bundle")}</h2>
      <p>{t("diag.bundle.what")}</p>
      {files !== null && <ul class="plain-list">{files.map(({ name, what, bytes: size }) => <li key={name}><code>{name}</code> <span class="muted">{wordOr(`diag.file.${name}`, what)}, {bytes(size)}</span></li>)}</ul>}
      <div class="row-actions">
        {files === null ? <button type="button" class="button" disabled={why !== undefined} onClick={() => void look()}>{t("diag.bundle.look")}</button> : <button type="button" class="button primary" disabled={why !== undefined} title={why} onClick={() => void fetchIt()}>{t("diag.bundle.get")}</button>}
      </div>
      {error !== null && <p class="tone-bad" role="alert">{error}</p>}
    </section>
  );
}
