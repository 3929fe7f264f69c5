/** What else is known of a miner: its pool, its clock, its network, all states that hold. */
import type { ComponentChildren } from "preact";
import type { Ability } from "../api/client";
import type { Detail } from "../detail";
import * as format from "../format";
import type { Miner } from "../store/miner";
import { t } from "../t";

export function PoolFacts({ miner, detail, ability }: { miner: Miner; detail: Detail | null; ability: Ability | null }) {
  const unused = ability?.pools.find((pool) => pool.role === (miner.isFallback ? "primary" : "fallback"));
  const isConnected = detail?.["pool_connected"];
  return (
    <section class="card">
      <h2>{t("column.pool")}</h2>
      <Facts rows={[
        [t("pool.address"), format.text(miner.pool)],
        [t("column.poolUser"), <span class="mono">{format.text(miner.poolUser)}</span>],
        [t("pool.which"), miner.isFallback === null ? format.UNKNOWN : t(miner.isFallback ? "pool.fallback" : "pool.primary")],
        [t("pool.connection"), typeof isConnected === "boolean" ? t(isConnected ? "pool.connected" : "pool.unconnected") : format.UNKNOWN],
        [t("column.poolDifficulty"), format.difficulty(miner.poolDifficulty)],
        [t("column.response"), format.milliseconds(miner.responseMs)],
        [t("pool.rejected"), format.percent(miner.rejected10mPercent)],
        ...(ability?.rejected_for.length ? [[t("pool.why"), ability.rejected_for.map(({ reason, count }) => `${reason} ${format.count(count)}`).join(", ")] as const] : []),
        ...(unused ? [[t(miner.isFallback ? "group.stratum" : "group.fallbackStratum"), t("pool.unused", { address: unused.address })] as const] : []),
      ]} />
    </section>
  );
}

export function MinerFacts({ miner, detail }: { miner: Miner; detail: Detail | null }) {
  const fans = Array.isArray(detail?.["fans"]) ? (detail["fans"] as [number | null, number | null][]) : [];
  return (
    <section class="card">
      <h2>{t("miner.facts")}</h2>
      <Facts rows={[
        [t("column.uptime"), format.duration(miner.uptimeSeconds)],
        [t("facts.restarts"), format.count(miner.restarts)],
        [t("column.frequency"), format.megahertz(miner.frequencyMhz)],
        [t("miner.core"), `${format.coreVolts(miner.coreVolts)} / ${format.coreVolts(miner.coreActualVolts)}`],
        [t("column.input"), format.volts(miner.inputVolts)],
        ...(fans.length > 1 ? [[t("chart.fan"), fans.map(([percent, rpm]) => `${format.percent(percent)} ${format.turns(rpm)}`).join(" \u00b7 ")] as const] : []),
        [t("chart.error"), format.percent(miner.errorPercent)],
        [t("column.rssi"), format.decibels(miner.rssiDbm)],
        [t("chart.heap"), format.megabytes(miner.freeHeapBytes)],
        [t("column.addedAt"), format.moment(miner.addedAtMs)],
      ]} />
    </section>
  );
}

function Facts({ rows }: { rows: readonly (readonly [string, ComponentChildren])[] }) {
  return <dl class="facts">{rows.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}
