/** The drawn signs of buttons; always beside a word or a label. */
import type { ComponentChildren } from "preact";

const sign = (paths: ComponentChildren) => () => (
  <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.6">{paths}</svg>
);

export const SearchSign = sign(<path d="M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.5 10.5L14 14" />);
export const GearSign = sign(<path d="M8 5.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5M8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2M3.4 3.4l1.4 1.4M11.2 11.2l1.4 1.4M3.4 12.6l1.4-1.4M11.2 4.8l1.4-1.4" />);
export const MoreSign = sign(<path d="M3 8h.1M8 8h.1M13 8h.1" stroke-width="3" stroke-linecap="round" />);
export const OutSign = sign(<path d="M6 3H3v10h10v-3M9 3h4v4M13 3L7.5 8.5" />);
