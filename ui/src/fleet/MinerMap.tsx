/** All miners as squares on a canvas, grouped and coloured by choice; arrow keys walk it, the square under them is read out. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { columnNamed } from "../columns";
import * as format from "../format";
import { useLive, usePage } from "../page";
import { go, setQuery, usePlace } from "../router";
import { type Miner, nameOf, slug } from "../store/miner";
import { isKey, t } from "../t";
import { onTheme } from "../theme";
import { drawMap } from "./drawMap";
import { COLORED_BY, type ColoredBy, GROUPED_BY, type GroupedBy, layoutOf, walked } from "./mapColors";
import { MapLegend } from "./MapLegend";

const chosen = <Word extends string>(words: readonly Word[], word: string | null): Word => words.find((known) => known === word) ?? words[0]!;

export function MinerMap({ macs }: { macs: readonly string[] }) {
  const { live } = usePage();
  const { query } = usePlace();
  const by = chosen(COLORED_BY, query.get("color"));
  const grouped = chosen(GROUPED_BY, query.get("group"));
  const version = useLive(({ fleet }) => fleet.version);
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(box);
  const [place, walk] = useState<number | null>(null);
  const [turn, setTurn] = useState(0);
  const groups = groupsOf(macs.flatMap((mac) => live.fleet.miners.get(mac) ?? []), grouped);
  const shape = [...groups].map(([name, group]) => `${name} ${group.join()}`).join();
  const layout = useMemo(() => layoutOf(groups, width), [shape, width]);
  useEffect(() => onTheme(() => setTurn((count) => count + 1)), []);
  useLayoutEffect(() => {
    if (canvas.current && width > 0) drawMap(canvas.current, layout, (mac) => live.fleet.miners.get(mac), by, width, place);
  }, [layout, by, version, place, turn]);
  const here = place === null ? undefined : live.fleet.miners.get(layout.places[place]?.mac ?? "");
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter" && here) return go(`/miners/${slug(here.mac)}`);
    const to = walked(layout, place ?? -1, event.key);
    if (to === null) return;
    event.preventDefault();
    walk(to);
  };
  const at = (event: MouseEvent): number | null => {
    const { left, top } = canvas.current!.getBoundingClientRect();
    const found = layout.places.findIndex(({ x, y }) => event.clientX - left >= x && event.clientX - left < x + layout.cell && event.clientY - top >= y && event.clientY - top < y + layout.cell);
    return found < 0 ? null : found;
  };
  return (
    <div class="map">
      <div class="map-choices">
        <Choose label={t("map.color")} words={COLORED_BY} value={by} name={colorWord} onChoose={(color) => setQuery({ color })} />
        <Choose label={t("map.group")} words={GROUPED_BY} value={grouped} name={groupWord} onChoose={(group) => setQuery({ group })} />
        <MapLegend by={by} />
        <span class="map-here" aria-hidden="true">{here ? said(here, by) : ""}</span>
      </div>
      <div
        ref={box} class="map-box" role="listbox" tabIndex={0} aria-label={t("map.label", { n: macs.length })} aria-activedescendant={here ? "map-here" : undefined} onKeyDown={press}
        onPointerMove={(event) => walk(at(event))} onClick={(event) => { const found = layout.places[at(event) ?? -1]; if (found) go(`/miners/${slug(found.mac)}`); }}
      >
        <canvas ref={canvas} aria-hidden="true" />
        <div class="unseen" role="option" id="map-here" aria-selected={here !== undefined}>{here ? said(here, by) : t("map.label", { n: macs.length })}</div>
      </div>
    </div>
  );
}

function said(miner: Miner, by: ColoredBy): string {
  const column = columnNamed(by);
  const value = by === "state" || !column ? "" : `, ${t(column.label)} ${column.show(miner, 0)}`;
  return `${nameOf(miner)}, ${t(`state.${miner.state}`)}${value}, ${format.text(miner.model)}`;
}

const colorWord = (by: ColoredBy): string => t(columnNamed(by)?.label ?? "column.state");
const groupWord = (by: GroupedBy): string => (by === "none" ? t("map.nogroup") : t(columnNamed(by)?.label ?? "column.state"));

function groupsOf(miners: readonly Miner[], by: GroupedBy): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const miner of miners) {
    const name = by === "none" ? "" : by === "state" ? stateWord(miner) : format.text(miner[by]);
    const group = groups.get(name);
    if (group) group.push(miner.mac);
    else groups.set(name, [miner.mac]);
  }
  return groups;
}

function stateWord(miner: Miner): string {
  const key = `state.${miner.state}`;
  return isKey(key) ? t(key) : miner.state;
}

function Choose<Word extends string>({ label, words, value, name, onChoose }: { label: string; words: readonly Word[]; value: Word; name: (word: Word) => string; onChoose: (word: Word) => void }) {
  return (
    <label class="map-choice"><span class="muted">{label}</span>
      <select class="select" value={value} onChange={(event) => onChoose(event.currentTarget.value as Word)}>{words.map((word) => <option key={word} value={word}>{name(word)}</option>)}</select>
    </label>
  );
}

function useWidth(box: { readonly current: HTMLElement | null }): number {
  const [width, set] = useState(0);
  useLayoutEffect(() => {
    const watcher = new ResizeObserver(() => set(box.current?.clientWidth ?? 0));
    if (box.current) watcher.observe(box.current);
    set(box.current?.clientWidth ?? 0);
    return () => watcher.disconnect();
  }, []);
  return width;
}
