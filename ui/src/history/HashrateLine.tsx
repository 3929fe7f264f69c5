/** The hashrate of one miner as a small line, over the range of the page. */
import { useEffect, useState } from "preact/hooks";
import { MiniLine } from "../parts/MiniLine";
import type { RangeName } from "../chart/range";
import { useRange } from "../parts/RangeBar";
import { t } from "../t";
import { useHistory } from "./useHistory";

const METRIC = "hashrate_ghs";
const METRICS = [METRIC];
const POINTS = 120;
const LAST_HOUR = { name: "1h", fixed: null } as const;
/** A row that is scrolled past asks for nothing. */
const STAYS_MS = 300;

export function HashrateLine({ mac, otherwise }: { mac: string; otherwise: RangeName }) {
  const { range } = useRange(otherwise);
  const { points, span } = useHistory([mac], METRICS, range, true, POINTS);
  return <MiniLine times={points?.times ?? []} values={points?.curves[METRIC]?.avg ?? []} fromS={span.fromS} toS={span.toS} label={t("chart.hashrate")} />;
}

/** The last hour in a cell of the table. */
export function SparkLine({ mac }: { mac: string }) {
  const [stays, setStays] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setStays(true), STAYS_MS);
    return () => clearTimeout(timer);
  }, []);
  const { points, span } = useHistory([mac], METRICS, LAST_HOUR, stays, POINTS);
  return <MiniLine times={points?.times ?? []} values={points?.curves[METRIC]?.avg ?? []} fromS={span.fromS} toS={span.toS} label={t("column.trend")} />;
}
