/** The bar at the top, and its shorter sister at the foot of a phone. */
import { useLive, usePage } from "../page";
import { PAGES, type PageRow } from "../pages/index";
import { usePlace } from "../router";
import { t } from "../t";
import { openSearch } from "./Keys";
import { LinkState } from "./LinkState";
import { Menu } from "./Menu";
import { GearSign, MoreSign, SearchSign } from "./Signs";
import { ThemeMenu } from "./ThemeMenu";

const BAR = PAGES.filter((row) => row.menu === "bar");
const GEAR = PAGES.filter((row) => row.menu === "gear");
/** How many pages stand in the bar of a phone; the others are behind "More". */
const ON_PHONE = 4;

export function Header() {
  return (
    <header class="header">
      <a class="brand" href="/" aria-label={`Pluto, ${t("home")}`}><img src="/icon.svg" alt="" width="24" height="24" /> <span>Pluto</span></a>
      <nav class="nav" aria-label={t("nav.main")}><Links rows={BAR} /></nav>
      <div class="header-end">
        <button type="button" class="button search-button" onClick={openSearch} aria-keyshortcuts="/ Control+K" aria-label={t("search.open")}>
          <SearchSign /><span class="wide">{t("search.open")}</span><kbd class="wide" aria-hidden="true">/</kbd>
        </button>
        <JobCount />
        <AttentionCount />
        <LinkState />
        <ThemeMenu />
        {GEAR.length > 0 && <Menu label={t("nav.gear")} sign={<GearSign />} class="wide-only"><Links rows={GEAR} /></Menu>}
      </div>
    </header>
  );
}

export function PhoneBar() {
  const rest = [...BAR.slice(ON_PHONE), ...GEAR];
  return (
    <nav class="phone-bar" aria-label={t("nav.phone")}>
      <Links rows={BAR.slice(0, ON_PHONE)} />
      {rest.length > 0 && <Menu label={t("nav.more")} sign={<><MoreSign /> {t("nav.more")}</>} isUpward><Links rows={rest} /></Menu>}
    </nav>
  );
}

function Links({ rows }: { rows: readonly PageRow[] }) {
  const { path } = usePlace();
  const isHere = (row: PageRow) => (row.path === "/" ? path === "/" : path === row.path || path.startsWith(`${row.path}/`));
  return <>{rows.map((row) => <a key={row.path} href={row.path} aria-current={isHere(row) ? "page" : undefined}>{t(row.title)}</a>)}</>;
}

function AttentionCount() {
  const count = useLive((live) => live.totals().attention.length);
  if (count === 0) return null;
  return <a class="chip tone-bad" href="/miners?attention=1" aria-label={t("attention.count", { n: count })}>{count} <span aria-hidden="true">(!)</span></a>;
}

function JobCount() {
  const { jobs } = usePage();
  const running = useLive(() => jobs.running);
  return running === 0 ? null : <span class="chip">{t("jobs.running", { n: running })}</span>;
}
