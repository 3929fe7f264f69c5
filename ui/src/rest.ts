/** A tab that nobody has seen for a minute asks the server for little; shown again it catches up at once. */
import type { Link } from "./link";

const AFTER_MS = 60_000;

export function restWhileHidden(link: Link): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => link.rest(true), AFTER_MS);
    else link.rest(false);
  };
  document.addEventListener("visibilitychange", look);
  look(); // it may have been opened behind another
}
