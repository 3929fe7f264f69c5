/** Whether the page hears the server. */
import { useLive, usePage } from "../page";
import { t } from "../t";

export function LinkState() {
  const { link } = usePage();
  const state = useLive(() => link.state);
  return <span class={`chip link-${state}`}><span class="link-dot" aria-hidden="true" />{t(`link.${state}`)}</span>;
}
