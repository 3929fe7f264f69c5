/** Around every tab of a miner: who it is, how it is, what can be done to it, its neighbours. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import * as format from "../format";
import { isTyping } from "../keys";
import { useLive, useNow, usePage, useWhyNot } from "../page";
import { Empty, Skeleton } from "../parts/Empty";
import { OutSign } from "../parts/Signs";
import { State } from "../parts/State";
import { go, usePlace } from "../router";
import { isCurrent, macOf, type Miner, nameOf, slug } from "../store/miner";
import { t } from "../t";
import { MinerActions } from "./MinerActions";
import { MinerStanding } from "./MinerStanding";

const TABS = [["", "tab.overview"], ["/settings", "tab.settings"], ["/logs", "tab.logs"], ["/raw", "tab.raw"]] as const;

export function MinerFrame({ slug: text, children }: { slug: string; children: (miner: Miner) => ComponentChildren }) {
  const mac = macOf(text);
  const isLoaded = useLive((live) => live.fleet.isLoaded);
  const miner = useLive((live) => (mac ? live.fleet.miners.get(mac) : undefined));
  const isLeaving = useLive((live) => mac !== null && live.fleet.isLeaving(mac));
  const known = useRef<Miner | undefined>(undefined);
  if (miner) known.current = miner;
  useKeys(mac);
  if (!isLoaded) return <div class="page"><Skeleton lines={8} /></div>;
  if (!miner || isLeaving) return <Gone mac={mac} miner={known.current} />;
  return (
    <div class="page">
      <Head miner={miner} />
      <MinerStanding miner={miner} />
      <div class={isCurrent(miner) ? "page-stack" : "page-stack is-silent-page"}>{children(miner)}</div>
    </div>
  );
}

function Head({ miner }: { miner: Miner }) {
  const { path } = usePlace();
  const { live } = usePage();
  const twins = useLive(() => [...live.fleet.miners.values()].filter((other) => nameOf(other) === nameOf(miner)).length);
  const own = `/miners/${slug(miner.mac)}`;
  return (
    <header class="miner-head">
      <div class="page-head">
        <a href="/miners" class="back">{t("miner.back")}</a>
        <h1 class="clip" title={nameOf(miner)}>{nameOf(miner)}{twins > 1 && <span class="muted"> {miner.mac.slice(-5)}</span>}</h1>
        <State state={miner.state} title={miner.reason} />
        <div class="page-head-end"><MinerActions miner={miner} /></div>
      </div>
      <p class="miner-who muted">
        <span>{[miner.model, miner.asic].filter(Boolean).join(" ")}</span>
        {miner.host && <a class="mono" href={`http://${miner.host}/`} target="_blank" rel="noreferrer">{miner.host} <OutSign /><span class="unseen">{t("miner.own")}</span></a>}
        <span class="mono">{miner.mac}</span><span>{miner.firmware}</span><Age miner={miner} />
      </p>
      <nav class="tabs" aria-label={t("miner.tabs")}>{TABS.map(([end, label]) => <a key={end} href={own + end} aria-current={path === own + end ? "page" : undefined}>{t(label)}</a>)}</nav>
    </header>
  );
}

function Age({ miner }: { miner: Miner }) {
  const nowMs = useNow();
  if (miner.readAtMs === null) return <span>{t(miner.state === "unwatched" ? "miner.unwatched" : "miner.noreading")}</span>;
  return <span class={isCurrent(miner) ? "" : "tone-warn"} title={format.moment(miner.readAtMs)}>{t("miner.age", { ago: format.age(miner.readAtMs, nowMs) })}</span>;
}

/** Nobody has this MAC, or not any more. */
function Gone({ mac, miner }: { mac: string | null; miner: Miner | undefined }) {
  const { api, notices } = usePage();
  const why = useWhyNot();
  if (mac === null || !miner) return <div class="page"><h1>{t("miner.unknown")}</h1><Empty text={t("miner.unknown.text", { mac: mac ?? "" })}><a class="button" href="/miners">{t("page.miners")}</a></Empty></div>;
  const again = () => api.add([mac]).then(({ results }) => results[0]?.["reason"] && notices.say(results[0]["reason"], { isBad: true }), (error: unknown) => notices.say(String(error), { isBad: true }));
  return <div class="page"><h1>{nameOf(miner)}</h1><Empty text={t("miner.removed")}><button type="button" class="button primary" disabled={why !== undefined} title={why} onClick={() => void again()}>{t("miner.again")}</button> <a href="/miners">{t("page.miners")}</a></Empty></div>;
}

/** `[` and `]` go to the previous and the next miner in the order that was last listed, `o` opens the miner's own page. */
function useKeys(mac: string | null): void {
  const { live } = usePage();
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || mac === null || isTyping(event.target)) return;
      const host = live.fleet.miners.get(mac)?.host;
      if (event.key === "o" && host) return void open(`http://${host}/`, "_blank", "noreferrer");
      const step = { "[": -1, "]": 1 }[event.key];
      if (step === undefined) return;
      const order = live.listed.length > 0 ? live.listed : [...live.fleet.miners.keys()];
      const next = order[order.indexOf(mac) + step];
      if (next) go(location.pathname.replace(slug(mac), slug(next)) + location.search);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [mac, live]);
}
