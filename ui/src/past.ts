/** What the server remembers, asked once for each range, then grown by what comes live: for charts in sight. */
import { useEffect, useRef, useState } from "preact/hooks";
import { usePage } from "./page";
import type { Range } from "./range";
import { Past } from "./store/past";
import { sampleOf } from "./store/samples";

const POINTS = 360;
const GROW_EVERY_MS = 1_000;

export interface Remembered {
  /** In the order of the MACs asked; null while they are on their way. */
  readonly pasts: readonly Past[] | null;
  readonly error: string | null;
  readonly retry: () => void;
}

/** Returns the past of each of *macs* (or of `fleet`) over *range*; asks nothing before *isSeen*. */
export function useHistory(macs: readonly string[], metrics: readonly string[], range: Range, isSeen: boolean): Remembered {
  const { api } = usePage();
  const [found, setFound] = useState<{ asked: string; pasts: readonly Past[] | null; error: string | null }>({ asked: "", pasts: null, error: null });
  const [attempt, retry] = useState(0);
  const asked = [macs.join(), metrics.join(), range.key, attempt].join(" ");
  const span = useRef(range);
  span.current = range;
  useEffect(() => {
    if (!isSeen) return;
    const stop = new AbortController();
    const { fromS, toS } = span.current;
    Promise.all(macs.map((mac) => api.history({ mac, metrics, from: fromS, to: toS, points: POINTS }, stop.signal))).then(
      (histories) => setFound({ asked, pasts: histories.map((history) => new Past(history)), error: null }),
      (error: unknown) => !stop.signal.aborted && setFound({ asked, pasts: null, error: error instanceof Error ? error.message : String(error) }),
    );
    return () => stop.abort();
  }, [asked, isSeen]);
  const pasts = found.asked === asked ? found.pasts : null;
  useGrowth(macs, pasts, range, isSeen);
  return { pasts, error: found.asked === asked ? found.error : null, retry: () => retry(attempt + 1) };
}

/** Lets a live range grow with the newest readings, at most once a second. */
function useGrowth(macs: readonly string[], pasts: readonly Past[] | null, range: Range, isSeen: boolean): void {
  const { live, link } = usePage();
  const [, draw] = useState(0);
  const taken = useRef<number[]>([]);
  const span = useRef(range);
  span.current = range;
  useEffect(() => {
    if (!pasts || !range.isLive || !isSeen) return;
    taken.current = [];
    const grow = () => {
      let isNew = false;
      macs.forEach((mac, place) => {
        const sample = sampleOf(live, mac, link.nowMs());
        if (!sample || sample.atS === taken.current[place]) return;
        taken.current[place] = sample.atS;
        pasts[place]?.append(sample);
        pasts[place]?.trim(span.current.fromS);
        isNew = true;
      });
      if (isNew) draw((count) => count + 1);
    };
    const timer = setInterval(grow, GROW_EVERY_MS);
    return () => clearInterval(timer);
  }, [pasts, range.key, isSeen]);
}
