/**
 * The pages: a row each. To add one: write `pages/<Name>.tsx` (a component that takes the values of its path), add a row here,
 * its words to `locale/` (English has two files: `en.later.json` is for pages that import `locale/later`), its path to `PAGE_PATHS` in `src/pluto/api/static.py` if it is new there, a test in `tests/browser/`.
 */
import type { ComponentType } from "preact";
import type { Live } from "../store/live";
import { macOf } from "../store/miner";
import type { Key } from "../t";

export interface PageProps {
  readonly values: Readonly<Record<string, string>>;
}

export interface PageRow {
  readonly path: string;
  readonly title: Key;
  readonly load: () => Promise<{ readonly default: ComponentType<PageProps> }>;
  /** What it shows, where that has a name of its own: for the title. */
  readonly name?: (values: PageProps["values"], live: Live) => string | null;
  /** Where it stands in the navigation: in the bar, or behind the gear (on a phone: behind "More"); absent: nowhere. */
  readonly menu?: "bar" | "gear";
  /** The key after `g` that goes there. */
  readonly key?: string;
}

function minerName(values: PageProps["values"], { fleet }: Live): string | null {
  const miner = fleet.miners.get(macOf(values["mac"] ?? "") ?? "");
  return miner ? fleet.label(miner) : null;
}

export const PAGES: readonly PageRow[] = [
  { path: "/", title: "page.fleet", load: () => import("./Fleet"), menu: "bar", key: "f" },
  { path: "/miners", title: "page.miners", load: () => import("./Miners"), menu: "bar", key: "m" },
  { path: "/compare", title: "page.compare", load: () => import("./Compare") },
  { path: "/miners/<mac>", title: "page.miner", name: minerName, load: () => import("./Miner") },
  { path: "/miners/<mac>/settings", title: "page.miner", name: minerName, load: () => import("./MinerSettings") },
  { path: "/miners/<mac>/logs", title: "page.miner", name: minerName, load: () => import("./MinerLogs") },
  { path: "/miners/<mac>/raw", title: "page.miner", name: minerName, load: () => import("./MinerRaw") },
  { path: "/add", title: "page.add", load: () => import("./Add"), menu: "gear", key: "a" },
  { path: "/pool-presets", title: "page.presets", load: () => import("./Presets"), menu: "bar", key: "p" },
  { path: "/pool-presets/<id>", title: "page.preset", load: () => import("./Preset") },
  { path: "/logs", title: "page.logs", load: () => import("./Logs"), menu: "bar", key: "l" },
  { path: "/events", title: "page.events", load: () => import("./Events"), menu: "bar", key: "e" },
  { path: "/settings", title: "page.settings", load: () => import("./Settings"), menu: "gear", key: "s" },
  { path: "/diagnostics", title: "page.diagnostics", load: () => import("./Diagnostics"), menu: "gear" },
];
