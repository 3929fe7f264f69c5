/** Sizes on a disk or in memory: kB, MB, GB with one decimal. */
import { UNKNOWN } from "../format";
import { locale } from "../t";

const UNITS = ["B", "kB", "MB", "GB", "TB"];

export function bytes(value: number | null): string {
  if (value === null) return UNKNOWN;
  let step = 0;
  let shown = value;
  while (shown >= 999.5 && step < UNITS.length - 1) {
    shown /= 1000;
    step++;
  }
  const digits = step === 0 || shown >= 99.95 ? 0 : 1;
  return `${shown.toLocaleString(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits })}\u00a0${UNITS[step]}`;
}
