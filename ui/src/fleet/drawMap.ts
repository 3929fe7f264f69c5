/** Paints the map: one pass over the squares, colours looked up once. */
import type { Miner } from "../store/miner";
import { token } from "../theme";
import { type ColoredBy, type Layout, squareOf } from "./mapColors";

const GAP = 2;

export function drawMap(canvas: HTMLCanvasElement, layout: Layout, minerOf: (mac: string) => Miner | undefined, by: ColoredBy, width: number, here: number | null): void {
  const ratio = devicePixelRatio;
  canvas.width = width * ratio;
  canvas.height = layout.height * ratio;
  canvas.style.inlineSize = `${width}px`;
  canvas.style.blockSize = `${layout.height}px`;
  const ink = canvas.getContext("2d");
  if (!ink) return;
  ink.scale(ratio, ratio);
  const colors = new Map<string, { fill: string; text: string }>();
  const { cell } = layout;
  ink.textAlign = "center";
  ink.textBaseline = "middle";
  ink.font = `600 ${Math.round(cell * 0.5)}px ${token("--sans")}`;
  for (const { mac, x, y } of layout.places) {
    const miner = minerOf(mac);
    if (!miner) continue;
    const { color, sign } = squareOf(miner, by);
    let pair = colors.get(color);
    if (!pair) colors.set(color, (pair = { fill: token(color), text: readable(token(color)) }));
    ink.fillStyle = pair.fill;
    ink.fillRect(x + GAP / 2, y + GAP / 2, cell - GAP, cell - GAP);
    ink.fillStyle = pair.text;
    ink.fillText(sign, x + cell / 2, y + cell / 2 + 1);
  }
  ink.textAlign = "start";
  ink.font = `600 13px ${token("--sans")}`;
  ink.fillStyle = token("--fg");
  for (const { text, y } of layout.titles) ink.fillText(text, 2, y + 16);
  const place = here === null ? undefined : layout.places[here];
  if (!place) return;
  ink.strokeStyle = token("--fg");
  ink.lineWidth = 2;
  ink.strokeRect(place.x + 1, place.y + 1, cell - 2, cell - 2);
}

/** Returns black or white, whichever is read better on *hex*. */
function readable(hex: string): string {
  const [red = 0, green = 0, blue = 0] = (hex.match(/[0-9a-f]{2}/gi) ?? []).map((part) => (parseInt(part, 16) / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? "#000000" : "#ffffff";
}
