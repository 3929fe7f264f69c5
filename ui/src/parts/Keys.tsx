/** Joins the keys of every page to what they do: the search, the list of keys, the pages. */
import { useEffect, useState } from "preact/hooks";
import { type Act, listenForKeys } from "../keys";
import { PAGES } from "../pages/index";
import { go } from "../router";
import { type Key, t } from "../t";
import { Dialog } from "./Dialog";
import { Search } from "../fleet/Search";

const OPEN_SEARCH = "pluto:search";

export const openSearch = (): void => void dispatchEvent(new Event(OPEN_SEARCH));

export function Keys() {
  const [shown, show] = useState<Act | null>(null);
  useEffect(() => {
    const search = () => show("search");
    addEventListener(OPEN_SEARCH, search);
    const pages = Object.fromEntries(PAGES.flatMap((row) => (row.key ? [[row.key, row.path]] : [])));
    const stop = listenForKeys({ pages, go, act: (act) => (act === "add" ? go("/add") : show(act)), hasLetters: () => localStorage.getItem("pluto.letters") !== "off" });
    return () => {
      removeEventListener(OPEN_SEARCH, search);
      stop();
    };
  }, []);
  const close = () => show(null);
  if (shown === "search") return <Search onClose={close} />;
  return shown === "help" ? <Help onClose={close} /> : null;
}

const KEYS: readonly (readonly [string, Key])[] = [
  ["/ , Ctrl K", "keys.search"], ["g f, g m", "keys.go"], ["j k \u2191 \u2193", "keys.move"], ["Home End PgUp PgDn", "keys.far"], ["Space", "keys.select"], ["Shift Space", "keys.range"],
  ["Ctrl A", "keys.all"], ["Esc", "keys.none"], ["Enter", "keys.open"], ["o", "keys.own"], ["r", "keys.restart"], ["a", "keys.add"], ["[ ]", "keys.neighbour"], ["1-7", "keys.time"], ["?", "keys.help"],
];

function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t("keys.title")} onClose={onClose}>
      <dl class="facts">{KEYS.map(([keys, meaning]) => <div key={keys}><dt><kbd>{keys}</kbd></dt><dd>{t(meaning)}</dd></div>)}</dl>
    </Dialog>
  );
}
