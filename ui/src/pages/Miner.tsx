/** One miner: its numbers now, how they came about, its pool, what happened to it. */
import { useAbility, useDetail } from "../detail";
import { eventDetail, eventWord } from "../eventWords";
import { MinerFacts, PoolFacts } from "../fleet/MinerFacts";
import { MinerFigures } from "../fleet/MinerFigures";
import { MinerFrame } from "../fleet/MinerFrame";
import * as format from "../format";
import { type Happened, useHappened } from "../happened";
import { MinerCharts } from "../history/MinerCharts";
import { address } from "../router";
import { type Miner as Row, slug } from "../store/miner";
import { t } from "../t";
import type { PageProps } from "./index";

export default function Miner({ values }: PageProps) {
  return <MinerFrame slug={values["mac"] ?? ""}>{(miner) => <Overview key={miner.mac} miner={miner} />}</MinerFrame>;
}

const SHOWN_EVENTS = 12;
const AROUND_S = 1_800;
const around = (atS: number) => ({ from: String(Math.floor(atS - AROUND_S)), to: String(Math.ceil(atS + AROUND_S)) });

function Overview({ miner }: { miner: Row }) {
  const detail = useDetail(miner.mac);
  const happened = useHappened(miner.mac, 0);
  const ability = useAbility(miner);
  return (
    <>
      <MinerFigures miner={miner} detail={detail} />
      <MinerCharts mac={miner.mac} limits={ability?.limits ?? null} />
      <div class="cards">
        <PoolFacts miner={miner} detail={detail} ability={ability} />
        <MinerFacts miner={miner} detail={detail} />
        <Events mac={miner.mac} happened={happened} />
      </div>
    </>
  );
}

/** Each event leads to its moment in the charts. */
function Events({ mac, happened: { events, error } }: { mac: string; happened: Happened }) {
  return (
    <section class="card">
      <h2>{t("miner.events")}</h2>
      {error !== null && <p class="muted">{error}</p>}
      {events?.length === 0 && error === null && <p class="muted">{t("miner.noevents")}</p>}
      <ul class="event-list">
        {events?.slice(0, SHOWN_EVENTS).map((event) => (
          <li key={event.id} class={`severity-${event.severity}`}><a class="number" href={address(`/miners/${slug(mac)}`, around(event.atMs / 1000))} title={format.moment(event.atMs)}><time dateTime={new Date(event.atMs).toISOString()}>{format.shortMoment(event.atMs)}</time></a><span><strong>{eventWord(event.kind)}</strong> {eventDetail(event)}</span></li>
        ))}
      </ul>
      {events && events.length > SHOWN_EVENTS && <p><a href={address("/events", { mac: slug(mac) })}>{t("miner.allevents")}</a></p>}
    </section>
  );
}
