/** How a line is drawn, small, beside its name. */
import type { LineStyle } from "../charts";

const DASH: Readonly<Record<LineStyle, string>> = { solid: "", step: "", bars: "", dashed: "5 3", dotted: "1.5 2.5" };
const PATH: Readonly<Record<LineStyle, string>> = { solid: "M0 5h20", dashed: "M0 5h20", dotted: "M0 5h20", step: "M0 8h7V3h7v5h6", bars: "M3 10V4M8 10V1M13 10V5M18 10V2" };

export function Swatch({ style, color }: { style: LineStyle; color: number }) {
  return <svg class={`swatch series-${color}`} viewBox="0 0 20 10" width="20" height="10" aria-hidden="true"><path d={PATH[style]} fill="none" stroke="currentColor" stroke-width={style === "bars" ? 3 : 2} stroke-dasharray={DASH[style]} /></svg>;
}
