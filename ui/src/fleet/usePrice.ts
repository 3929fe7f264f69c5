/** What a kilowatt hour costs, as Pluto's settings say; null where they say nothing, or while they are on their way. */
import { useEffect, useState } from "preact/hooks";
import type { Settings } from "../api/own";
import { usePage } from "../page";

const NAME = "PLUTO_PRICE_PER_KWH";
const HOURS_A_DAY = 24;

export function usePrice(): number | null {
  const { api } = usePage();
  const [price, set] = useState<number | null>(null);
  useEffect(() => {
    let isGone = false;
    const take = ({ settings }: Settings) => {
      const value = settings.find(({ name }) => name === NAME)?.value;
      if (!isGone && typeof value === "number" && value > 0) set(value);
    };
    api.json<Settings>("/api/v1/settings").then(take, () => undefined);
    return () => void (isGone = true);
  }, [api]);
  return price;
}

/** Returns what *watts* cost in a day. */
export const costADay = (watts: number, pricePerKwh: number): number => (watts / 1_000) * HOURS_A_DAY * pricePerKwh;
