/** A chart with its past: loads when it comes into sight, keeps hidden lines and the range in the address. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ChartSpec, Mark } from "../chart/spec";
import { Chart } from "../parts/Chart";
import type { RangeName } from "../chart/range";
import { useRange } from "../parts/RangeBar";
import { setQuery, usePlace } from "../router";
import { useHistory } from "./useHistory";

interface HistoryChartProps {
  readonly spec: ChartSpec;
  readonly subjects: readonly string[];
  readonly metrics: readonly string[];
  readonly otherwise: RangeName;
  readonly marks?: readonly Mark[];
  readonly height?: number;
  readonly isWide?: boolean;
}

const NO_MARKS: readonly Mark[] = [];
/** Charts of a page share a cursor. */
const TOGETHER = "page";

export function HistoryChart({ spec, subjects, metrics, otherwise, marks = NO_MARKS, height, isWide = false }: HistoryChartProps) {
  const { box, isSeen } = useSeen();
  const { range, zoom, back } = useRange(otherwise);
  const { query } = usePlace();
  const toggled = new Set((query.get("lines") ?? "").split(",").filter((line) => line !== ""));
  const past = useHistory(subjects, metrics, range, isSeen);
  const toggle = (line: string) => setQuery({ lines: [...flipped(toggled, line)].join() || null });
  return (
    <section ref={box} class={isWide ? "card chart is-wide" : "card chart"} aria-labelledby={`chart-${spec.id}`} data-chart={spec.id}>
      <Chart spec={spec} points={past.points} failure={past.failure} span={past.span} marks={marks} toggled={toggled} together={TOGETHER} {...(height !== undefined && { height })} isZoomed={range.fixed !== null} onToggle={toggle} onZoom={zoom} onBack={back} onRetry={past.retry} />
    </section>
  );
}

function flipped(lines: ReadonlySet<string>, line: string): Set<string> {
  const others = new Set(lines);
  if (!others.delete(line)) others.add(line);
  return others;
}

/** Returns whether a box is in sight, or about to be. */
function useSeen() {
  const box = useRef<HTMLElement>(null);
  const [isSeen, see] = useState(false);
  useEffect(() => {
    const watcher = new IntersectionObserver((entries) => see(entries.at(-1)?.isIntersecting === true), { rootMargin: "120px" });
    if (box.current) watcher.observe(box.current);
    return () => watcher.disconnect();
  }, []);
  return { box, isSeen };
}
