/** The lines themselves: only those in sight are in the document; wrapped, the last few hundred are. */
import { useRef } from "preact/hooks";
import { locale, t } from "../t";
import type { LogLine } from "../store/logs";
import { Line } from "./Line";
import { useScroll } from "./useScroll";

export interface Sign {
  readonly letter: string;
  readonly series: number;
  readonly name: string;
}

interface LinesProps {
  readonly lines: readonly LogLine[];
  readonly signs: ReadonlyMap<string, Sign>;
  readonly wanted: RegExp | null;
  readonly current: number | null;
  readonly isFollowing: boolean;
  readonly follow: (isFollowing: boolean) => void;
  readonly onReveal: (reveal: (id: number) => void) => void;
  readonly isWrapped: boolean;
}

const ROW = 20;
const WRAPPED = 300;

export function Lines({ lines, signs, wanted, current, isFollowing, follow, onReveal, isWrapped }: LinesProps) {
  const box = useRef<HTMLDivElement>(null);
  const held = isWrapped ? lines.slice(-WRAPPED) : lines;
  const { first, count, reveal } = useScroll(box, held, ROW, isFollowing && !isWrapped, isWrapped ? ignore : follow);
  onReveal(reveal);
  const clock = new Intl.DateTimeFormat(locale(), { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  const drawn = isWrapped ? [...held].reverse() : held.slice(first, first + count);
  const row = (line: LogLine) => <Line key={line.id} line={line} time={clock.format(line.atMs)} sign={signs.size > 1 ? (signs.get(line.mac) ?? null) : null} wanted={wanted} isCurrent={line.id === current} />;
  return (
    <div ref={box} class={isWrapped ? "log-box is-wrapped" : "log-box"} tabIndex={0} role="log" aria-live="off" aria-label={t("logs.lines")}>
      {isWrapped ? drawn.map(row) : <div class="log-space" style={{ height: `${held.length * ROW}px` }}><div class="log-window" style={{ transform: `translateY(${first * ROW}px)` }}>{drawn.map(row)}</div></div>}
    </div>
  );
}

const ignore = (): void => undefined;
