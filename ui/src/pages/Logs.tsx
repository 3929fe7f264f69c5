/** Live logs: choose one to eight miners, they stand in the address. */
import { useState } from "preact/hooks";
import { useLive } from "../page";
import { LogView } from "../logs/LogView";
import { Empty, Skeleton } from "../parts/Empty";
import { StateMark } from "../parts/State";
import { go, usePlace } from "../router";
import { macOf, nameOf, slug } from "../store/miner";
import { t } from "../t";

const MOST = 8;
const LISTED = 200;

export default function Logs() {
  const { query } = usePlace();
  const isLoaded = useLive((live) => live.fleet.isLoaded);
  const all = useLive((live) => live.fleet.miners.size);
  const macs = query.getAll("mac").map(macOf).filter((mac) => mac !== null).slice(0, MOST);
  if (!isLoaded) return <div class="page"><Skeleton lines={10} /></div>;
  return (
    <div class="page page-wide page-fill">
      <div class="page-head"><h1>{t("page.logs")}</h1><Chosen macs={macs} /></div>
      {all === 0 ? <Empty text={t("fleet.empty")}><a class="button primary" href="/add">{t("fleet.find")}</a></Empty> : macs.length === 0 ? <Choose macs={macs} /> : <LogView key="logs" macs={macs} />}
    </div>
  );
}

const place = (macs: readonly string[]): string => (macs.length === 0 ? "/logs" : `/logs?${new URLSearchParams(macs.map((mac) => ["mac", slug(mac)]))}`);
const show = (macs: readonly string[]): void => go(place(macs), { replace: true });

function Chosen({ macs }: { macs: readonly string[] }) {
  const miners = useLive((live) => live.fleet.miners);
  useLive((live) => macs.map((mac) => `${live.fleet.miners.get(mac)?.state} ${live.fleet.miners.get(mac)?.name}`).join());
  if (macs.length === 0) return null;
  return (
    <>
      <ul class="log-chosen">
        {macs.map((mac, at) => {
          const miner = miners.get(mac);
          const name = nameOf(miner ?? { mac, name: null, host: null });
          return (
            <li key={mac} class="log-miner">
              {macs.length > 1 && <span class={`log-sign series-${(at % 6) + 1}`}>{"ABCDEFGH"[at]}</span>}
              {miner && <StateMark state={miner.state} />}<a class="clip" href={`/miners/${slug(mac)}`}>{name}</a>
              <button type="button" class="button quiet small" aria-label={t("logs.leave", { name })} onClick={() => show(macs.filter((other) => other !== mac))}>{"\u00d7"}</button>
            </li>
          );
        })}
      </ul>
      {macs.length < MOST && <More macs={macs} />}
    </>
  );
}

function More({ macs }: { macs: readonly string[] }) {
  const miners = useLive((live) => live.fleet.miners);
  const rest = [...miners.values()].filter((miner) => !macs.includes(miner.mac)).slice(0, LISTED);
  if (rest.length === 0) return null;
  return (
    <select class="select" aria-label={t("logs.more")} value="" onChange={(event) => event.currentTarget.value && show([...macs, event.currentTarget.value])}>
      <option value="">{t("logs.more")}</option>
      {rest.map((miner) => <option key={miner.mac} value={miner.mac}>{nameOf(miner)}</option>)}
    </select>
  );
}

function Choose({ macs }: { macs: readonly string[] }) {
  const miners = useLive((live) => live.fleet.miners);
  const [text, type] = useState("");
  const word = text.trim().toLowerCase();
  const found = [...miners.values()].filter((miner) => [miner.name, miner.host, miner.mac, miner.model].some((name) => name?.toLowerCase().includes(word))).slice(0, LISTED);
  return (
    <section class="card log-choose" aria-labelledby="log-choose">
      <h2 id="log-choose">{t("logs.choose")}</h2>
      <input class="input wide-input" aria-label={t("search.placeholder")} placeholder={t("search.placeholder")} value={text} onInput={(event) => type(event.currentTarget.value)} />
      {found.length === 0 ? <Empty text={t("search.none")} /> : (
        <ul class="log-pick">{found.map((miner) => <li key={miner.mac}><button type="button" class="menu-button" onClick={() => show([...macs, miner.mac])}><StateMark state={miner.state} /> <span class="clip">{nameOf(miner)}</span> <span class="muted mono">{miner.host}</span></button></li>)}</ul>
      )}
    </section>
  );
}
