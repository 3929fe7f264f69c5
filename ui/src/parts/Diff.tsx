/** What would change: from, to, and whether it holds only after a restart. */
import { t } from "../t";

export interface DiffRow {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly needsRestart: boolean;
}

export function Diff({ rows }: { rows: readonly DiffRow[] }) {
  return (
    <ul class="diff">
      {rows.map(({ name, from, to, needsRestart }) => <li key={name}><span class="muted">{name}</span> <span><del>{from}</del> <span aria-hidden="true">{"\u2192"}</span> <ins>{to}</ins>{needsRestart && <span class="muted"> {t("diff.restart")}</span>}</span></li>)}
    </ul>
  );
}
