/** The live log of one to eight miners: lines, search, levels, follow, download. */
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { isTyping } from "../keys";
import { useLive, usePage } from "../page";
import { Empty } from "../parts/Empty";
import { prefs } from "../prefs";
import { EVERYTHING, isHit, pattern, placeOf, shown } from "../store/logFilter";
import { nameOf } from "../store/miner";
import { t } from "../t";
import { save } from "./download";
import { Lines, type Sign } from "./Lines";
import { LogBar } from "./LogBar";
import { useLogs } from "./useLogs";
import "../style/logs.css";

const LETTERS = "ABCDEFGH";
const COMPONENTS = 40;

export function LogView({ macs }: { readonly macs: readonly string[] }) {
  const [attempt, retry] = useState(0);
  const store = useLogs(macs, attempt);
  const signs = useSigns(macs);
  const [question, ask] = useState(EVERYTHING);
  const [isWrapped, wrap] = useState(false);
  const [isFollowing, setFollowing] = useState(true);
  const [current, setCurrent] = useState<number | null>(null);
  const pausedAt = useRef(0);
  const reveal = useRef<(id: number) => void>(() => undefined);
  const wanted = pattern(question);
  const regex = wanted === "bad" ? null : wanted;
  const lines = useMemo(() => shown(store.lines, question, regex), [store.lines, question]);
  const hits = useMemo(() => (regex === null ? [] : lines.filter((line) => isHit(line, regex))), [lines, question]);
  const follow = useCallback((isOn: boolean) => {
    pausedAt.current = store.lines.at(-1)?.id ?? 0;
    setFollowing(isOn);
  }, [store]);
  const step = (by: 1 | -1) => {
    if (hits.length === 0) return;
    const at = placeOf(hits, current ?? (by > 0 ? 0 : Number.MAX_SAFE_INTEGER));
    const isOn = hits[at]?.id === current;
    const next = hits[(at + (by > 0 ? (isOn ? 1 : 0) : -1) + hits.length) % hits.length]!;
    setCurrent(next.id);
    reveal.current(next.id);
  };
  useKeys(step, () => follow(true));
  const place = current === null ? 0 : placeOf(hits, current) + (hits[placeOf(hits, current)]?.id === current ? 1 : 0);
  const fresh = isFollowing ? 0 : lines.length - placeOf(lines, pausedAt.current + 1);
  const components = [...store.components].sort((a, b) => b[1] - a[1]).slice(0, COMPONENTS).map(([name]) => name).sort();
  return (
    <div class="log-view">
      <LogBar
        question={question} ask={ask} isBad={wanted === "bad"} hits={{ place, count: hits.length }} step={step} components={components} isWrapped={isWrapped} wrap={wrap}
        isFollowing={isFollowing} follow={follow} onDownload={() => save(store.lines, signs)} onClear={() => { store.clear(); ask({ ...question }); }}
      />
      <div class="log-frame">
        {store.lines.length === 0 ? <Waiting macs={macs} /> : lines.length === 0 ? <Empty text={t("logs.nomatch", { all: store.lines.length })}><button type="button" class="button" onClick={() => ask(EVERYTHING)}>{t("miners.clear")}</button></Empty> : (
          <Lines lines={lines} signs={signs} wanted={regex} current={current} isFollowing={isFollowing} follow={follow} onReveal={(call) => { reveal.current = call; }} isWrapped={isWrapped} />
        )}
        {fresh > 0 && !isWrapped && <button type="button" class="button primary log-fresh" onClick={() => follow(true)}>{t("logs.fresh", { n: fresh })}</button>}
      </div>
      <p class="muted log-foot">{t("logs.kept", { n: store.lines.length })} {store.isLost(macs) && <button type="button" class="button small" onClick={() => retry(attempt + 1)}>{t("failure.retry")}</button>}</p>
    </div>
  );
}

/** Nothing yet: that the server listens, or why nothing can come. */
function Waiting({ macs }: { macs: readonly string[] }) {
  const silent = useLive((live) => macs.filter((mac) => live.fleet.miners.get(mac)?.state === "unwatched").length);
  return <Empty text={silent === macs.length ? t("logs.unwatched") : t("logs.waiting")} />;
}

function useSigns(macs: readonly string[]): ReadonlyMap<string, Sign> {
  const { live } = usePage();
  const names = useLive(() => macs.map((mac) => nameOf(live.fleet.miners.get(mac) ?? { mac, name: null, host: null })).join("\n"));
  return useMemo(() => new Map(macs.map((mac, place) => [mac, { letter: LETTERS[place] ?? "?", series: (place % 6) + 1, name: names.split("\n")[place] ?? mac }])), [macs.join(), names]);
}

function useKeys(step: (by: 1 | -1) => void, toEnd: () => void): void {
  const acts = useRef({ step, toEnd });
  acts.current = { step, toEnd };
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      const hasLetters = prefs().hasLetters;
      if (event.key === "n" && hasLetters) acts.current.step(1);
      else if (event.key === "N" && hasLetters) acts.current.step(-1);
      else if (event.key === "End") acts.current.toEnd();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
