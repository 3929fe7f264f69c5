/** A part of a page that is loaded only where it is shown. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../t";
import { Failure, Skeleton } from "./Empty";

type Loaded = { readonly Part: ComponentType } | { readonly error: string };

export function Lazy({ load }: { load: () => Promise<{ readonly default: ComponentType }> }) {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [attempt, retry] = useState(0);
  useEffect(() => {
    load().then((module) => setLoaded({ Part: module.default }), (error: unknown) => setLoaded({ error: String(error) }));
  }, [load, attempt]);
  if (loaded === null) return <Skeleton />;
  if ("error" in loaded) return <Failure text={t("failure.page")} detail={loaded.error} onRetry={() => retry(attempt + 1)} />;
  return <loaded.Part />;
}
