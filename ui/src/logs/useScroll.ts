/** Which lines are in sight: the end while following, else the line that was read stays where it is though older ones fall out. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { placeOf } from "../store/logFilter";
import type { LogLine } from "../store/logs";

const BEYOND = 10;

export interface Scroll {
  readonly first: number;
  readonly count: number;
  readonly reveal: (id: number) => void;
}

export function useScroll(box: { readonly current: HTMLElement | null }, lines: readonly LogLine[], rowHeight: number, isFollowing: boolean, follow: (isFollowing: boolean) => void): Scroll {
  const [view, setView] = useState({ top: 0, height: 600 });
  const anchor = useRef({ id: 0, offset: 0 });
  const now = useRef({ lines, isFollowing });
  now.current = { lines, isFollowing };
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => {
      const { scrollTop: top, clientHeight: height, scrollHeight } = element;
      const place = Math.floor(top / rowHeight);
      anchor.current = { id: now.current.lines[place]?.id ?? 0, offset: top - place * rowHeight };
      setView((before) => (before.top === top && before.height === height ? before : { top, height }));
      const isAtEnd = top + height >= scrollHeight - rowHeight;
      if (isAtEnd !== now.current.isFollowing) follow(isAtEnd);
    };
    const watcher = new ResizeObserver(look);
    watcher.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      watcher.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [box, rowHeight, follow]);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const wanted = isFollowing ? lines.length * rowHeight - element.clientHeight : placeOf(lines, anchor.current.id) * rowHeight + anchor.current.offset;
    if (Math.abs(element.scrollTop - wanted) >= 1) element.scrollTop = wanted;
  }, [lines, isFollowing, rowHeight]);
  const reveal = (id: number) => {
    if (!box.current) return;
    follow(false);
    const place = Math.max(0, placeOf(lines, id) - Math.floor(box.current.clientHeight / rowHeight / 2));
    anchor.current = { id: lines[place]?.id ?? 0, offset: 0 }; // before the scroll event, which comes after the next drawing
    box.current.scrollTop = place * rowHeight;
  };
  const first = Math.max(0, Math.floor((isFollowing ? lines.length * rowHeight - view.height : view.top) / rowHeight) - BEYOND);
  return { first, count: Math.ceil(view.height / rowHeight) + 2 * BEYOND, reveal };
}
