/** What of the log is shown: search and its hits, levels, component, wrapping, following, download. */
import { type Level, LEVELS } from "../store/logs";
import type { LogQuestion } from "../store/logFilter";
import { t } from "../t";

interface LogBarProps {
  readonly question: LogQuestion;
  readonly ask: (question: LogQuestion) => void;
  readonly isBad: boolean;
  readonly hits: { readonly place: number; readonly count: number };
  readonly step: (by: 1 | -1) => void;
  readonly components: readonly string[];
  readonly isWrapped: boolean;
  readonly wrap: (isWrapped: boolean) => void;
  readonly isFollowing: boolean;
  readonly follow: (isFollowing: boolean) => void;
  readonly onDownload: () => void;
  readonly onClear: () => void;
}

export function LogBar({ question, ask, isBad, hits, step, components, isWrapped, wrap, isFollowing, follow, onDownload, onClear }: LogBarProps) {
  const toggle = (level: Level) => {
    const hidden = new Set(question.hidden);
    if (!hidden.delete(level)) hidden.add(level);
    ask({ ...question, hidden });
  };
  const enter = (event: KeyboardEvent) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    step(event.shiftKey ? -1 : 1);
  };
  return (
    <div class="log-bar" role="group" aria-label={t("logs.tools")}>
      <span class="log-search">
        <input class="input" type="search" aria-label={t("logs.search")} placeholder={t("logs.search")} value={question.search} aria-invalid={isBad || undefined} aria-describedby={isBad ? "log-bad" : undefined} onInput={(event) => ask({ ...question, search: event.currentTarget.value })} onKeyDown={enter} />
        {question.search !== "" && <span class="number-line log-hits" role="status">{isBad ? "" : t("logs.hits", { place: hits.place, n: hits.count })}</span>}
        <button type="button" class="button small" disabled={hits.count === 0} onClick={() => step(-1)} aria-label={t("logs.previous")} aria-keyshortcuts="Shift+N">{"\u2191"}</button>
        <button type="button" class="button small" disabled={hits.count === 0} onClick={() => step(1)} aria-label={t("logs.next")} aria-keyshortcuts="N">{"\u2193"}</button>
        {isBad && <span id="log-bad" class="tone-bad">{t("logs.badregex")}</span>}
      </span>
      <label class="menu-item"><input type="checkbox" checked={question.isRegex} onChange={() => ask({ ...question, isRegex: !question.isRegex })} /> {t("logs.regex")}</label>
      <label class="menu-item"><input type="checkbox" checked={question.onlyMatching} onChange={() => ask({ ...question, onlyMatching: !question.onlyMatching })} /> {t("logs.only")}</label>
      <span class="log-levels" role="group" aria-label={t("logs.levels")}>
        {LEVELS.map((level) => <button key={level} type="button" class={`button small level-${level}`} aria-pressed={!question.hidden.has(level)} aria-label={t(`logs.level.${level}`)} title={t(`logs.level.${level}`)} onClick={() => toggle(level)}>{level}</button>)}
      </span>
      {components.length > 0 && (
        <select class="select" aria-label={t("logs.component")} value={question.component ?? ""} onChange={(event) => ask({ ...question, component: event.currentTarget.value || null })}>
          <option value="">{t("logs.anycomponent")}</option>
          {components.map((name) => <option key={name} value={name}>{name}</option>)}
        </select>
      )}
      <label class="menu-item"><input type="checkbox" checked={isWrapped} onChange={() => wrap(!isWrapped)} /> {t("logs.wrap")}</label>
      <label class="menu-item"><input type="checkbox" role="switch" checked={isFollowing} onChange={() => follow(!isFollowing)} /> {t("logs.follow")}</label>
      <span class="page-head-end">
        <button type="button" class="button small" onClick={onClear}>{t("logs.clear")}</button>
        <button type="button" class="button small" onClick={onDownload}>{t("logs.download")}</button>
      </span>
    </div>
  );
}
