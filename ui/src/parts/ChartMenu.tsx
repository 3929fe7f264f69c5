/** What can be done with a chart: see it as a table, copy it. */
import { useEffect, useState } from "preact/hooks";
import { t } from "../t";
import { copy } from "./copy";

const SAID_MS = 2_000;

export function ChartMenu({ title, isTable, onTable, text }: { title: string; isTable: boolean; onTable: () => void; text: () => string }) {
  return (
    <span class="chart-menu">
      <button type="button" class="button quiet small" aria-pressed={isTable} aria-label={t(isTable ? "chart.asChart.of" : "chart.asTable.of", { title })} onClick={onTable}>{t(isTable ? "chart.asChart" : "chart.asTable")}</button>
      <CopyButton label={t("chart.copy")} of={t("chart.copy.of", { title })} text={text} />
    </span>
  );
}

/** Copies what *text* returns and says for two seconds that it did. */
export function CopyButton({ label, of, text }: { label: string; of: string; text: () => string }) {
  const [said, say] = useState<string | null>(null);
  useEffect(() => {
    const timer = said === null ? undefined : setTimeout(() => say(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const press = () => void copy(text()).then(() => say(t("copied")), () => say(t("copied.not")));
  return <button type="button" class="button quiet small" aria-label={said ?? of} onClick={press}><span aria-live="polite">{said ?? label}</span></button>;
}
