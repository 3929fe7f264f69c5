/** Says that the link is lost: since when, of when the values are, when the next try is due. */
import * as format from "../format";
import { useLive, useNow, usePage } from "../page";
import { t } from "../t";

export function LinkBanner() {
  const { link } = usePage();
  const state = useLive(() => link.state);
  return state === "lost" ? <Lost /> : null;
}

function Lost() {
  const { link } = usePage();
  useNow();
  const now = Date.now();
  const wait = link.nextTryMs === null ? 0 : Math.max(0, link.nextTryMs - now);
  const ago = format.age(link.heardMs, now);
  const sentence = link.heardMs === null ? t("link.never") : t("link.banner", { ago, time: format.time(link.heardMs) });
  return (
    <div class="banner tone-warn" role="alert">
      <span>{sentence}</span>
      <span class="banner-end">
        <span aria-live="off">{t("link.next", { wait: format.duration(Math.ceil(wait / 1000)) })}</span>
        <button type="button" class="button" onClick={() => link.retry()}>{t("link.retry")}</button>
      </span>
    </div>
  );
}
