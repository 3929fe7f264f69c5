/** The state of a miner: a mark, a word, a colour; never the colour alone. */
import type { JSX } from "preact";
import type { StateName } from "../store/miner";
import { t } from "../t";

const FULL = <circle cx="8" cy="8" r="5.5" fill="currentColor" />;
const RING = <circle cx="8" cy="8" r="5" fill="none" stroke="currentColor" stroke-width="2" />;

const MARKS: Readonly<Record<StateName, { mark: JSX.Element; tone: string }>> = {
  new: { tone: "off", mark: <circle cx="8" cy="8" r="5" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="2 2.2" /> },
  unwatched: { tone: "off", mark: <path d="M3 8h10" stroke="currentColor" stroke-width="2.5" /> },
  offline: { tone: "off", mark: RING },
  stale: { tone: "warn", mark: <g>{RING}<path d="M8 3a5 5 0 0 1 0 10z" fill="currentColor" /></g> },
  fault: { tone: "bad", mark: <path d="M2.5 2.5h11v11h-11zM5.5 5.5l5 5m0-5l-5 5" fill="none" stroke="currentColor" stroke-width="1.8" /> },
  hot: { tone: "bad", mark: <path d="M8 2l6.5 11.5h-13z" fill="currentColor" /> },
  paused: { tone: "off", mark: <path d="M5.5 3v10M10.5 3v10" stroke="currentColor" stroke-width="2.5" /> },
  low: { tone: "warn", mark: <path d="M8 2v10M3.5 8.5L8 13l4.5-4.5" fill="none" stroke="currentColor" stroke-width="2.2" /> },
  rejecting: { tone: "warn", mark: <g>{RING}<path d="M4 12l8-8" stroke="currentColor" stroke-width="2" /></g> },
  fallback: { tone: "warn", mark: <path d="M8 14V8M8 8L3.5 3M8 8l4.5-5" fill="none" stroke="currentColor" stroke-width="2.2" /> },
  online: { tone: "ok", mark: FULL },
};

export function StateMark({ state }: { state: StateName }) {
  return <svg class={`mark tone-${MARKS[state].tone}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{MARKS[state].mark}</svg>;
}

export function State({ state, title }: { state: StateName; title?: string | null }) {
  return (
    <span class={`state tone-${MARKS[state].tone}`} title={title ?? undefined}>
      <StateMark state={state} />
      <span class="state-word">{t(`state.${state}`)}</span>
    </span>
  );
}
