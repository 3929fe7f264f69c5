/** Reads out who needs attention or is well again: only changes, at most one sentence in five seconds. */
import { useEffect, useRef, useState } from "preact/hooks";
import { usePage } from "../page";
import { nameOf } from "../store/miner";
import { t } from "../t";

const EVERY_MS = 5_000;
/** Until there is something to compare with. */
const SOON_MS = 200;

export function Announcer() {
  const { live } = usePage();
  const [sentence, say] = useState("");
  const known = useRef<ReadonlyMap<string, string> | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const look = () => {
      // from one look to the next: a late one must not be followed by an early one
      timer = setTimeout(look, live.fleet.isLoaded ? EVERY_MS : SOON_MS);
      if (!live.fleet.isLoaded) return;
      const now = new Map(live.totals().attention.map((miner) => [miner.mac, `${nameOf(miner)}: ${t(`state.${miner.state}`)}`]));
      const before = known.current;
      known.current = now;
      if (before === null) return;
      const news = [...now].filter(([mac, text]) => before.get(mac) !== text).map(([, text]) => text);
      const well = [...before].filter(([mac]) => !now.has(mac)).length;
      if (news.length > 0) say(t("attention.news", { n: news.length, names: news.slice(0, 3).join(", ") }));
      else if (well > 0) say(t("attention.well", { n: well }));
    };
    timer = setTimeout(look, SOON_MS);
    return () => clearTimeout(timer);
  }, [live]);
  return <div class="unseen" aria-live="polite">{sentence}</div>;
}
