/** Events that fit a question: those of the past in pages, those that happen now as they come. */
import { useEffect, useState } from "preact/hooks";
import { sentence } from "./answer";
import { usePage } from "./page";
import { type Happening, happenings } from "./store/event";

export type EventFilter = Readonly<Record<"mac" | "kind" | "severity", string | null>>;

export const PAGE = 200;
const MOST = 5_000;

export interface Events {
  /** Newest first; null while they are on their way. */
  readonly list: readonly Happening[] | null;
  readonly error: string | null;
  readonly keptDays: number | null;
  readonly hasMore: boolean;
  readonly more: () => void;
  readonly again: () => void;
  /** Everything that fits, at most 5,000, for a file. */
  readonly all: () => Promise<readonly Happening[]>;
}

interface Kept {
  readonly list: readonly Happening[] | null;
  readonly error: string | null;
  readonly keptDays: number | null;
  readonly hasMore: boolean;
}

const NOTHING: Kept = { list: null, error: null, keptDays: null, hasMore: false };

export function useEvents(filter: EventFilter): Events {
  const { api, link } = usePage();
  const [kept, keep] = useState<Kept>(NOTHING);
  const [attempt, retry] = useState(0);
  const key = JSON.stringify(filter);
  const ask = async (limit: number, toS: number | null) => {
    const query = Object.fromEntries(Object.entries({ ...filter, to: toS === null ? null : String(toS), limit: String(limit) }).filter((pair): pair is [string, string] => pair[1] !== null && pair[1] !== ""));
    const { columns, rows, kept_days: days } = (await api.events(query)) as Awaited<ReturnType<typeof api.events>> & { readonly kept_days?: number | null };
    return { found: happenings(columns, rows), days: days ?? null };
  };
  useEffect(() => {
    let isWanted = true;
    keep(NOTHING);
    ask(PAGE, null).then(
      ({ found, days }) => isWanted && keep({ list: found, error: null, keptDays: days, hasMore: found.length === PAGE }),
      (error: unknown) => isWanted && keep({ ...NOTHING, error: sentence(error) }),
    );
    let columns: readonly string[] = [];
    const stop = link.follow("events", {
      snapshot: (message) => {
        columns = message.columns ?? [];
      },
      patch: (message) => {
        const news = happenings(columns, message.rows).filter((event) => fits(event, filter));
        if (news.length > 0) keep((before) => (before.list === null ? before : { ...before, list: merged(before.list, news) }));
        return true;
      },
    });
    return () => {
      isWanted = false;
      stop();
    };
  }, [api, link, key, attempt]);
  const more = () => {
    const oldest = kept.list?.at(-1);
    if (oldest) void ask(PAGE, oldest.atMs / 1000).then(({ found }) => keep((before) => ({ ...before, list: merged(before.list ?? [], found), hasMore: found.length === PAGE })), (error: unknown) => keep((before) => ({ ...before, error: sentence(error) })));
  };
  return { ...kept, more, again: () => retry(attempt + 1), all: async () => (await ask(MOST, null)).found };
}

const fits = (event: Happening, { mac, kind, severity }: EventFilter): boolean => (!mac || event.mac === mac) && (!kind || event.kind === kind) && (!severity || event.severity === severity);

function merged(known: readonly Happening[], news: readonly Happening[]): readonly Happening[] {
  const ids = new Set(known.map((event) => event.id));
  return [...known, ...news.filter((event) => !ids.has(event.id))].sort((a, b) => b.id - a.id);
}
