/** What came of one wish to add: a mark, a word, and the reason where it failed. */
import type { Added } from "../api/places";
import { slug } from "../store/miner";
import { t } from "../t";

const SIGN = { added: "\u2713", updated: "\u2713", failed: "\u2717" } as const;
const TONE = { added: "tone-ok", updated: "tone-ok", failed: "tone-bad" } as const;

export function Result({ result }: { result: Added }) {
  return (
    <span data-result={result.result}>
      <span class={TONE[result.result]}><span aria-hidden="true">{SIGN[result.result]}</span> {t(`add.result.${result.result}`)}</span>
      {result.mac && <>{" "}<a href={`/miners/${slug(result.mac)}`}>{result.hostname ?? result.host ?? result.mac}</a></>}
      {result.reason && <span class="muted">{" "}{result.reason}</span>}
    </span>
  );
}
