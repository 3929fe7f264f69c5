/** Colours that a miner writes into its log lines: taken apart into pieces with a class each; everything else of them is dropped. */

export interface Piece {
  readonly text: string;
  /** Empty where the text has no colour. */
  readonly tone: string;
}

const SEQUENCE = /\x1b\[([0-9;?]*)([A-Za-z])/g;
const OTHER = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;
const COLORS = ["ansi-muted", "ansi-bad", "ansi-ok", "ansi-warn", "ansi-blue", "ansi-violet", "ansi-cyan", ""];

/** Returns *raw* without any control sequence or control character. */
export const plain = (raw: string): string => raw.replace(SEQUENCE, "").replace(OTHER, "");

export function pieces(raw: string): readonly Piece[] {
  const found: Piece[] = [];
  let tone = "";
  let from = 0;
  const add = (text: string) => {
    const shown = text.replace(OTHER, "");
    if (shown !== "") found.push({ text: shown, tone });
  };
  for (const sequence of raw.matchAll(SEQUENCE)) {
    add(raw.slice(from, sequence.index));
    from = sequence.index + sequence[0].length;
    if (sequence[2] === "m") tone = (sequence[1] ?? "").split(";").reduce(toneAfter, tone);
  }
  add(raw.slice(from));
  return found;
}

function toneAfter(tone: string, code: string): string {
  const number = Number(code || 0);
  if (number === 0 || number === 39) return "";
  if (number >= 30 && number <= 37) return COLORS[number - 30] ?? "";
  return number >= 90 && number <= 97 ? (COLORS[number - 90] ?? "") : tone;
}
