/** A block found is told on every page until somebody dismisses it. */
import { useEffect, useState } from "preact/hooks";
import * as format from "../format";
import { useLive, usePage } from "../page";
import { type Happening, happenings } from "../store/event";
import { nameOf, slug } from "../store/miner";
import { t } from "../t";

const KIND = "block_found";
const MOST = 5;
/** The number of the newest event that was dismissed. */
const DISMISSED = "pluto.block";

export function BlockBanner() {
  const { live } = usePage();
  const [found, dismiss] = useBlocks();
  useLive(({ fleet }) => fleet.isLoaded);
  if (found.length === 0) return null;
  return (
    <div class="banner tone-ok" role="status">
      <span>
        {t("block.found")}{" "}
        {found.slice(0, MOST).map(({ id, mac, atMs }, place) => {
          const miner = live.fleet.miners.get(mac);
          return <span key={id}>{place > 0 && ", "}<a href={`/miners/${slug(mac)}`}>{miner ? live.fleet.label(miner) : nameOf({ mac, name: null, host: null })}</a> {format.moment(atMs)}</span>;
        })}
      </span>
      <span class="banner-end"><button type="button" class="button" onClick={dismiss}>{t("block.dismiss")}</button></span>
    </div>
  );
}

/** Returns the blocks found since the last dismissal, the newest first, and how to dismiss them. */
function useBlocks(): [readonly Happening[], () => void] {
  const { api, link } = usePage();
  const [events, set] = useState<readonly Happening[]>([]);
  const [last, remember] = useState(() => Number(stored() ?? 0));
  useEffect(() => {
    const add = (news: readonly Happening[]) => {
      const blocks = news.filter((event) => event.kind === KIND);
      if (blocks.length > 0) set((known) => [...new Map([...known, ...blocks].map((event) => [event.id, event])).values()].sort((a, b) => b.id - a.id));
    };
    api.events({ kind: KIND, limit: String(MOST) }).then(({ columns, rows }) => add(happenings(columns, rows)), () => undefined);
    let columns: readonly string[] = [];
    return link.follow("events", {
      snapshot: (message) => {
        columns = message.columns ?? columns;
        add(happenings(columns, message.rows));
      },
      patch: (message) => (add(happenings(columns, message.rows)), true),
    });
  }, [api, link]);
  const found = events.filter(({ id }) => id > last);
  const dismiss = () => {
    const newest = found[0]?.id ?? last;
    remember(newest);
    try {
      localStorage.setItem(DISMISSED, String(newest));
    } catch {
      // storage is switched off: dismissed until the page is closed
    }
  };
  return [found, dismiss];
}

function stored(): string | null {
  try {
    return localStorage.getItem(DISMISSED);
  } catch {
    return null;
  }
}
