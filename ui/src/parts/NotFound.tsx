/** No page has this address. */
import { t } from "../t";
import { openSearch } from "./Keys";

export function NotFound() {
  return (
    <div class="page">
      <h1>{t("missing.title")}</h1>
      <p>{t("missing.text")}</p>
      <p><button type="button" class="button" onClick={openSearch}>{t("search.open")}</button> <a href="/">{t("missing.home")}</a></p>
    </div>
  );
}
