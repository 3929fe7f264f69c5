/** Whether the page hears the server. */
import { useLive, usePage } from "../page";
import { t } from "../t";

export function LinkState() {
  const { link, role } = usePage();
  const state = useLive(() => link.state);
  const isViewer = useLive(() => role.isViewer);
  const chip = <span class={`chip link-${state}`}><span class="link-dot" aria-hidden="true" />{t(`link.${state}`)}</span>;
  return isViewer ? <><span class="chip wide" title={t("access.viewer")}>{t("access.chip")}</span>{chip}</> : chip;
}
