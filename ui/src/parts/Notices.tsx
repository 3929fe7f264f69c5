/** The notices at the foot of the page. */
import type { Notices } from "../store/notices";
import { t } from "../t";

export function NoticeList({ notices }: { notices: Notices }) {
  return (
    <div class="notices" role="status">
      {notices.list.map(({ id, text, isBad, action }) => (
        <div key={id} class={isBad ? "notice tone-bad" : "notice"}>
          <span>{text}</span>
          {action && <button type="button" class="button quiet" onClick={() => { action.run(); notices.dismiss(id); }}>{action.label}</button>}
          <button type="button" class="button quiet" aria-label={t("dialog.close")} onClick={() => notices.dismiss(id)}>{"\u00d7"}</button>
        </div>
      ))}
    </div>
  );
}
