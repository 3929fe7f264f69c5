/** What happened to a miner as marks on its charts: asked once for each range, then as it comes. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { type Range, spanAt } from "../chart/range";
import type { Mark, MarkKind } from "../chart/spec";
import { eventDetail, eventWord } from "../eventWords";
import type { Message } from "../link";
import { usePage } from "../page";
import { type Happening, happenings } from "../store/event";

const KINDS: Readonly<Record<string, MarkKind>> = { settings_sent: "settings", restarted: "restart", firmware_changed: "firmware", pool_changed: "pool", offline: "outage", back: "outage" };
const NAMES = Object.keys(KINDS);
const MOST = "500";

/** Returns the marks of *mac* in *range*. */
export function useMarks(mac: string, range: Range): readonly Mark[] {
  const { api, link } = usePage();
  const [events, set] = useState<readonly Happening[]>([]);
  const asked = [mac, range.name, range.fixed?.fromS, range.fixed?.toS].join(" ");
  useEffect(() => {
    let isGone = false;
    const { fromS, toS } = spanAt(range, link.nowMs() / 1000);
    const add = (news: readonly Happening[]) => !isGone && news.length > 0 && set((known) => merged(known, news));
    set([]);
    api.events({ mac, kind: NAMES.join(), from: String(Math.floor(fromS)), to: String(Math.ceil(toS)), limit: MOST }).then(({ columns, rows }) => add(happenings(columns, rows)), () => undefined);
    let columns: readonly string[] = [];
    const take = (message: Message) => add(happenings(columns, message.rows).filter((event) => event.mac === mac && event.kind in KINDS));
    const stop = range.fixed !== null ? undefined : link.follow("events", {
      snapshot: (message) => {
        columns = message.columns ?? columns;
        add(happenings(columns, message.rows).filter((event) => event.mac === mac && event.kind in KINDS && event.atMs >= fromS * 1000));
      },
      patch: (message) => (take(message), true),
    });
    return () => {
      isGone = true;
      stop?.();
    };
  }, [asked]);
  return useMemo(() => marksOf(events, range.fixed?.toS ?? null), [events]);
}

function merged(known: readonly Happening[], news: readonly Happening[]): readonly Happening[] {
  const ids = new Set(known.map((event) => event.id));
  const added = news.filter((event) => !ids.has(event.id));
  return added.length === 0 ? known : [...known, ...added].sort((a, b) => a.atMs - b.atMs);
}

/** An outage that goes on. */
const OPEN = Number.MAX_SAFE_INTEGER;

/** Returns what *events* (the oldest first) mean on a chart; an outage that has not ended goes on until *endS*, or for ever. */
export function marksOf(events: readonly Happening[], endS: number | null): readonly Mark[] {
  return events.flatMap((event, place): Mark[] => {
    const kind = KINDS[event.kind];
    if (kind === undefined) return [];
    const atS = event.atMs / 1000;
    const mark = { kind, atS, text: [eventWord(event.kind), eventDetail(event)].filter(Boolean).join(" ") };
    if (event.kind === "back") return [{ ...mark, atS: atS - Number(event.facts["after_s"] ?? 0), untilS: atS }];
    if (event.kind !== "offline") return [mark];
    if (events.slice(place).some((later) => later.kind === "back")) return []; // its end tells of all of it
    return [{ ...mark, atS: Number(event.facts["since"] ?? atS), untilS: endS ?? OPEN }];
  });
}
