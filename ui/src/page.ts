/** What every page reaches by hooks: the fleet, the link, the time. A page draws again when what it selected is another. */
import { createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import type { Api } from "./api/client";
import type { Link } from "./link";
import type { Jobs } from "./store/jobs";
import type { Live } from "./store/live";
import type { Notices } from "./store/notices";
import type { Role } from "./store/role";
import { t } from "./t";

export interface Page {
  readonly live: Live;
  readonly link: Link;
  readonly api: Api;
  readonly jobs: Jobs;
  readonly notices: Notices;
  readonly role: Role;
}

export const PageContext = createContext<Page | null>(null);

export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === null) throw new Error("used outside of the page");
  return page;
}

/** Returns what *select* takes from the live data; draws again, five times a second at most, when that is another. */
export function useLive<Value>(select: (live: Live) => Value): Value {
  const { live } = usePage();
  const [, draw] = useState(0);
  const selected = select(live);
  const kept = useRef({ select, selected });
  kept.current = { select, selected };
  useEffect(
    () =>
      live.pulse.listen(() => {
        if (!Object.is(kept.current.select(live), kept.current.selected)) draw((count) => count + 1);
      }),
    [live],
  );
  return selected;
}

/** Returns why nothing can be changed now, in a sentence; undefined where it can. */
export function useWhyNot(): string | undefined {
  const { link, role } = usePage();
  const isLive = useLive(() => link.state === "live");
  const isViewer = useLive(() => role.isViewer);
  return isViewer ? t("access.viewer") : isLive ? undefined : t("link.nowrites");
}

/** Returns the server's time, anew every second: for ages. */
export function useNow(everyMs = 1_000): number {
  const { link } = usePage();
  const [nowMs, setNow] = useState(link.nowMs());
  useEffect(() => {
    const timer = setInterval(() => setNow(link.nowMs()), everyMs);
    return () => clearInterval(timer);
  }, [link, everyMs]);
  return nowMs;
}
