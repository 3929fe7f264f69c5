/** What is around every page: navigation, link, attention, search, notices; it loads the page that the address means. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type PageProps, PAGES, type PageRow } from "../pages/index";
import { useLive, usePage } from "../page";
import { fits, followLinks, usePlace } from "../router";
import { t } from "../t";
import { BlockBanner } from "./BlockBanner";
import { Failure, Skeleton } from "./Empty";
import { Header, PhoneBar } from "./Header";
import { LinkBanner } from "./LinkBanner";
import { NoticeList } from "./Notices";
import { NotFound } from "./NotFound";
import { Announcer } from "../fleet/Announcer";
import { Keys } from "./Keys";

interface Found {
  readonly row: PageRow;
  readonly values: Readonly<Record<string, string>>;
}

export function pageAt(path: string): Found | null {
  for (const row of PAGES) {
    const values = fits(row.path, path);
    if (values) return { row, values };
  }
  return null;
}

export function Shell() {
  const { path } = usePlace();
  const { notices } = usePage();
  useLive(() => notices.list.map((notice) => notice.id).join());
  useEffect(() => followLinks((to) => pageAt(to) !== null), []);
  const found = pageAt(path);
  const name = useLive((live) => found?.row.name?.(found.values, live) ?? null);
  useTitle(name ?? (found === null ? t("page.missing") : t(found.row.title)));
  return (
    <>
      <a class="skip" href="#main">{t("skip")}</a>
      <Header />
      <LinkBanner />
      <BlockBanner />
      <main id="main" tabIndex={-1}>{found === null ? <NotFound /> : <Loaded key={found.row.path} {...found} />}</main>
      <PhoneBar />
      <NoticeList notices={notices} />
      <Announcer />
      <Keys />
    </>
  );
}

function Loaded({ row, values }: Found) {
  const [page, setPage] = useState<{ Page: ComponentType<PageProps> } | { error: string } | null>(null);
  const [attempt, retry] = useState(0);
  useEffect(() => {
    row.load().then((module) => setPage({ Page: module.default }), (error: unknown) => setPage({ error: String(error) }));
  }, [row, attempt]);
  if (page === null) return <Skeleton />;
  if ("error" in page) return <Failure text={t("failure.page")} detail={page.error} onRetry={() => retry(attempt + 1)} />;
  return <page.Page values={values} />;
}

const MOST_SHOWN = 9;

/** The title and the icon of the browser's tab carry the number of miners that need attention. */
function useTitle(title: string): void {
  const count = useLive((live) => live.totals().attention.length);
  useEffect(() => {
    document.title = `${count > 0 ? `(${count}) ` : ""}${title} - Pluto`;
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    const wanted = count === 0 ? "/icon.svg" : `/icon-${Math.min(count, MOST_SHOWN)}.svg`;
    if (icon && icon.getAttribute("href") !== wanted) icon.setAttribute("href", wanted);
  }, [title, count]);
}
