/** What the marks on the charts of a page mean: a shape a kind, with how many there are and what the last one was. */
import { MARK_COLOURS, SHAPES } from "../chart/marks";
import type { Span } from "../chart/range";
import type { Mark, MarkKind } from "../chart/spec";
import * as format from "../format";
import { t } from "../t";

export function ChartMarks({ marks, span }: { marks: readonly Mark[]; span: Span }) {
  const seen = marks.filter((mark) => (mark.untilS ?? mark.atS) >= span.fromS && mark.atS <= span.toS);
  const kinds = [...new Set(seen.map((mark) => mark.kind))];
  if (kinds.length === 0) return null;
  return (
    <ul class="chart-marks" aria-label={t("chart.marks")}>
      {kinds.map((kind) => {
        const own = seen.filter((mark) => mark.kind === kind);
        const last = own.at(-1);
        return <li key={kind} title={own.slice(-8).map((mark) => `${format.shortMoment(mark.atS * 1000)} ${mark.text}`).join("\n")}><Shape kind={kind} /> {t(`mark.${kind}`)} {own.length > 1 ? t("mark.times", { n: own.length }) : last ? format.shortMoment(last.atS * 1000) : ""}</li>;
      })}
    </ul>
  );
}

function Shape({ kind }: { kind: MarkKind }) {
  const colour = `var(${MARK_COLOURS[kind]})`;
  return (
    <svg viewBox="-5 -5 10 10" width="10" height="10" aria-hidden="true">
      {kind === "outage" ? <path d="M-5 4L4 -5M-2 5L5 -2" stroke={colour} stroke-width="1.5" /> : <polygon points={SHAPES[kind].map(([x, y]) => `${x * 4},${y * 4}`).join(" ")} fill={colour} />}
    </svg>
  );
}
