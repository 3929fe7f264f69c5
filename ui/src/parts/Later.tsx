/** A part of a page that is loaded after the rest, so that the rest is there sooner. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

export function Later({ load }: { load: () => Promise<{ readonly default: ComponentType }> }) {
  const [Part, set] = useState<ComponentType | null>(null);
  useEffect(() => {
    let isGone = false;
    load().then(({ default: found }) => !isGone && set(() => found), () => undefined);
    return () => void (isGone = true);
  }, []);
  return Part ? <Part /> : null;
}
