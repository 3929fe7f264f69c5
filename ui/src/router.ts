/** The address is the view: which page a path means, and what the query holds. No other module reads or writes `location`. */
import { useEffect, useState } from "preact/hooks";

export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Returns the values of `<names>` in *path* where it fits *pattern*, else null: `/miners/<mac>` fits `/miners/a1`. */
export function fits(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const wanted = words(pattern);
  const given = words(path);
  if (wanted.length !== given.length) return null;
  const values: Record<string, string> = {};
  for (const [place, word] of wanted.entries()) {
    const here = given[place] ?? "";
    if (word.startsWith("<")) values[word.slice(1, -1)] = decoded(here);
    else if (word !== here) return null;
  }
  return values;
}

/** Returns *path* with *query*, members that are null or empty left out. */
export function address(path: string, query: Readonly<Record<string, string | null>> = {}): string {
  const kept = Object.entries(query).filter(([, value]) => value !== null && value !== "") as [string, string][];
  return kept.length ? `${path}?${new URLSearchParams(kept)}` : path;
}

const places = new Set<() => void>();

export function here(): Place {
  return { path: location.pathname.replace(/(.)\/$/, "$1"), query: new URLSearchParams(location.search) };
}

/** Goes to an address of the page; *replace* where going back should not return to this one. */
export function go(to: string, { replace = false } = {}): void {
  const before = location.pathname;
  history[replace ? "replaceState" : "pushState"](null, "", to);
  if (location.pathname !== before) scrollTo(0, 0);
  for (const tell of [...places]) tell();
}

/** Changes members of the query and stays; null takes one away. */
export function setQuery(changes: Readonly<Record<string, string | null>>): void {
  const { path, query } = here();
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") query.delete(name);
    else query.set(name, value);
  }
  go(query.size > 0 ? `${path}?${query}` : path, { replace: true });
}

/** Returns where we are, and draws again when that changes. */
export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const tell = () => setPlace(here());
    places.add(tell);
    return () => void places.delete(tell);
  }, []);
  return place;
}

/** Lets plain links to our own pages change the page without loading it; returns how to stop. */
export function followLinks(isOurs: (path: string) => boolean): () => void {
  const click = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || link.target || link.hasAttribute("download") || link.origin !== location.origin || !isOurs(link.pathname)) return;
    event.preventDefault();
    go(link.pathname + link.search + link.hash);
  };
  const pop = () => places.forEach((tell) => tell());
  document.addEventListener("click", click);
  addEventListener("popstate", pop);
  return () => {
    document.removeEventListener("click", click);
    removeEventListener("popstate", pop);
  };
}

const words = (path: string): string[] => path.split("/").filter((word) => word !== "");

function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}
