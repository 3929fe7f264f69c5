/** What happened, as events of the server and as marks on charts: asked once for each range, then as it comes. */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Table } from "../api/client";
import { type Range, spanAt } from "../chart/range";
import type { Mark, MarkKind } from "../chart/spec";
import type { Message } from "../link";
import { usePage } from "../page";
import { eventText } from "./eventText";

export interface Happening {
  readonly id: number;
  readonly atS: number;
  readonly mac: string;
  readonly kind: string;
  readonly severity: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

const KINDS: Readonly<Record<string, MarkKind>> = { settings_sent: "settings", restarted: "restart", firmware_changed: "firmware", pool_changed: "pool", offline: "outage", back: "outage" };
const MOST = 200;

/** Returns what happened to *mac* (null: to anyone), the newest first; *kinds* empty means all. */
export function useHappenings(mac: string | null, kinds: readonly string[], fromS: number | null, toS: number | null, limit = MOST): readonly Happening[] | null {
  const { api, link } = usePage();
  const [found, find] = useState<readonly Happening[] | null>(null);
  const asked = [mac, kinds.join(), fromS, toS, limit].join(" ");
  useEffect(() => {
    let isGone = false;
    const query = { limit: String(limit), ...(mac && { mac }), ...(kinds.length && { kind: kinds.join() }), ...(fromS !== null && { from: String(fromS) }), ...(toS !== null && { to: String(toS) }) };
    api.events(query).then((table) => !isGone && find(rowsOf(table)), () => !isGone && find([]));
    const isMeant = (event: Happening) => (mac === null || event.mac === mac) && (kinds.length === 0 || kinds.includes(event.kind));
    const take = (message: Message) => {
      const fresh = message.rows.map(happening).filter(isMeant);
      if (fresh.length > 0) find((known) => known && merged(fresh, known, limit));
      return true;
    };
    const stop = toS === null ? link.follow("events", { snapshot: (message) => void take(message), patch: take }) : undefined;
    return () => {
      isGone = true;
      stop?.();
    };
  }, [asked]);
  return found;
}

function merged(fresh: readonly Happening[], known: readonly Happening[], limit: number): readonly Happening[] {
  const ids = new Set(known.map((event) => event.id));
  const added = fresh.filter((event) => !ids.has(event.id));
  return added.length === 0 ? known : [...added, ...known].sort((a, b) => b.id - a.id).slice(0, limit);
}

const rowsOf = (table: Table): Happening[] => table.rows.map(happening);

function happening(row: readonly unknown[]): Happening {
  const [id, atS, mac, kind, severity, facts] = row as [number, number, string, string, string, Record<string, unknown>];
  return { id, atS, mac, kind, severity, facts: facts ?? {} };
}

/** Returns the marks of *mac* in *range*. */
export function useMarks(mac: string, range: Range): readonly Mark[] {
  const { link } = usePage();
  const asked = [mac, range.name, range.fixed?.fromS, range.fixed?.toS].join(" ");
  const { fromS } = useMemo(() => spanAt(range, link.nowMs() / 1000), [asked]);
  const events = useHappenings(mac, Object.keys(KINDS), Math.floor(fromS), range.fixed?.toS ?? null);
  return useMemo(() => marksOf(events ?? [], range.fixed?.toS ?? link.nowMs() / 1000), [events]);
}

/** Returns what *events* (the newest first) mean on a chart; an outage that has not ended goes on to *nowS*. */
export function marksOf(events: readonly Happening[], nowS: number): readonly Mark[] {
  const marks: Mark[] = [];
  const oldestFirst = [...events].reverse();
  oldestFirst.forEach((event, place) => {
    const kind = KINDS[event.kind];
    if (kind === undefined) return;
    const text = eventText(event);
    if (event.kind === "back") marks.push({ kind, atS: event.atS - Number(event.facts["after_s"] ?? 0), untilS: event.atS, text });
    else if (event.kind !== "offline") marks.push({ kind, atS: event.atS, text });
    else if (!oldestFirst.slice(place).some((later) => later.kind === "back")) marks.push({ kind, atS: Number(event.facts["since"] ?? event.atS), untilS: nowS, text });
  });
  return marks;
}
