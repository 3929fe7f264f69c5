/** How Pluto itself is: figures, failures, what is around it, its own log, and a bundle to hand on. */
import "../locale/later";
import { useEffect } from "preact/hooks";
import { useAnswer } from "../answer";
import { type Health, health, type Service, surroundings } from "../api/own";
import * as format from "../format";
import { useLive, useNow, usePage } from "../page";
import { Failure, Skeleton } from "../parts/Empty";
import { Bundle } from "../own/Bundle";
import { Figures } from "../own/Figures";
import { Licences } from "../own/Licences";
import { OwnLog } from "../own/OwnLog";
import { bytes } from "../own/bytes";
import { wordOr } from "../own/words";
import { t } from "../t";
import "../style/tools.css";

const EVERY_MS = 5_000;

export default function Diagnostics() {
  const { link } = usePage();
  const isLive = useLive(() => link.state === "live");
  const answer = useAnswer(health, "health");
  useEffect(() => {
    const timer = setInterval(() => isLive && !document.hidden && answer.again(), EVERY_MS);
    return () => clearInterval(timer);
  }, [isLive, answer.again]);
  return (
    <div class="page">
      <h1>{t("page.diagnostics")}</h1>
      {answer.value === null ? answer.error !== null ? <Failure text={t("diag.failure")} detail={answer.error} onRetry={answer.again} /> : <Skeleton lines={6} /> : (
        <div class="cards">
          <Pluto health={answer.value} />
          <Figures health={answer.value} />
          <Failures polls={answer.value.polls} />
        </div>
      )}
      <Around />
      <Bundle />
      <OwnLog />
      <Licences />
    </div>
  );
}

function Pluto({ health: { version, python, started_at: startedAt, miners, history } }: { health: Health }) {
  const nowMs = useNow();
  return (
    <section class="card" aria-labelledby="diag-pluto">
      <h2 id="diag-pluto">{t("diag.pluto")}</h2>
      <dl class="facts">
        <div><dt>{t("diag.version")}</dt><dd>{version}, Python {python}</dd></div>
        <div><dt>{t("diag.up")}</dt><dd>{format.age(startedAt * 1000, nowMs)}</dd></div>
        <div><dt>{t("diag.miners")}</dt><dd>{t("diag.miners.all", { all: miners.imprinted, watched: miners.watched, online: miners.online })}</dd></div>
        <div><dt>{t("diag.history")}</dt><dd>{history.is_on ? history.error ?? t("diag.history.on", { size: bytes(history.bytes), waiting: history.waiting, dropped: history.dropped }) : t("own.off")}</dd></div>
      </dl>
    </section>
  );
}

function Failures({ polls: { ok, failed } }: { polls: Health["polls"] }) {
  const all = ok + Object.values(failed).reduce((sum, count) => sum + count, 0);
  return (
    <section class="card" aria-labelledby="diag-failures">
      <h2 id="diag-failures">{t("diag.failures")}</h2>
      <dl class="facts">
        <div><dt>{t("diag.ok")}</dt><dd>{format.count(ok)}</dd></div>
        {Object.entries(failed).map(([kind, count]) => <div key={kind}><dt>{wordOr(`diag.kind.${kind}`, kind)}</dt><dd>{format.count(count)}{count > 0 && <span class="muted"> {format.percent((count / all) * 100)}</span>}</dd></div>)}
      </dl>
    </section>
  );
}

function Around() {
  const answer = useAnswer(surroundings, "surroundings");
  const around = answer.value;
  if (around === null) return <section class="card">{answer.error !== null ? <Failure text={t("diag.failure")} detail={answer.error} onRetry={answer.again} /> : <Skeleton lines={4} />}</section>;
  const { disk, sizes, services } = around;
  return (
    <div class="cards">
      <section class="card" aria-labelledby="diag-services">
        <h2 id="diag-services">{t("diag.services")} <button type="button" class="button quiet small" onClick={answer.again}>{t("diag.again")}</button></h2>
        <dl class="facts">{Object.entries(services).map(([name, service]) => <div key={name} data-service={name}><dt>{wordOr(`diag.service.${name}`, name)}</dt><dd><Reach service={service} /></dd></div>)}</dl>
      </section>
      <section class="card" aria-labelledby="diag-disk">
        <h2 id="diag-disk">{t("diag.disk")}</h2>
        <dl class="facts">
          <div><dt>{t("diag.free")}</dt><dd>{t("diag.freeof", { free: bytes(disk.free_bytes), total: bytes(disk.total_bytes) })}</dd></div>
          {sizes.map(({ name, what, bytes: size }) => <div key={name}><dt title={what}><code>{name}</code></dt><dd>{bytes(size)}</dd></div>)}
        </dl>
      </section>
    </div>
  );
}

function Reach({ service: { url, is_reachable: isReachable, detail } }: { service: Service }) {
  if (isReachable === null) return <span class="muted">{t("diag.unset")}</span>;
  return <><span class={isReachable ? "tone-ok" : "tone-bad"}><span aria-hidden="true">{isReachable ? "\u2713" : "\u2717"}</span> {t(isReachable ? "diag.reachable" : "diag.unreachable")}</span> <span class="muted">{detail}</span><br /><span class="mono muted">{url}</span></>;
}
