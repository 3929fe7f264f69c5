/** Asks again who differs from a preset as soon as one of its miners is on another pool than before. */
import { useEffect, useRef } from "preact/hooks";
import { useLive } from "../page";

export function usePools(macs: readonly string[], again: () => void): void {
  const pools = useLive(({ fleet }) => macs.map((mac) => fleet.miners.get(mac)?.pool ?? "").join("\n"));
  const before = useRef(pools);
  useEffect(() => {
    if (before.current === pools) return;
    before.current = pools;
    again();
  }, [pools, again]);
}
