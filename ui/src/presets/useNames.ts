/** What miners are called, by MAC: a name that two of them have gets the end of its MAC. */
import { usePage, useLive } from "../page";
import { nameOf } from "../store/miner";

export function useNames(): (mac: string) => string {
  const { live } = usePage();
  useLive(({ fleet }) => fleet.version);
  return (mac) => nameOf(live.fleet.miners.get(mac) ?? { mac, name: null, host: null });
}
