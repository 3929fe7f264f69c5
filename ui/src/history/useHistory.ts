/** The past of one or several miners for one chart: asked once for each range and only in sight, then grown by what comes live. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Refused } from "../api/client";
import { appended, joined, type Points, pointsOf } from "../chart/points";
import { type Range, type Span, spanAt } from "../chart/range";
import { type Page, usePage } from "../page";
import { samplerOf } from "./samples";

export interface Past {
  readonly points: Points | null;
  readonly failure: string | null;
  readonly span: Span;
  readonly retry: () => void;
}

const MOST_POINTS = 720;
const TICK_MS = 1_000;
/** A window that goes on is drawn again when it moved by this share of itself. */
const VISIBLE_SHARE = 1 / 600;
/** Without a sample for so long, what was missed is asked for. */
const MISSED_S = 60;

/** Returns the past of *subjects* (MACs, or FLEET); the curves of several are called `<metric> <mac>`. */
export function useHistory(subjects: readonly string[], metrics: readonly string[], range: Range, isSeen: boolean, most = MOST_POINTS): Past {
  const page = usePage();
  const [, draw] = useState(0);
  const [attempt, retry] = useState(0);
  const asked = [subjects.join(), metrics.join(), range.name, range.fixed?.fromS, range.fixed?.toS].join(" ");
  const kept = useRef<Kept>(NOTHING);
  useEffect(() => {
    const isThere = kept.current.asked === asked && kept.current.attempt === attempt;
    if (!isSeen || isThere) return;
    const stop = new AbortController();
    kept.current = { ...(kept.current.asked === asked ? kept.current : NOTHING), asked, attempt };
    ask(page, { subjects, metrics, range, most }, stop.signal).then(
      (found) => (kept.current = { ...kept.current, ...found, failure: null }),
      (error: unknown) => (kept.current = { ...kept.current, failure: error instanceof Error ? error.message : String(error) }),
    ).finally(() => !stop.signal.aborted && draw((count) => count + 1));
    return () => {
      stop.abort();
      if (kept.current.parts.length === 0) kept.current = NOTHING;
    };
  }, [asked, attempt, isSeen]);
  useTail(kept, range, isSeen, () => draw((count) => count + 1), () => retry((count) => count + 1));
  const isOurs = kept.current.asked === asked;
  return { points: isOurs ? kept.current.points : null, failure: isOurs ? kept.current.failure : null, span: isOurs ? kept.current.span : spanAt(range, page.link.nowMs() / 1000), retry: () => retry(attempt + 1) };
}

interface Kept {
  readonly asked: string;
  readonly attempt: number;
  readonly subjects: readonly string[];
  readonly parts: readonly Points[];
  readonly points: Points | null;
  readonly failure: string | null;
  readonly span: Span;
}

const NOTHING: Kept = { asked: "", attempt: 0, subjects: [], parts: [], points: null, failure: null, span: { fromS: 0, toS: 0 } };

interface Question {
  readonly subjects: readonly string[];
  readonly metrics: readonly string[];
  readonly range: Range;
  readonly most: number;
}

async function ask({ api, link }: Page, { subjects, metrics, range, most }: Question, signal: AbortSignal): Promise<Pick<Kept, "subjects" | "parts" | "points" | "span">> {
  const span = spanAt(range, link.nowMs() / 1000);
  const points = Math.min(most, Math.max(180, Math.ceil(innerWidth)));
  const parts = await Promise.all(subjects.map(async (mac) => {
    try {
      return pointsOf(await api.history({ mac, metrics, from: span.fromS, to: span.toS, points }, signal));
    } catch (error) {
      if (error instanceof Refused && error.code === "history_off") return nothingYet(metrics, span, points);
      throw error;
    }
  }));
  return { subjects, parts, points: together(subjects, parts), span };
}

/** Without a history a chart begins now. */
const nothingYet = (metrics: readonly string[], span: Span, points: number): Points => ({
  times: [], stepS: Math.max(5, Math.ceil((span.toS - span.fromS) / points)), curves: Object.fromEntries(metrics.map((metric) => [metric, { avg: [] }])), source: "live", note: null, samples: 0,
});

function together(subjects: readonly string[], parts: readonly Points[]): Points | null {
  if (parts.length === 1) return parts[0] ?? null;
  return joined(parts.map((points, place) => ({ points, rename: (metric) => `${metric} ${subjects[place]}` })));
}

function useTail(kept: { current: Kept }, range: Range, isSeen: boolean, draw: () => void, missed: () => void): void {
  const page = usePage();
  const key = kept.current.subjects.join();
  useEffect(() => {
    if (range.fixed !== null) return;
    const samplers = kept.current.subjects.map(samplerOf);
    const timer = setInterval(() => {
      const { parts, subjects, span } = kept.current;
      if (parts.length === 0 || samplers.length !== parts.length) return;
      const now = spanAt(range, page.link.nowMs() / 1000);
      const samples = samplers.map((sampler) => sampler(page.live, page.link.nowMs()));
      const last = Math.max(...parts.map((part) => part.times.at(-1) ?? now.toS));
      if (samples.some((sample) => sample && sample.atS - last > MISSED_S + 2 * (parts[0]?.stepS ?? 0))) return missed();
      const isNew = samples.some((sample) => sample !== null);
      if (!isNew && now.toS - span.toS < (now.toS - now.fromS) * VISIBLE_SHARE) return;
      const grown = parts.map((part, place) => (samples[place] ? appended(part, samples[place], now) : part));
      kept.current = { ...kept.current, parts: grown, points: isNew ? together(subjects, grown) : kept.current.points, span: now };
      if (isSeen) draw();
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [key, range.name, range.fixed === null, isSeen]);
}
