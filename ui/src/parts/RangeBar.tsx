/** The choice of a time range; it stands in the address, and the digits choose it too. */
import { useEffect } from "preact/hooks";
import { isTyping } from "../keys";
import { type Range, RANGES } from "../range";
import { setQuery } from "../router";
import * as format from "../format";
import { t } from "../t";

export function RangeBar({ range }: { range: Range }) {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const chosen = event.key === "0" ? null : RANGES[Number(event.key) - 1]?.key;
      if (chosen !== undefined) setQuery({ range: chosen });
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
  return (
    <div class="range-bar" role="group" aria-label={t("range.label")}>
      {RANGES.map(({ key }) => <button key={key} type="button" class="range" aria-pressed={range.key === key} onClick={() => setQuery({ range: key })}>{t(`range.${key}`)}</button>)}
      {!range.isLive && <button type="button" class="range" aria-pressed={true} title={t("range.back")} onClick={() => setQuery({ range: null })}>{format.moment(range.fromS * 1000)} – {format.shortTime(range.toS * 1000)} ×</button>}
    </div>
  );
}
