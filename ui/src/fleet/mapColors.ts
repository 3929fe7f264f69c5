/** What a square of the map says: a step from 1 to 7 of a value, or the sign of a state. Pure. */
import { columnNamed } from "../columns";
import { isCurrent, type Miner, type StateName } from "../store/miner";

export const COLORED_BY = ["state", "chip", "expected", "efficiency", "rejects", "vr", "response"] as const;
export type ColoredBy = (typeof COLORED_BY)[number];
export const GROUPED_BY = ["none", "model", "firmware", "pool", "state"] as const;
export type GroupedBy = (typeof GROUPED_BY)[number];

export const STEPS = 7;

/** The bounds between the steps, lowest first: fixed, so that the same colour means the same tomorrow. */
const BOUNDS: Readonly<Record<Exclude<ColoredBy, "state">, readonly number[]>> = {
  chip: [45, 50, 55, 60, 65, 70],
  vr: [50, 58, 65, 72, 80, 90],
  expected: [50, 80, 90, 95, 100, 105],
  efficiency: [14, 16, 18, 20, 25, 30],
  rejects: [0.1, 0.3, 0.6, 1, 2, 5],
  response: [20, 50, 100, 200, 400, 800],
};

const SIGNS: Readonly<Record<StateName, string>> = { new: "?", unwatched: "\u2013", offline: "\u25cb", stale: "\u25d0", fault: "\u2716", hot: "\u25b2", paused: "\u2016", low: "\u2193", rejecting: "\u2298", fallback: "Y", online: "\u25cf" };
const TONES: Readonly<Record<StateName, string>> = { new: "--off", unwatched: "--off", offline: "--off", stale: "--warn", fault: "--bad", hot: "--bad", paused: "--off", low: "--warn", rejecting: "--warn", fallback: "--warn", online: "--ok" };

export interface Square {
  /** Name of a colour token. */
  readonly color: string;
  readonly sign: string;
}

/** Returns what the square of *miner* shows; a silent miner shows its state whatever is asked. */
export function squareOf(miner: Miner, by: ColoredBy): Square {
  const value = by === "state" || !isCurrent(miner) ? null : columnNamed(by)?.value(miner);
  if (by === "state" || typeof value !== "number") return { color: TONES[miner.state], sign: SIGNS[miner.state] };
  const step = 1 + BOUNDS[by].filter((bound) => value >= bound).length;
  return { color: `--heat-${step}`, sign: String(step) };
}

/** Returns the bounds of a step, null where it is open. */
export function stepBounds(by: ColoredBy, step: number): { from: number | null; to: number | null } {
  const bounds = by === "state" ? [] : BOUNDS[by];
  return { from: bounds[step - 2] ?? null, to: bounds[step - 1] ?? null };
}

export interface Place {
  readonly mac: string;
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly cell: number;
  readonly height: number;
  readonly places: readonly Place[];
  readonly titles: readonly { readonly text: string; readonly y: number }[];
  readonly perLine: number;
}

const TITLE = 28;

/** Returns where each square stands in a box of that *width*, groups below each other, each beginning with its title. */
export function layoutOf(groups: ReadonlyMap<string, readonly string[]>, width: number): Layout {
  const count = [...groups.values()].reduce((sum, macs) => sum + macs.length, 0);
  const cell = count <= 150 ? 40 : count <= 800 ? 28 : count <= 6_000 ? 18 : 14;
  const perLine = Math.max(1, Math.floor(width / cell));
  const places: Place[] = [];
  const titles: { text: string; y: number }[] = [];
  let y = 0;
  for (const [text, macs] of groups) {
    if (groups.size > 1) {
      titles.push({ text: `${text} \u00b7 ${macs.length}`, y });
      y += TITLE;
    }
    macs.forEach((mac, place) => places.push({ mac, x: (place % perLine) * cell, y: y + Math.floor(place / perLine) * cell }));
    y += Math.ceil(macs.length / perLine) * cell + (groups.size > 1 ? 8 : 0);
  }
  return { cell, height: Math.max(y, cell), places, titles, perLine };
}

/** Returns which square a key leads to from *place*: left and right by one, up and down to the nearest in the next line. */
export function walked({ places }: Layout, place: number, key: string): number | null {
  const here = places[place];
  if (!here) return places.length > 0 && key.startsWith("Arrow") ? 0 : null;
  const last = places.length - 1;
  const near = (isAfter: boolean): number => {
    const lines = [...new Set(places.filter(({ y }) => (isAfter ? y > here.y : y < here.y)).map(({ y }) => y))];
    const line = isAfter ? Math.min(...lines) : Math.max(...lines);
    let best = place;
    places.forEach(({ x, y }, index) => {
      if (y === line && (best === place || Math.abs(x - here.x) < Math.abs(places[best]!.x - here.x))) best = index;
    });
    return best;
  };
  switch (key) {
    case "ArrowRight": return Math.min(last, place + 1);
    case "ArrowLeft": return Math.max(0, place - 1);
    case "ArrowDown": return near(true);
    case "ArrowUp": return near(false);
    case "Home": return 0;
    case "End": return last;
    default: return null;
  }
}
