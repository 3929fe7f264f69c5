/** One miner's last answer as it gave it, without secrets, and how the last polls went. */
import { useEffect, useState } from "preact/hooks";
import { MinerFrame } from "../fleet/MinerFrame";
import * as format from "../format";
import { usePage } from "../page";
import { copy } from "../parts/copy";
import { Empty, Failure, Skeleton } from "../parts/Empty";
import { isKey, t } from "../t";
import type { PageProps } from "./index";

export default function MinerRaw({ values }: PageProps) {
  return <MinerFrame slug={values["mac"] ?? ""}>{(miner) => <Raw key={miner.mac} mac={miner.mac} />}</MinerFrame>;
}

interface Answers {
  readonly text: string;
  readonly readAtMs: number | null;
  readonly polls: readonly (readonly unknown[])[];
}

function Raw({ mac }: { mac: string }) {
  const { api, notices } = usePage();
  const [found, set] = useState<Answers | { error: string } | null>(null);
  const [attempt, retry] = useState(0);
  useEffect(() => {
    Promise.all([api.raw(mac), api.polls(mac)]).then(
      ([raw, polls]) => set({ text: JSON.stringify(raw.info, null, 2), readAtMs: raw.reading_at === null ? null : raw.reading_at * 1000, polls: polls.rows }),
      (error: unknown) => set({ error: error instanceof Error ? error.message : String(error) }),
    );
  }, [api, mac, attempt]);
  const again = () => retry(attempt + 1);
  if (found === null) return <Skeleton lines={10} />;
  if ("error" in found) return <Failure text={t("raw.failed")} detail={found.error} onRetry={again} />;
  return (
    <div class="raw">
      <section class="card">
        <div class="page-head"><h2>{t("raw.answer")}</h2><span class="muted">{found.readAtMs === null ? t("raw.old") : format.moment(found.readAtMs)}</span>
          <span class="page-head-end"><button type="button" class="button" onClick={again}>{t("raw.again")}</button><button type="button" class="button" onClick={() => void copy(found.text).then(() => notices.say(t("raw.copied")))}>{t("raw.copy")}</button></span></div>
        <pre class="raw-text mono" tabIndex={0}>{found.text}</pre>
      </section>
      <section class="card">
        <h2>{t("raw.polls")}</h2>
        {found.polls.length === 0 ? <Empty text={t("raw.nopolls")} /> : (
          <div class="scroll-x" tabIndex={0} role="group" aria-label={t("raw.polls")}>
            <table class="plain">
              <thead><tr><th scope="col">{t("chart.time")}</th><th scope="col" class="end">{t("raw.took")}</th><th scope="col">{t("raw.result")}</th></tr></thead>
              <tbody>{found.polls.map(([at, took, result, detail]) => <tr key={String(at)}><td class="number">{format.time((at as number) * 1000)}</td><td class="end number">{format.milliseconds(took as number)}</td><td class={result === "ok" ? "" : "tone-bad"}>{resultWord(String(result))}{typeof detail === "string" && <span class="muted"> {detail}</span>}</td></tr>)}</tbody>
            </table>
          </div>
        )}
      </section>
    </div>
  );
}

function resultWord(result: string): string {
  const key = `poll.${result}`;
  return isKey(key) ? t(key) : result;
}
