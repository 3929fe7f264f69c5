/** A card for each miner: what a home with a few of them wants to see. */
import * as format from "../format";
import { useLive } from "../page";
import { isCurrent, type Miner, nameOf, slug } from "../store/miner";
import { t } from "../t";
import { State } from "../parts/State";

export function MinerCards({ macs }: { macs?: readonly string[] }) {
  const version = useLive((live) => live.fleet.version);
  const miners = useLive((live) => live.fleet.miners);
  const shown = macs?.map((mac) => miners.get(mac)).filter((miner) => miner !== undefined) ?? [...miners.values()];
  return <div class="miner-cards" data-version={version}>{shown.map((miner) => <MinerCard key={miner.mac} miner={miner} />)}</div>;
}

function MinerCard({ miner }: { miner: Miner }) {
  const known = <Value,>(value: Value | null) => (isCurrent(miner) ? value : null);
  return (
    <a class={`card miner-card ${isCurrent(miner) ? "" : "is-silent"}`} href={`/miners/${slug(miner.mac)}`}>
      <span class="miner-card-head"><strong class="clip">{nameOf(miner)}</strong><State state={miner.state} title={miner.reason} /></span>
      <span class="figure-value">{format.hashrate(known(miner.hashrateGhs))}</span>
      <span class="miner-card-line muted">
        <span>{format.power(known(miner.powerWatts))}</span><span>{format.efficiency(known(miner.efficiencyJPerTh), miner.hashrateGhs)}</span><span>{format.celsius(known(miner.chipCelsius))}</span>
      </span>
      <span class="muted clip">{isCurrent(miner) ? format.text(miner.model) : (miner.reason ?? t(`state.${miner.state}`))}</span>
    </a>
  );
}
