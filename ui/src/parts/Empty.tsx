/** What stands where nothing is, is not yet, or failed: a sentence and at most one thing to do (ui.md 3.3). */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../t";

export function Empty({ text, children }: { text: string; children?: ComponentChildren }) {
  return <div class="empty"><p>{text}</p>{children}</div>;
}

/** What failed, the server's words, and "Try again". */
export function Failure({ text, detail, onRetry }: { text: string; detail: string; onRetry?: () => void }) {
  return (
    <div class="empty" role="alert">
      <p>{text}</p>
      <details><summary>{t("failure.details")}</summary><p class="mono">{detail}</p></details>
      {onRetry && <button type="button" class="button" onClick={onRetry}>{t("failure.retry")}</button>}
    </div>
  );
}

/** The shape of what is coming, shown only if it takes longer than a blink. */
export function Skeleton({ lines = 6 }: { lines?: number }) {
  const [isShown, show] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => show(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="skeleton" aria-busy="true" aria-label={t("loading")} role="status">
      {isShown && Array.from({ length: lines }, (_, line) => <div key={line} class="skeleton-line" />)}
    </div>
  );
}
