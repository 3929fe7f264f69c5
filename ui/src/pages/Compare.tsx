/** Two to six miners beside each other: the same chart each, one cursor over all. */
import * as format from "../format";
import { COMPARED, comparison } from "../history/charts";
import { HistoryChart } from "../history/HistoryChart";
import { useLive, usePage } from "../page";
import { Empty, Skeleton } from "../parts/Empty";
import { RangeBar } from "../parts/RangeBar";
import { State } from "../parts/State";
import { go, usePlace } from "../router";
import { isCurrent, macOf, type Miner, nameOf, slug } from "../store/miner";
import { t } from "../t";
import "../style/charts.css";

const MOST = 6;
const USUAL = "24h";

export default function Compare() {
  const { live } = usePage();
  const { query } = usePlace();
  useLive(({ fleet }) => fleet.version);
  if (!live.fleet.isLoaded) return <div class="page"><Skeleton lines={8} /></div>;
  const macs = [...new Set(query.getAll("mac").flatMap((text) => macOf(text) ?? []))].slice(0, MOST);
  const miners = macs.flatMap((mac) => live.fleet.miners.get(mac) ?? []);
  const choose = (chosen: readonly string[]) => go(`/compare?${new URLSearchParams([...chosen.map((mac) => ["mac", slug(mac)]), ...(query.get("range") ? [["range", query.get("range")!]] : [])])}`, { replace: true });
  const others = [...live.fleet.miners.values()].filter((miner) => !macs.includes(miner.mac));
  return (
    <div class="page">
      <h1>{t("page.compare")}</h1>
      <div class="page-head">
        {miners.length < MOST && others.length > 0 && (
          <label class="map-choice"><span class="muted">{t("compare.add")}</span>
            <select class="select" value="" onChange={(event) => event.currentTarget.value && choose([...macs, event.currentTarget.value])}>
              <option value="">{t("compare.choose")}</option>
              {others.map((miner) => <option key={miner.mac} value={miner.mac}>{nameOf(miner)}</option>)}
            </select>
          </label>
        )}
        <RangeBar otherwise={USUAL} />
      </div>
      {miners.length === 0 ? <Empty text={t("compare.none")}><a class="button" href="/miners">{t("page.miners")}</a></Empty> : (
        <>
          <Now miners={miners} onLeave={(mac) => choose(macs.filter((other) => other !== mac))} />
          <div class="charts">{COMPARED.map((row) => <HistoryChart key={row.id} spec={comparison(row, miners.map((miner) => ({ mac: miner.mac, name: live.fleet.label(miner) })))} subjects={macs} metrics={[row.lines[0]!.metric]} otherwise={USUAL} />)}</div>
        </>
      )}
    </div>
  );
}

function Now({ miners, onLeave }: { miners: readonly Miner[]; onLeave: (mac: string) => void }) {
  const known = <Value,>(miner: Miner, value: Value | null) => (isCurrent(miner) ? value : null);
  return (
    <section class="card scroll-x" aria-label={t("miner.figures")} tabIndex={0}>
      <table class="plain">
        <thead><tr><th scope="col">{t("column.name")}</th><th scope="col">{t("column.state")}</th>{(["hashrate", "power", "efficiency", "chip", "vr"] as const).map((name) => <th key={name} scope="col" class="end">{t(`column.${name}`)}</th>)}<th><span class="unseen">{t("compare.leave")}</span></th></tr></thead>
        <tbody>
          {miners.map((miner) => (
            <tr key={miner.mac}>
              <th scope="row"><a class="clip" href={`/miners/${slug(miner.mac)}`}>{nameOf(miner)}</a></th><td><State state={miner.state} /></td>
              <td class="end number">{format.hashrate(known(miner, miner.hashrateGhs))}</td><td class="end number">{format.power(known(miner, miner.powerWatts))}</td><td class="end number">{format.efficiency(known(miner, miner.efficiencyJPerTh), miner.hashrateGhs)}</td>
              <td class="end number">{format.celsius(known(miner, miner.chipCelsius))}</td><td class="end number">{format.celsius(known(miner, miner.vrCelsius))}</td>
              <td class="end"><button type="button" class="button quiet" aria-label={t("compare.leave.name", { name: nameOf(miner) })} onClick={() => onLeave(miner.mac)}>{"\u00d7"}</button></td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
