/** Which networks are to be searched: those that the server would search unasked, until somebody chooses. */
import { useState } from "preact/hooks";
import { type Answer, useAnswer } from "../answer";
import { type Places, places } from "../api/places";

export interface Chosen {
  readonly answer: Answer<Places>;
  readonly chosen: ReadonlySet<string>;
  readonly choose: (chosen: ReadonlySet<string>) => void;
  readonly more: readonly string[];
  readonly addMore: (network: string) => void;
  /** What the server is asked for: null where nothing was chosen by hand. */
  readonly asked: readonly string[] | null;
  readonly canSearch: boolean;
}

export function useNetworks(): Chosen {
  const answer = useAnswer(places, "places");
  const [byHand, choose] = useState<ReadonlySet<string> | null>(null);
  const [more, setMore] = useState<readonly string[]>([]);
  const chosen = byHand ?? new Set(answer.value?.networks.filter((row) => row.is_searched).map((row) => row.network));
  const addMore = (network: string) => {
    setMore([...new Set([...more, network])]);
    choose(new Set([...chosen, network]));
  };
  const isService = answer.value?.service != null;
  return { answer, chosen, choose, more, addMore, asked: byHand === null || isService ? null : [...byHand], canSearch: answer.value !== null && (isService || chosen.size > 0) };
}
