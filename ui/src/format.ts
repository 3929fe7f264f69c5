/** How each quantity is written (ui.md 6): the only place that knows digits, units and what "not known" looks like. */
import { locale } from "./t";

/** What stands for a value that is not known; 0 is 0. */
export const UNKNOWN = "\u2013";
/** Keeps a number and its unit on one line. */
const NBSP = "\u00a0";

type Maybe = number | null | undefined;

const isKnown = (value: Maybe): value is number => value !== null && value !== undefined && Number.isFinite(value);

/** Writes *value* with three significant digits, no exponent: 0, 1.15, 99.9, 702. */
function three(value: number): string {
  if (value === 0) return "0";
  return value < 10 ? fixed(value, 2) : value < 100 ? fixed(value, 1) : fixed(value, 0);
}

function fixed(value: number, digits: number): string {
  return formatter(digits).format(value);
}

const formatters = new Map<string, Intl.NumberFormat>();

function formatter(digits: number): Intl.NumberFormat {
  const key = `${locale()} ${digits}`;
  let found = formatters.get(key);
  if (!found) formatters.set(key, (found = new Intl.NumberFormat(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits })));
  return found;
}

/** Steps to the next unit at 999.5, so that "1,000 GH/s" is never written. */
function scaled(value: number, units: readonly string[]): [number, string] {
  let step = 0;
  while (Math.abs(value) >= 999.5 && step < units.length - 1) {
    value /= 1000;
    step++;
  }
  return [value, units[step] ?? ""];
}

const withUnit = (text: string, unit: string): string => `${text}${NBSP}${unit}`;

/** What a reader chose: degrees Fahrenheit, hashrates always in GH/s. */
const units = { isFahrenheit: false, isFixedHashrate: false };

export function chooseUnits(chosen: Partial<typeof units>): void {
  Object.assign(units, chosen);
}

export function hashrate(ghs: Maybe): string {
  if (!isKnown(ghs)) return UNKNOWN;
  if (units.isFixedHashrate) return withUnit(fixed(ghs, ghs < 99.95 ? 1 : 0), "GH/s");
  const [value, unit] = scaled(ghs, ["GH/s", "TH/s", "PH/s", "EH/s", "ZH/s"]);
  return withUnit(three(value), unit);
}

/** An amount of money in whatever the reader pays with; nobody asked which that is. */
export function money(amount: Maybe): string {
  return isKnown(amount) ? fixed(amount, 2) : UNKNOWN;
}

export function difficulty(value: Maybe): string {
  if (!isKnown(value)) return UNKNOWN;
  const [scaledValue, suffix] = scaled(value, ["", "k", "M", "G", "T", "P", "E"]);
  return suffix ? `${three(scaledValue)}${suffix}` : fixed(scaledValue, 0);
}

export function power(watts: Maybe): string {
  if (!isKnown(watts)) return UNKNOWN;
  if (watts >= 999.5) return withUnit(three(watts / 1000), "kW");
  return withUnit(fixed(watts, watts < 99.95 ? 1 : 0), "W");
}

/** Writes joules a terahash; without work there is no efficiency. */
export function efficiency(jPerTh: Maybe, hashrateGhs: Maybe = 1): string {
  return isKnown(jPerTh) && isKnown(hashrateGhs) && hashrateGhs > 0 ? withUnit(fixed(jPerTh, 1), "J/TH") : UNKNOWN;
}

const simple = (unit: string, digits: number) => (value: Maybe): string => (isKnown(value) ? withUnit(fixed(value, digits), unit) : UNKNOWN);

/** Writes a bare number with a digit where it is small. */
export const decimal = (value: Maybe): string => (isKnown(value) ? fixed(value, value > 0 && value < 99.95 ? 1 : 0) : UNKNOWN);

const temperature = (digits: number) => (celsius: Maybe): string =>
  !isKnown(celsius) ? UNKNOWN : units.isFahrenheit ? withUnit(fixed(celsius * 1.8 + 32, digits), "\u00b0F") : withUnit(fixed(celsius, digits), "\u00b0C");

export const celsius = temperature(0);
export const celsiusExact = temperature(1);
export const coreVolts = simple("V", 3);
export const volts = simple("V", 1);
export const megahertz = simple("MHz", 0);
export const milliseconds = simple("ms", 0);
export const decibels = simple("dBm", 0);
export const turns = simple("rpm", 0);
/** Writes how many a minute, where the words around it say so. */
export const rate = (value: Maybe): string => (isKnown(value) ? three(value) : UNKNOWN);
export const megabytes = (bytes: Maybe): string => (isKnown(bytes) ? withUnit(fixed(bytes / 1e6, 1), "MB") : UNKNOWN);

export function percent(value: Maybe): string {
  if (!isKnown(value)) return UNKNOWN;
  if (value > 0 && value < 0.1) return `<${NBSP}${withUnit(fixed(0.1, 1), "%")}`;
  return withUnit(fixed(value, 1), "%");
}

export const count = (value: Maybe): string => (isKnown(value) ? fixed(value, 0) : UNKNOWN);

/** Writes seconds with two units at most: 5d 6h, 18h 1m, 42s. */
export function duration(seconds: Maybe): string {
  if (!isKnown(seconds)) return UNKNOWN;
  const whole = Math.max(0, Math.floor(seconds));
  const parts: [number, string][] = [[Math.floor(whole / 86_400), "d"], [Math.floor(whole / 3_600) % 24, "h"], [Math.floor(whole / 60) % 60, "m"], [whole % 60, "s"]];
  const first = parts.findIndex(([number]) => number > 0);
  if (first < 0) return "0s";
  const shown = parts.slice(first, first + 2).filter(([number], place) => place === 0 || number > 0);
  return shown.map(([number, unit]) => `${number}${unit}`).join(NBSP);
}

/** Writes how long ago that was. */
export const age = (atMs: Maybe, nowMs: number): string => (isKnown(atMs) ? duration((nowMs - atMs) / 1000) : UNKNOWN);

const clock = (options: Intl.DateTimeFormatOptions) => (atMs: Maybe): string =>
  isKnown(atMs) ? new Intl.DateTimeFormat(locale(), options).format(atMs) : UNKNOWN;

export const time = clock({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
export const moment = clock({ dateStyle: "medium", timeStyle: "medium" });
export const shortMoment = clock({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const shortDate = clock({ day: "numeric", month: "short" });

export const text = (value: string | null | undefined): string => (value === null || value === undefined || value === "" ? UNKNOWN : value);
