/** A small line without axes: the shape of the last hours, for a card or a cell. What it says stands beside it as text. */
import type { Values } from "../chart/points";

const WIDTH = 240;
const HEIGHT = 40;

export function MiniLine({ times, values, fromS, toS, label }: { times: readonly number[]; values: Values; fromS: number; toS: number; label: string }) {
  return (
    <svg class="mini-line" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <path d={path(times, values, fromS, toS)} fill="none" stroke="var(--series-1)" stroke-width="1.5" vector-effect="non-scaling-stroke" />
    </svg>
  );
}

/** The foot of the line is at this share of its most, or lower: what hardly moves shall look so. */
const FOOT = 0.7;

/** Returns the line; a gap stays a gap, a lone value is a dash. */
function path(times: readonly number[], values: Values, fromS: number, toS: number): string {
  const known = values.filter((value) => value !== null);
  const most = Math.max(1e-9, ...known);
  const foot = Math.min(most * FOOT, ...known);
  let isDown = false;
  return values.map((value, place) => {
    const wasDown = isDown;
    isDown = value !== null;
    if (value === null) return "";
    const x = (((times[place] ?? 0) - fromS) / (toS - fromS)) * WIDTH;
    const y = HEIGHT - 2 - ((value - foot) / (most - foot)) * (HEIGHT - 4);
    return `${wasDown ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}${wasDown || values[place + 1] != null ? "" : "h1"}`;
  }).join("");
}
