/** How the polls, the loop and the browsers go. */
import type { Health } from "../api/own";
import * as format from "../format";
import { t } from "../t";
import { bytes } from "./bytes";

type Spread = Health["polls"]["took_ms"];

const spread = ({ p50, p95, max }: Spread): string => [p50, p95, max].map((bound) => (bound === null ? format.UNKNOWN : `\u2264\u00a0${format.milliseconds(bound)}`)).join(" / ");

export function Figures({ health }: { health: Health }) {
  const { polls } = health;
  const rows: readonly (readonly [string, string])[] = [
    [t("diag.rate"), `${polls.per_second.toFixed(1)}/s`],
    [t("diag.inflight"), format.count(polls.in_flight)],
    [t("diag.took"), spread(polls.took_ms)],
    [t("diag.late"), spread(polls.late_ms)],
    [t("diag.lag"), `${health.loop_lag_ms.toFixed(2)}\u00a0ms`],
    [t("diag.browsers"), t("diag.browsers.all", { n: health.browsers, topics: health.live_topics })],
    [t("diag.queue"), t("diag.queue.all", { waiting: health.waiting_packets, dropped: health.dropped_packets, snapshots: health.snapshots_for_slow_browsers })],
    [t("diag.memory"), bytes(health.memory_bytes)],
  ];
  return (
    <section class="card" aria-labelledby="diag-work">
      <h2 id="diag-work">{t("diag.work")}</h2>
      <dl class="facts">{rows.map(([name, value]) => <div key={name}><dt>{name}</dt><dd class="number-line">{value}</dd></div>)}</dl>
    </section>
  );
}
