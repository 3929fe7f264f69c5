/** The keys of a table (ui.md 3.5): where the active row goes, what Space, Enter, Ctrl A and Esc do to it. */
import { useLayoutEffect, useState } from "preact/hooks";

export interface GridKeys {
  readonly keys: readonly string[];
  readonly onToggle: (key: string, isRange: boolean) => void;
  readonly onToggleAll: () => void;
  readonly onNone: () => void;
  readonly onOpen: (key: string) => void;
  /** Further keys: a letter, and what it does to the active row (null: none is active). */
  readonly onLetter?: (letter: string, key: string | null) => boolean;
  /** The row that was active when the table was last seen: it is so again, with the focus. */
  readonly remembered?: string | null;
  readonly onActive?: (key: string) => void;
}

type Box = { readonly current: HTMLElement | null };

/** Returns how far each key moves, *page* rows being a screenful; undefined for keys that do not move. */
function moved(key: string, place: number, last: number, page: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: place + 1, j: place + 1, ArrowUp: place - 1, k: place - 1,
    PageDown: place + page, PageUp: place - page, Home: 0, End: last,
  };
  const to = steps[key];
  return to === undefined ? undefined : Math.max(0, Math.min(last, to));
}

export function useGridKeys(box: Box, grid: GridKeys, rowHeight: number) {
  const [active, activate] = useState<string | null>(grid.remembered ?? null);
  const setActive = (key: string) => {
    activate(key);
    grid.onActive?.(key);
  };
  useLayoutEffect(() => {
    if (!grid.remembered || !box.current || !grid.keys.includes(grid.remembered)) return;
    reveal(box.current, grid.keys.indexOf(grid.remembered), rowHeight);
    box.current.focus({ preventScroll: true });
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== box.current && !(event.target instanceof HTMLInputElement && event.target.type === "checkbox")) return;
    const place = active === null ? -1 : grid.keys.indexOf(active);
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 0) / rowHeight) - 2);
    const isAll = event.key === "a" && (event.ctrlKey || event.metaKey);
    if (!isAll && (event.ctrlKey || event.metaKey || event.altKey)) return;
    const to = moved(event.key, place, grid.keys.length - 1, page);
    const key = grid.keys[to ?? place];
    const acts: Readonly<Record<string, () => void>> = {
      " ": () => key !== undefined && grid.onToggle(key, event.shiftKey),
      Enter: () => key !== undefined && grid.onOpen(key),
      Escape: grid.onNone,
    };
    const act = isAll ? grid.onToggleAll : to !== undefined ? () => go(key) : acts[event.key];
    if (act === undefined) {
      if (grid.onLetter?.(event.key, active)) event.preventDefault();
      return;
    }
    event.preventDefault();
    act();
  };
  const go = (key: string | undefined) => {
    if (key === undefined || !box.current) return;
    setActive(key);
    reveal(box.current, grid.keys.indexOf(key), rowHeight);
  };
  return { active, onKeyDown, setActive };
}

/** Scrolls so that row *place* is in sight below the head. */
function reveal(box: HTMLElement, place: number, rowHeight: number): void {
  const head = box.querySelector<HTMLElement>(".table-head")?.offsetHeight ?? 0;
  const top = place * rowHeight;
  const room = box.clientHeight - head - rowHeight;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top > box.scrollTop + room) box.scrollTop = top - room;
}
