/** What was found, a row each: to choose, to add, and what came of it. */
import type { Added } from "../api/places";
import * as format from "../format";
import { slug } from "../store/miner";
import type { Found } from "../store/search";
import { t } from "../t";
import { Result } from "./Result";

interface FoundListProps {
  readonly rows: readonly Found[];
  readonly chosen: ReadonlySet<string>;
  /** Absent where nothing is to be chosen. */
  readonly onToggle?: (mac: string) => void;
  readonly results: ReadonlyMap<string, Added>;
}

const SIGN = { new: "+", known: "=", moved: "\u2192", other: "\u00d7" } as const;

export function FoundList({ rows, chosen, onToggle, results }: FoundListProps) {
  return (
    <ul class="found" aria-label={t("add.results")}>
      {rows.map((row) => <Row key={row.mac ?? row.host} row={row} isChosen={row.mac !== null && chosen.has(row.mac)} onToggle={onToggle} result={row.mac === null ? undefined : results.get(row.mac)} />)}
    </ul>
  );
}

function Row({ row, isChosen, onToggle, result }: { row: Found; isChosen: boolean; onToggle: ((mac: string) => void) | undefined; result: Added | undefined }) {
  const name = row.name ?? row.host;
  const mac = row.mac;
  const canChoose = onToggle !== undefined && mac !== null && row.status !== "known" && result?.result !== "added" && result?.result !== "updated";
  return (
    <li class={`found-row found-${row.status}`} data-status={row.status}>
      <label class="check">{canChoose ? <input type="checkbox" checked={isChosen} onChange={() => onToggle(mac)} aria-label={t("add.choose", { name })} /> : <span class="unseen">{t(`add.status.${row.status}`)}</span>}</label>
      <span class="found-status"><span aria-hidden="true" class="found-sign">{SIGN[row.status]}</span> {t(`add.status.${row.status}`)}</span>
      <span class="found-name">{row.status === "known" && mac !== null ? <a href={`/miners/${slug(mac)}`}>{name}</a> : row.status === "other" ? "" : name}</span>
      <span class="mono found-host">{row.host}</span>
      <span class="mono muted found-mac">{mac ?? ""}</span>
      <span class="muted found-model">{[row.model, row.asic, row.firmware].filter(Boolean).join(" \u00b7 ")}</span>
      <span class="number found-rate">{row.status === "other" ? "" : format.hashrate(row.hashrateGhs)}</span>
      <span class="found-end">{result ? <Result result={result} /> : <span class="muted">{remark(row)}</span>}</span>
    </li>
  );
}

function remark({ status, knownHost, reason }: Found): string {
  if (status === "moved") return t("add.moved", { from: knownHost ?? format.UNKNOWN });
  if (status === "known") return t("add.already");
  return status === "other" ? t("add.notaminer", { reason: reason ?? format.UNKNOWN }) : "";
}
