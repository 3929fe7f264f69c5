/** Keys that work on every page: `/` and Ctrl K search, `g` and a letter goes to a page, `?` lists them (ui.md 3.5). */

export type Act = "search" | "help" | "add";

export interface KeyRules {
  readonly pages: Readonly<Record<string, string>>;
  readonly go: (path: string) => void;
  readonly act: (act: Act) => void;
  /** Whether single letters are taken at all (WCAG 2.1.4). */
  readonly hasLetters: () => boolean;
}

const ACTS: Readonly<Record<string, Act>> = { "/": "search", "?": "help", a: "add" };
const AFTER_G_MS = 1_500;

/** Listens until the function it returns is called. */
export function listenForKeys(rules: KeyRules): () => void {
  let gAtMs = Number.NEGATIVE_INFINITY;
  const press = (event: KeyboardEvent) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") return take(event, () => rules.act("search"));
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !rules.hasLetters()) return;
    const wasG = performance.now() - gAtMs < AFTER_G_MS;
    gAtMs = event.key === "g" ? performance.now() : Number.NEGATIVE_INFINITY;
    const path = wasG ? rules.pages[event.key] : undefined;
    const act = ACTS[event.key];
    if (path !== undefined) take(event, () => rules.go(path));
    else if (act !== undefined) take(event, () => rules.act(act));
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}

function take(event: KeyboardEvent, act: () => void): void {
  event.preventDefault();
  act();
}

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.closest("input:not([type=checkbox]), textarea, select, dialog") !== null);
}
