/** Settings: of this browser, and Pluto's own in groups that save by themselves. */
import "../locale/later";
import { useAnswer } from "../answer";
import { type Setting, settings } from "../api/own";
import { AccessCard } from "../own/AccessCard";
import { General } from "../own/General";
import { Group } from "../own/Group";
import { Failure, Skeleton } from "../parts/Empty";
import { t } from "../t";
import "../style/tools.css";

export default function Settings() {
  const answer = useAnswer(settings, "settings");
  const own = answer.value;
  return (
    <div class="page">
      <h1>{t("page.settings")}</h1>
      {own !== null && own.waiting_for_restart.length > 0 && <p class="card tone-warn" role="status">{t("own.waiting.all", { n: own.waiting_for_restart.length })}</p>}
      <div class="own-groups">
        <General />
        {own === null ? <section class="card">{answer.error !== null ? <Failure text={t("own.failure")} detail={answer.error} onRetry={answer.again} /> : <Skeleton lines={8} />}</section> : own.groups.map((group) => <Group key={group} group={group} rows={own.settings.filter((row) => row.group === group)} onChanged={answer.take} />)}
        <AccessCard />
      </div>
      {own !== null && <Others rows={own.settings.filter((row) => row.group === null)} />}
    </div>
  );
}

/** What is not changed on the page: who reaches Pluto, whom it contacts, where it writes. */
function Others({ rows }: { rows: readonly Setting[] }) {
  return (
    <section class="card" aria-labelledby="own-others">
      <h2 id="own-others">{t("own.others")}</h2>
      <p class="muted">{t("own.others.what")}</p>
      <div class="scroll-x" tabIndex={0} role="group" aria-label={t("own.others")}>
        <table class="plain own-table">
          <thead><tr><th scope="col">{t("own.setting")}</th><th scope="col">{t("own.value")}</th><th scope="col">{t("own.source")}</th></tr></thead>
          <tbody>{rows.map((row) => <tr key={row.name}><th scope="row" title={row.meaning}><code>{row.name}</code></th><td class="mono">{written(row.value)}</td><td>{t(`own.source.${row.source}`)}</td></tr>)}</tbody>
        </table>
      </div>
    </section>
  );
}

const written = (value: unknown): string => (Array.isArray(value) ? value.join(", ") : value === null || value === "" ? "" : String(value)) || "\u2013";
