/** One miner's log, live. */
import { MinerFrame } from "../fleet/MinerFrame";
import { LogView } from "../parts/LogView";
import type { PageProps } from "./index";

export default function MinerLogs({ values }: PageProps) {
  return <MinerFrame slug={values["mac"] ?? ""}>{(miner) => <LogView macs={[miner.mac]} />}</MinerFrame>;
}
