/** A button that opens a small list: closed by Esc, by a press elsewhere, and by a choice. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface MenuProps {
  readonly label: string;
  readonly sign: ComponentChildren;
  readonly children: ComponentChildren;
  readonly isUpward?: boolean;
  /** Stays open while things in it are chosen (check boxes). */
  readonly staysOpen?: boolean;
  readonly class?: string;
}

export function Menu({ label, sign, children, isUpward = false, staysOpen = false, class: more = "" }: MenuProps) {
  const box = useRef<HTMLDetailsElement>(null);
  const close = () => {
    if (box.current) box.current.open = false;
  };
  useEffect(() => {
    const press = (event: Event) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) close();
    };
    document.addEventListener("pointerdown", press);
    return () => document.removeEventListener("pointerdown", press);
  }, []);
  const leave = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !box.current?.open) return;
    event.stopPropagation();
    close();
    box.current.querySelector("summary")?.focus();
  };
  return (
    <details ref={box} class={`menu ${isUpward ? "menu-up" : ""} ${more}`} onKeyDown={leave}>
      <summary class="button quiet" aria-label={label} title={label}>{sign}</summary>
      <div class="menu-body" onClick={staysOpen ? undefined : close}>{children}</div>
    </details>
  );
}
