/** The hashrate of one miner as a small line, over the range of the page. */
import { MiniLine } from "../parts/MiniLine";
import type { RangeName } from "../chart/range";
import { useRange } from "../parts/RangeBar";
import { t } from "../t";
import { useHistory } from "./useHistory";

const METRIC = "hashrate_ghs";
const METRICS = [METRIC];
const POINTS = 120;

export function HashrateLine({ mac, otherwise }: { mac: string; otherwise: RangeName }) {
  const { range } = useRange(otherwise);
  const { points, span } = useHistory([mac], METRICS, range, true, POINTS);
  return <MiniLine times={points?.times ?? []} values={points?.curves[METRIC]?.avg ?? []} fromS={span.fromS} toS={span.toS} label={t("chart.hashrate")} />;
}
