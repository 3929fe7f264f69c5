/** Adds miners in small groups, so that each has its result as soon as it is known. */
import { useCallback, useState } from "preact/hooks";
import { sentence } from "../answer";
import { add, type Added } from "../api/places";
import { usePage } from "../page";

const GROUP = 8;

export interface Adding {
  /** By what was asked: a MAC or an address. */
  readonly results: ReadonlyMap<string, Added>;
  readonly isBusy: boolean;
  readonly run: (macs: readonly string[], addresses?: readonly string[]) => Promise<void>;
}

export function useAdding(): Adding {
  const { api } = usePage();
  const [results, setResults] = useState<ReadonlyMap<string, Added>>(new Map());
  const [isBusy, setBusy] = useState(false);
  const run = useCallback(async (macs: readonly string[], addresses: readonly string[] = []) => {
    setBusy(true);
    const wishes = [...macs.map((asked) => ({ asked, isMac: true })), ...addresses.map((asked) => ({ asked, isMac: false }))];
    for (let start = 0; start < wishes.length; start += GROUP) {
      const group = wishes.slice(start, start + GROUP);
      const named = (isMac: boolean) => group.filter((wish) => wish.isMac === isMac).map((wish) => wish.asked);
      const ended = await add(api, named(true), named(false)).catch((error: unknown) => group.map(({ asked }): Added => ({ asked, result: "failed", reason: sentence(error) })));
      setResults((before) => new Map([...before, ...ended.map((one) => [one.asked, one] as const)]));
    }
    setBusy(false);
  }, [api]);
  return { results, isBusy, run };
}
