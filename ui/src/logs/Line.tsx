/** One line of a log: time, whose, level, and the text as text; hits are marked, colours are classes. */
import { stretches } from "../store/logFilter";
import type { LogLine } from "../store/logs";
import { t } from "../t";
import { pieces } from "./ansi";

interface LineProps {
  readonly line: LogLine;
  readonly time: string;
  readonly sign: { readonly letter: string; readonly series: number; readonly name: string } | null;
  readonly wanted: RegExp | null;
  readonly isCurrent: boolean;
}

export function Line({ line, time, sign, wanted, isCurrent }: LineProps) {
  const level = line.level === null ? "" : ` level-${line.level}`;
  return (
    <div class={`log-line log-${line.kind}${level}${isCurrent ? " is-current" : ""}`} data-id={line.id}>
      <span class="log-time">{time}</span>
      {sign && <span class={`log-sign series-${sign.series}`} title={sign.name}>{sign.letter}</span>}
      <span class="log-level">{line.level ?? ""}</span>
      <span class="log-text">{line.kind === "gap" ? t("logs.missed", { n: line.missed }) : line.kind === "notice" ? line.text : <Text line={line} wanted={wanted} />}</span>
    </div>
  );
}

function Text({ line, wanted }: { line: LogLine; wanted: RegExp | null }) {
  const hits = wanted === null ? [] : stretches(line.text, wanted);
  let from = 0;
  return (
    <>
      {pieces(line.raw).map(({ text, tone }, place) => {
        const start = from;
        from += text.length;
        return <span key={place} class={tone || undefined}>{marked(text, start, hits)}</span>;
      })}
    </>
  );
}

/** Returns *text*, which begins at *start* of the line, cut where hits begin and end. */
function marked(text: string, start: number, hits: readonly (readonly [number, number])[]) {
  const within = hits.filter(([from, to]) => from < start + text.length && to > start);
  if (within.length === 0) return text;
  const parts = [];
  let at = 0;
  for (const [from, to] of within) {
    const begin = Math.max(0, from - start);
    const end = Math.min(text.length, to - start);
    parts.push(text.slice(at, begin), <mark key={begin}>{text.slice(begin, end)}</mark>);
    at = end;
  }
  return [...parts, text.slice(at)];
}
