/** The last lines of Pluto's own log, newest first. */
import { useState } from "preact/hooks";
import { useAnswer } from "../answer";
import { ownLog } from "../api/own";
import * as format from "../format";
import { Empty, Failure, Skeleton } from "../parts/Empty";
import { t } from "../t";

const LEVELS = ["debug", "info", "warning", "error"] as const;
const TONES: Readonly<Record<string, string>> = { warning: "tone-warn", error: "tone-bad" };

export function OwnLog() {
  const [level, setLevel] = useState<(typeof LEVELS)[number]>("info");
  const answer = useAnswer((api) => ownLog(api, level), level);
  const rows = answer.value?.rows as readonly (readonly [number, string, string])[] | undefined;
  return (
    <section class="card" aria-labelledby="diag-log">
      <h2 id="diag-log">{t("diag.log")}
        <select class="select" aria-label={t("diag.log.level")} value={level} onChange={(event) => setLevel(event.currentTarget.value as typeof level)}>{LEVELS.map((word) => <option key={word} value={word}>{t(`diag.level.${word}`)}</option>)}</select>
        <button type="button" class="button quiet small" onClick={answer.again}>{t("diag.again")}</button>
      </h2>
      {rows === undefined ? answer.error !== null ? <Failure text={t("diag.failure")} detail={answer.error} onRetry={answer.again} /> : <Skeleton lines={4} /> : rows.length === 0 ? <Empty text={t("diag.log.none")} /> : (
        <ol class="own-log" tabIndex={0} aria-label={t("diag.log")}>
          {[...rows].reverse().map(([at, word, text], place) => <li key={`${at} ${rows.length - place}`}><span class="muted">{format.time(at * 1000)}</span> <span class={TONES[word] ?? "muted"}>{word.toUpperCase()}</span> <span>{text}</span></li>)}
        </ol>
      )}
    </section>
  );
}
