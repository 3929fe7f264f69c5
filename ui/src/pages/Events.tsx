/** What happened: newest first, filtered by miner, kind and severity, each with the way to its moment in the charts. */
import { sentence } from "../answer";
import { eventDetail, eventWord } from "../eventWords";
import { type EventFilter, useEvents } from "../events";
import { cell } from "../fleet/exportCsv";
import * as format from "../format";
import { useLive, usePage } from "../page";
import { Empty, Failure, Skeleton } from "../parts/Empty";
import { address, setQuery, usePlace } from "../router";
import { saveText } from "../save";
import type { Happening } from "../store/event";
import { macOf, nameOf, slug } from "../store/miner";
import { t } from "../t";
import "../style/tools.css";

const KINDS = ["offline", "back", "restarted", "firmware_changed", "pool_changed", "renamed", "moved", "settings_sent", "best_difficulty", "block_found", "added", "removed"];
/** Who changed what: the lines of the audit log have a tab of their own. */
const AUDIT = "change";
const SEVERITIES = ["warning", "good", "info"] as const;
const SIGN: Readonly<Record<string, string>> = { warning: "!", good: "\u2713", info: "\u00b7" };
const TONE: Readonly<Record<string, string>> = { warning: "tone-warn", good: "tone-ok", info: "tone-off" };
const AROUND_S = 1_800;
const LISTED = 500;

export default function Events() {
  const { query } = usePlace();
  const { notices } = usePage();
  const mac = query.get("mac");
  const filter: EventFilter = { mac: mac === null ? null : macOf(mac), kind: query.get("kind"), severity: query.get("severity") };
  const events = useEvents(filter);
  const name = useNames();
  const { list } = events;
  const save = () => events.all().then((all) => saveText("pluto-events.csv", csv(all, name), "text/csv"), (error: unknown) => notices.say(sentence(error), { isBad: true }));
  const isAudit = filter.kind === AUDIT;
  const isFiltered = Object.entries(filter).some(([name, value]) => value !== null && value !== "" && !(isAudit && name === "kind"));
  return (
    <div class="page">
      <div class="page-head"><h1>{t("page.events")}</h1><span class="page-head-end"><button type="button" class="button" disabled={!list?.length} onClick={() => void save()}>{t("events.export")}</button></span></div>
      <nav class="tabs" aria-label={t("page.events")}>
        <a href="/events" aria-current={isAudit ? undefined : "page"}>{t("events.tab.events")}</a>
        <a href={address("/events", { kind: AUDIT })} aria-current={isAudit ? "page" : undefined}>{t("events.tab.audit")}</a>
      </nav>
      <Filters filter={filter} isFiltered={isFiltered} isAudit={isAudit} />
      {list === null ? events.error !== null ? <Failure text={t("events.failure")} detail={events.error} onRetry={events.again} /> : <Skeleton lines={8} /> : list.length === 0 ? <Empty text={t(isFiltered ? "events.nomatch" : isAudit ? "events.noaudit" : "events.none")}>{isFiltered && <button type="button" class="button" onClick={clear}>{t("miners.clear")}</button>}</Empty> : (
        <section class="card events-card" aria-label={t("page.events")}>
          <ol class="events">{list.map((event) => <Row key={event.id} event={event} name={name(event.mac)} />)}</ol>
          <div class="events-foot">
            {events.hasMore && <button type="button" class="button" onClick={events.more}>{t("events.older")}</button>}
            <span class="muted">{events.keptDays === null ? t("events.thisrun") : t("events.kept", { n: events.keptDays })}</span>
            {events.error !== null && <span class="tone-bad" role="alert">{events.error}</span>}
          </div>
        </section>
      )}
    </div>
  );
}

const clear = (): void => setQuery({ mac: null, severity: null, ...(new URLSearchParams(location.search).get("kind") === AUDIT ? {} : { kind: null }) });

function Row({ event, name }: { event: Happening; name: string }) {
  const { atMs, mac, kind, severity } = event;
  const atS = Math.floor(atMs / 1000);
  const miner = `/miners/${slug(mac)}`;
  return (
    <li data-kind={kind}>
      <time class="muted number-line event-when" dateTime={new Date(atMs).toISOString()} title={new Date(atMs).toISOString()}>{format.moment(atMs)}</time>
      <span class={`event-what ${TONE[severity] ?? "tone-off"}`}><span aria-hidden="true" class="found-sign">{SIGN[severity] ?? "\u00b7"}</span> {eventWord(kind)}</span>
      <span>{mac !== "" && <a class="event-name" href={miner}>{name}</a>}</span>
      <span class="muted event-detail">{eventDetail(event)}</span>
      {mac !== "" && <a href={address(miner, { range: `${atS - AROUND_S}-${atS + AROUND_S}` })}>{t("events.moment")}</a>}
    </li>
  );
}

function Filters({ filter, isFiltered, isAudit }: { filter: EventFilter; isFiltered: boolean; isAudit: boolean }) {
  const { live } = usePage();
  useLive(({ fleet }) => fleet.miners.size);
  const miners = [...live.fleet.miners.values()].slice(0, LISTED);
  const isOther = filter.mac !== null && !miners.some((miner) => miner.mac === filter.mac);
  const choose = (member: keyof EventFilter) => (event: { currentTarget: HTMLSelectElement }) => setQuery({ [member]: event.currentTarget.value || null });
  return (
    <div class="events-bar" role="group" aria-label={t("events.filter")}>
      <select class="select" aria-label={t("column.name")} value={filter.mac ?? ""} onChange={choose("mac")}>
        <option value="">{t("filter.any", { name: t("column.name") })}</option>
        {isOther && <option value={filter.mac ?? ""}>{filter.mac}</option>}
        {miners.map((miner) => <option key={miner.mac} value={miner.mac}>{nameOf(miner)}</option>)}
      </select>
      {!isAudit && <select class="select" aria-label={t("events.kind")} value={filter.kind ?? ""} onChange={choose("kind")}>
        <option value="">{t("filter.any", { name: t("events.kind") })}</option>
        {KINDS.map((kind) => <option key={kind} value={kind}>{eventWord(kind)}</option>)}
      </select>}
      <select class="select" aria-label={t("events.severity")} value={filter.severity ?? ""} onChange={choose("severity")}>
        <option value="">{t("filter.any", { name: t("events.severity") })}</option>
        {SEVERITIES.map((severity) => <option key={severity} value={severity}>{t(`events.severity.${severity}`)}</option>)}
      </select>
      {isFiltered && <button type="button" class="button quiet" onClick={clear}>{t("miners.clear")}</button>}
    </div>
  );
}

function useNames(): (mac: string) => string {
  const { live } = usePage();
  useLive(({ fleet }) => fleet.miners.size);
  return (mac) => mac === "" ? "" : nameOf(live.fleet.miners.get(mac) ?? { mac, name: null, host: null });
}

const csv = (events: readonly Happening[], name: (mac: string) => string): string =>
  [["time (UTC)", "severity", "kind", "mac", "miner", "facts"], ...events.map((event) => [new Date(event.atMs).toISOString(), event.severity, event.kind, event.mac, name(event.mac), JSON.stringify(event.facts)])].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
