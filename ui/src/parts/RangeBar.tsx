/** Which time the charts show: a button a range, one's own, and back from a zoom; the keys 1 to 7 and 0 (ui.md 5). */
import { useEffect, useState } from "preact/hooks";
import { inAddress, type Range, RANGE_NAMES, type RangeName, rangeOf, type Span, spanOf } from "../chart/range";
import * as format from "../format";
import { isTyping } from "../keys";
import { here, setQuery, usePlace } from "../router";
import { t } from "../t";
import { Dialog } from "./Dialog";

/** Returns the range in the address, and how to choose another. */
export function useRange(otherwise: RangeName): { range: Range; choose: (range: Range) => void; zoom: (span: Span) => void; back: () => void } {
  const { query } = usePlace();
  const range = rangeOf(query, otherwise);
  const choose = (chosen: Range) => setQuery(inAddress(chosen, otherwise));
  return {
    range, choose,
    zoom: ({ fromS, toS }) => choose({ name: rangeOf(here().query, otherwise).name, fixed: spanOf(fromS, toS) }),
    back: () => choose({ name: rangeOf(here().query, otherwise).name, fixed: null }),
  };
}

export function RangeBar({ otherwise }: { otherwise: RangeName }) {
  const { range, choose, back } = useRange(otherwise);
  const [isAsking, ask] = useState(false);
  useRangeKeys((name) => choose({ name, fixed: null }), back);
  return (
    <div class="range-bar" role="group" aria-label={t("range.label")}>
      {RANGE_NAMES.map((name, place) => (
        <button key={name} type="button" class="button range" aria-pressed={range.name === name && range.fixed === null} aria-keyshortcuts={String(place + 1)} onClick={() => choose({ name, fixed: null })}>{t(`range.${name}`)}</button>
      ))}
      <button type="button" class="button range" aria-pressed={range.fixed !== null} onClick={() => ask(true)}>{t("range.custom")}</button>
      {range.fixed && <span class="range-fixed"><span>{t("range.between", { from: format.moment(range.fixed.fromS * 1000), to: format.moment(range.fixed.toS * 1000) })}</span><button type="button" class="button" aria-keyshortcuts="0" onClick={back}>{t("range.back")}</button></span>}
      {isAsking && <CustomRange range={range} onClose={() => ask(false)} onChoose={(fixed) => { ask(false); choose({ name: range.name, fixed }); }} />}
    </div>
  );
}

function CustomRange({ range, onClose, onChoose }: { range: Range; onClose: () => void; onChoose: (span: Span) => void }) {
  const [from, setFrom] = useState(range.fixed ? local(range.fixed.fromS) : "");
  const [to, setTo] = useState(range.fixed ? local(range.fixed.toS) : "");
  const span = spanOf(Date.parse(from) / 1000, Date.parse(to) / 1000);
  const isWrong = from !== "" && to !== "" && span === null;
  return (
    <Dialog title={t("range.custom.title")} onClose={onClose} foot={
      <>
        <button type="button" class="button" onClick={onClose}>{t("dialog.cancel")}</button>
        <button type="button" class="button primary" disabled={span === null} onClick={() => span && onChoose(span)}>{t("range.show")}</button>
      </>
    }>
      <label class="field"><span>{t("range.from")}</span><input class="input" type="datetime-local" value={from} onInput={(event) => setFrom(event.currentTarget.value)} /></label>
      <label class="field"><span>{t("range.to")}</span><input class="input" type="datetime-local" value={to} aria-invalid={isWrong} aria-describedby={isWrong ? "range-wrong" : undefined} onInput={(event) => setTo(event.currentTarget.value)} /></label>
      {isWrong && <p id="range-wrong" class="tone-bad">{t("range.wrong")}</p>}
    </Dialog>
  );
}

/** Writes a moment as `datetime-local` takes it: the reader's own time. */
function local(atS: number): string {
  const moment = new Date(atS * 1000);
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function useRangeKeys(choose: (name: RangeName) => void, back: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
      const name = RANGE_NAMES[Number(event.key) - 1];
      if (event.key === "0") back();
      else if (name !== undefined) choose(name);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [choose, back]);
}
