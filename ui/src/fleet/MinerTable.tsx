/** The list of miners as a table, with its keys and its selection. */
import { prefs } from "../prefs";
import { useMemo } from "preact/hooks";
import { useNow, usePage } from "../page";
import { Table } from "../parts/Table";
import { usePhone } from "../parts/usePhone";
import { go, setQuery } from "../router";
import { isCurrent, type Miner, slug } from "../store/miner";
import { everybody, extended, NOBODY, type Selection, toggled } from "../store/selection";
import { t } from "../t";
import type { ActionName } from "./actions";
import { minerColumns, phoneColumns } from "./minerColumns";
import type { List } from "./useList";

interface MinerTableProps {
  readonly list: List;
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
  readonly onPoint: (isPointed: boolean) => void;
  readonly onAsk: (action: ActionName) => void;
}

const PHONE_ROW = 60;
const ROW = 34;
const DENSE_ROW = 28;
const AGES_EVERY_MS = 5_000;

export function MinerTable({ list: { macs, keys, sort }, selection, onSelect, onPoint, onAsk }: MinerTableProps) {
  const { live } = usePage();
  const { fleet } = live;
  const isPhone = usePhone();
  const nowMs = useNow(AGES_EVERY_MS);
  const columns = useMemo(() => (isPhone ? phoneColumns : (label: (miner: Miner) => string) => minerColumns(keys, label))((miner) => fleet.label(miner)), [isPhone, keys.join(), fleet]);
  const remember = (mac: string) => {
    live.active = mac;
  };
  const letter = (key: string, mac: string | null): boolean => {
    const host = mac === null ? null : fleet.miners.get(mac)?.host;
    if (key === "o" && host) window.open(`http://${host}/`, "_blank", "noreferrer");
    else if (key === "r" && mac !== null) {
      if (selection.macs.size === 0) onSelect(toggled(selection, mac));
      onAsk("restart");
    } else return false;
    return true;
  };
  return (
    <Table<Miner>
      label={t("page.miners")} keys={macs} row={(mac) => fleet.miners.get(mac)} columns={columns} rowHeight={isPhone ? PHONE_ROW : prefs().isDense ? DENSE_ROW : ROW} nowMs={nowMs} hasHead={!isPhone}
      sort={sort} onSort={(key) => setQuery({ sort: sort.key === key && !sort.isFalling ? `-${key}` : key })} selected={selection.macs} onPoint={onPoint}
      onToggle={(mac, isRange) => onSelect(isRange ? extended(selection, mac, macs) : toggled(selection, mac))} onToggleAll={() => onSelect(selection.macs.size >= macs.length ? NOBODY : everybody(macs))} onNone={() => onSelect(NOBODY)}
      onOpen={(mac) => { remember(mac); go(`/miners/${slug(mac)}`); }} onLetter={letter} remembered={live.active} onActive={remember}
      rowClass={(miner) => (fleet.isLeaving(miner.mac) ? "is-leaving" : isCurrent(miner) ? "" : "is-silent")}
    />
  );
}
