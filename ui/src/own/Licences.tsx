/** What Pluto is made with, and under which licences. */
import { useAnswer } from "../answer";
import { surroundings } from "../api/own";
import { t } from "../t";
import { dependencies } from "../../package.json";

const PAGE: readonly { readonly name: string; readonly version: string; readonly licence: string }[] = Object.entries(dependencies).map(([name, version]) => ({ name, version: version.replace("^", ""), licence: "MIT" }));

export function Licences() {
  const answer = useAnswer(surroundings, "licences");
  const rows = [...(answer.value?.licences ?? []), ...PAGE];
  return (
    <details class="card">
      <summary class="details-title">{t("diag.licences")}</summary>
      <table class="plain own-table"><thead><tr><th scope="col">{t("preset.name")}</th><th scope="col">{t("diag.version")}</th><th scope="col">{t("diag.licence")}</th></tr></thead>
        <tbody>{rows.map(({ name, version, licence }) => <tr key={name}><th scope="row">{name}</th><td>{version}</td><td>{licence}</td></tr>)}</tbody></table>
    </details>
  );
}
