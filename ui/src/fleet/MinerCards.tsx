/** A card for each miner: what a home with a few of them wants to see. */
import * as format from "../format";
import { HashrateLine } from "../history/HashrateLine";
import { USUAL_RANGE } from "../history/charts";
import { useLive, usePage } from "../page";
import { isCurrent, type Miner, slug } from "../store/miner";
import { t } from "../t";
import { State } from "../parts/State";

export function MinerCards({ macs }: { macs?: readonly string[] }) {
  const version = useLive((live) => live.fleet.version);
  const { fleet } = usePage().live;
  const { miners } = fleet;
  const shown = macs?.map((mac) => miners.get(mac)).filter((miner) => miner !== undefined) ?? [...miners.values()];
  return <div class="miner-cards" data-version={version}>{shown.map((miner) => <MinerCard key={miner.mac} miner={miner} label={fleet.label(miner)} />)}</div>;
}

function MinerCard({ miner, label }: { miner: Miner; label: string }) {
  const known = <Value,>(value: Value | null) => (isCurrent(miner) ? value : null);
  return (
    <a class={`card miner-card ${isCurrent(miner) ? "" : "is-silent"}`} href={`/miners/${slug(miner.mac)}`}>
      <span class="miner-card-head"><strong class="clip" title={label}>{label}</strong><State state={miner.state} title={miner.reason} /></span>
      <span class="figure-value">{format.hashrate(known(miner.hashrateGhs))}</span>
      <span class="miner-card-line muted">
        <span>{format.power(known(miner.powerWatts))}</span><span>{format.efficiency(known(miner.efficiencyJPerTh), miner.hashrateGhs)}</span><span>{format.celsius(known(miner.chipCelsius))}</span>
      </span>
      <HashrateLine mac={miner.mac} otherwise={USUAL_RANGE} />
      <span class="muted clip">{isCurrent(miner) ? format.text(miner.model) : (miner.reason ?? t(`state.${miner.state}`))}</span>
    </a>
  );
}
