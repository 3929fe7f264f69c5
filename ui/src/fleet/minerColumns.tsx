/** The cells of the list of miners: columns as the table wants them, and the two lines that a phone shows instead. */
import { columnNamed } from "../columns";
import * as format from "../format";
import { SparkLine } from "../history/HashrateLine";
import { isCurrent, type Miner, slug } from "../store/miner";
import { t } from "../t";
import { State } from "../parts/State";
import type { TableColumn } from "../parts/Table";

type Label = (miner: Miner) => string;

export function minerColumns(keys: readonly string[], label: Label): TableColumn<Miner>[] {
  const cells = cellsOf(label);
  return keys.flatMap((key) => {
    const column = columnNamed(key);
    if (column === null) return [];
    const special = cells[column.key];
    const cell = special ?? ((miner: Miner, nowMs: number) => <span>{column.isReading && !isCurrent(miner) ? format.UNKNOWN : column.show(miner, nowMs)}</span>);
    return [{ key: column.key, label: t(column.label), width: column.width, isNumber: column.isNumber, canSort: !column.isDrawn, cell }];
  });
}

const cellsOf = (label: Label): Readonly<Record<string, TableColumn<Miner>["cell"]>> => ({
  state: (miner) => <State state={miner.state} title={miner.reason} />,
  name: (miner) => <a href={`/miners/${slug(miner.mac)}`} tabIndex={-1} title={label(miner)}>{label(miner)}</a>,
  mac: (miner) => <span class="mono">{miner.mac}</span>,
  host: (miner) => <span class="mono">{format.text(miner.host)}</span>,
  trend: (miner) => <SparkLine mac={miner.mac} />,
  uptime: (miner, nowMs) => <span>{isCurrent(miner) ? format.duration(miner.uptimeSeconds) : miner.readAtMs === null ? format.UNKNOWN : t("miners.seen", { ago: format.age(miner.readAtMs, nowMs) })}</span>,
});

export const phoneColumns = (label: Label): readonly TableColumn<Miner>[] => [
  {
    key: "phone", label: "", width: 240, canSort: false,
    cell: (miner, nowMs) => {
      const known = <Value,>(value: Value | null) => (isCurrent(miner) ? value : null);
      return (
        <a class="phone-row" href={`/miners/${slug(miner.mac)}`} tabIndex={-1}>
          <span class="phone-line"><State state={miner.state} /> <strong class="clip">{label(miner)}</strong><span class="number">{format.hashrate(known(miner.hashrateGhs))}</span></span>
          <span class="phone-line muted">
            <span>{format.celsius(known(miner.chipCelsius))}</span><span>{format.power(known(miner.powerWatts))}</span>
            <span class="clip">{isCurrent(miner) ? format.text(miner.model) : miner.reason}</span><span class="number">{format.age(miner.readAtMs, nowMs)}</span>
          </span>
        </a>
      );
    },
  },
];
