/** The bar at the top, and its shorter sister at the foot of a phone. */
import { useLive, usePage } from "../page";
import { PAGES, type PageRow } from "../pages/index";
import { usePlace } from "../router";
import { t } from "../t";
import { LinkState } from "./LinkState";
import { openSearch } from "./Keys";
import { ThemeMenu } from "./ThemeMenu";

const inBar = (row: PageRow): boolean => row.key !== undefined && !row.path.includes("<");

export function Header() {
  return (
    <header class="header">
      <a class="brand" href="/" aria-label={t("home")}><img src="/icon.svg" alt="" width="24" height="24" /> <span>Pluto</span></a>
      <nav class="nav" aria-label={t("nav.main")}><NavLinks /></nav>
      <div class="header-end">
        <button type="button" class="button search-button" onClick={openSearch} aria-keyshortcuts="/ Control+K">
          <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><circle cx="7" cy="7" r="4.5" fill="none" stroke="currentColor" stroke-width="1.8" /><path d="M10.5 10.5L14 14" stroke="currentColor" stroke-width="1.8" /></svg>
          <span class="wide">{t("search.open")}</span>
        </button>
        <AttentionCount />
        <JobCount />
        <LinkState />
        <ThemeMenu />
      </div>
    </header>
  );
}

export function PhoneBar() {
  return <nav class="phone-bar" aria-label={t("nav.phone")}><NavLinks /></nav>;
}

function NavLinks() {
  const { path } = usePlace();
  const isHere = (row: PageRow) => (row.path === "/" ? path === "/" : path === row.path || path.startsWith(`${row.path}/`));
  return <>{PAGES.filter(inBar).map((row) => <a key={row.path} href={row.path} aria-current={isHere(row) ? "page" : undefined}>{t(row.title)}</a>)}</>;
}

function AttentionCount() {
  const count = useLive((live) => live.totals().attention.length);
  if (count === 0) return null;
  return <a class="chip tone-bad" href="/miners?attention=1" aria-label={t("attention.count", { n: count })}><span aria-hidden="true">{"!"}</span> {count}</a>;
}

function JobCount() {
  const { jobs } = usePage();
  const running = useLive(() => jobs.running);
  return running === 0 ? null : <span class="chip">{t("jobs.running", { n: running })}</span>;
}
