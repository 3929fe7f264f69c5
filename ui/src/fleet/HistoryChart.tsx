/** A chart of one or several miners, or of the fleet: asks for its past once it is in sight, then grows. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ChartRow, SeriesRow } from "../charts";
import { useHistory } from "../past";
import { Chart } from "../parts/Chart";
import type { Line, Mark, Spec } from "../parts/plot";
import { type Range, zoomed } from "../range";
import { setQuery } from "../router";
import type { Past } from "../store/past";
import { isKey, t } from "../t";

interface HistoryChartProps {
  readonly macs: readonly string[];
  /** What each is called, where there are several. */
  readonly names?: readonly string[];
  readonly row: ChartRow;
  readonly range: Range;
  readonly marks?: readonly Mark[];
}

export function HistoryChart({ macs, names, row, range, marks = [] }: HistoryChartProps) {
  const { box, isSeen } = useSeen();
  const { pasts, error, retry } = useHistory(macs, row.series.map((series) => series.metric), range, isSeen);
  const zoom = (fromS: number, toS: number) => setQuery({ range: zoomed(fromS, toS) ?? range.key });
  const spec: Spec | null = pasts && measured({ times: pasts[0]?.times ?? [], lines: pasts.flatMap((past, place) => linesOf(past, row, names ? { name: names[place] ?? "", place } : null)), marks, fromS: range.fromS, toS: range.toS, fromZero: row.fromZero }, range);
  return (
    <div ref={box} data-chart={row.key}>
      <Chart title={t(row.title)} source={sourceOf(pasts)} spec={spec} error={error} onRetry={retry} onZoom={zoom} onReset={() => setQuery({ range: null })} />
    </div>
  );
}

const SHORTEST_S = 120;

/** Begins where the first value is, where the range goes further back than anything was measured. */
function measured(spec: Spec, range: Range): Spec {
  if (!range.isLive) return spec;
  const first = spec.times.findIndex((_, place) => spec.lines.some((line) => (line.values[place] ?? null) !== null));
  const atS = spec.times[first];
  return atS === undefined ? spec : { ...spec, fromS: Math.min(Math.max(spec.fromS, atS), spec.toS - SHORTEST_S) };
}

function linesOf(past: Past, row: ChartRow, of: { name: string; place: number } | null): Line[] {
  return row.series.flatMap((series, place) => {
    const track = past.track(series.metric);
    if (!track) return [];
    const scale = series.isRate ? 60 / past.stepS : 1;
    const values = scale === 1 ? track.values : track.values.map((value) => (value === null ? null : value * scale));
    const hasBand = !of && place === 0 && series.style === "solid";
    return [{ label: of?.name ?? t(series.label), values, low: hasBand ? track.low : null, high: hasBand ? track.high : null, style: of ? STYLES[of.place % STYLES.length]! : series.style, isSecond: series.isSecond === true, color: (of?.place ?? place) + 1, show: series.show }];
  });
}

const STYLES: readonly SeriesRow["style"][] = ["solid", "dashed", "dotted", "solid", "dashed", "dotted"];

function sourceOf(pasts: readonly Past[] | null): string | null {
  const source = pasts?.[0]?.source;
  if (source === undefined) return null;
  const key = `chart.source.${source}`;
  return isKey(key) ? t(key) : source;
}

/** Returns whether a box has been in sight. */
function useSeen() {
  const box = useRef<HTMLDivElement>(null);
  const [isSeen, see] = useState(false);
  useEffect(() => {
    const watcher = new IntersectionObserver((entries) => see(entries.some((entry) => entry.isIntersecting)), { rootMargin: "100px" });
    if (box.current) watcher.observe(box.current);
    return () => watcher.disconnect();
  }, []);
  return { box, isSeen };
}
