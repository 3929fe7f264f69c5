/** One field for everything: miners by any of their names, and the pages; arrows choose, Enter goes. */
import type { JSX, TargetedKeyboardEvent } from "preact";
import { useState } from "preact/hooks";
import { filter } from "../filter";
import { useLive, usePage } from "../page";
import { PAGES } from "../pages/index";
import { address, go } from "../router";
import { type Miner, nameOf, slug } from "../store/miner";
import { t } from "../t";
import { Dialog } from "../parts/Dialog";
import { StateMark } from "../parts/State";

const MOST_HITS = 12;

export function Search({ onClose }: { onClose: () => void }) {
  const { live } = usePage();
  const [words, setWords] = useState("");
  const [chosen, choose] = useState(0);
  useLive(() => live.fleet.isLoaded);
  const hits = hitsOf([...live.fleet.miners.values()], words);
  const open = (to: string) => {
    onClose();
    go(to);
  };
  const press = (event: TargetedKeyboardEvent<HTMLInputElement>) => {
    const typed = event.currentTarget.value;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) choose(Math.max(0, Math.min(hits.length - 1, chosen + step)));
    else if (event.key === "Enter") open((typed === words ? hits[chosen] : hitsOf([...live.fleet.miners.values()], typed)[0])?.to ?? "/miners"); // who types fast is ahead of what is drawn
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={t("search.title")} onClose={onClose}>
      <input
        class="input wide-input" type="search" list={undefined} autoFocus value={words} placeholder={t("search.placeholder")} aria-label={t("search.title")} role="combobox"
        aria-expanded={hits.length > 0} aria-controls="search-hits" aria-activedescendant={hits[chosen] ? `hit-${chosen}` : undefined}
        onInput={(event) => { setWords(event.currentTarget.value); choose(0); }} onKeyDown={press}
      />
      <ul id="search-hits" class="hits" role="listbox" aria-label={t("search.title")}>
        {hits.map((hit, place) => (
          <li key={hit.to} id={`hit-${place}`} role="option" aria-selected={place === chosen} onClick={() => open(hit.to)}>
            {hit.mark}<span class="hit-name">{hit.name}</span><span class="muted">{hit.more}</span>
          </li>
        ))}
      </ul>
      {hits.length === 0 && <p class="muted">{t("search.none")}</p>}
    </Dialog>
  );
}

interface Hit {
  readonly to: string;
  readonly mark: JSX.Element | null;
  readonly name: string;
  readonly more: string;
}

function hitsOf(known: readonly Miner[], words: string): readonly Hit[] {
  const miners = words.trim() === "" ? [] : known.filter(filter(words));
  const pages = PAGES.filter((row) => !row.path.includes("<") && t(row.title).toLowerCase().includes(words.toLowerCase()));
  return [
    ...pages.map((row) => ({ to: row.path, mark: null, name: t(row.title), more: t("search.page") })),
    ...miners.slice(0, MOST_HITS).map((miner) => ({ to: `/miners/${slug(miner.mac)}`, mark: <StateMark state={miner.state} />, name: nameOf(miner), more: [miner.model, miner.host].filter(Boolean).join(" \u00b7 ") })),
    ...(miners.length > MOST_HITS ? [{ to: address("/miners", { q: words }), mark: null, name: t("search.all", { n: miners.length }), more: "" }] : []),
  ];
}
