/** Where to look: the networks of this machine with their size, and any other by name. */
import { useState } from "preact/hooks";
import type { Network, Places } from "../api/places";
import { t } from "../t";

export interface NetworksProps {
  readonly places: Places;
  readonly chosen: ReadonlySet<string>;
  readonly choose: (chosen: ReadonlySet<string>) => void;
  readonly more: readonly string[];
  readonly addMore: (network: string) => void;
}

export function Networks({ places, chosen, choose, more, addMore }: NetworksProps) {
  if (places.service !== null) return <p>{t("add.service", { url: places.service })}</p>;
  const toggle = (network: string) => {
    const next = new Set(chosen);
    if (!next.delete(network)) next.add(network);
    choose(next);
  };
  return (
    <fieldset class="networks">
      <legend>{t("add.networks")}</legend>
      {places.networks.length + more.length === 0 && <p class="muted">{t("add.nonetwork")}</p>}
      {places.networks.map((row) => (
        <label key={row.network} class="network">
          <input type="checkbox" checked={chosen.has(row.network)} disabled={row.refusal !== null} onChange={() => toggle(row.network)} />
          <span class="mono">{row.network}</span> <span class="muted">{described(row)}</span>
        </label>
      ))}
      {more.map((network) => (
        <label key={network} class="network"><input type="checkbox" checked={chosen.has(network)} onChange={() => toggle(network)} /><span class="mono">{network}</span> <span class="muted">{t("add.typed")}</span></label>
      ))}
      <More addMore={addMore} />
    </fieldset>
  );
}

function described({ addresses, source, interface: name, part_of: around, refusal }: Network): string {
  if (refusal !== null) return refusal;
  const where = source === "setting" ? t("add.bysetting") : t("add.thismachine", { name: name ?? "" });
  return [t("add.addresses", { n: addresses }), where, around === null ? "" : t("add.partof", { network: around })].filter(Boolean).join(" \u00b7 ");
}

function More({ addMore }: { addMore: (network: string) => void }) {
  const [text, type] = useState("");
  const submit = (event: Event) => {
    event.preventDefault();
    if (text.trim() === "") return;
    addMore(text.trim());
    type("");
  };
  return (
    <form class="network-more" onSubmit={submit}>
      <input class="input mono" aria-label={t("add.other")} placeholder="10.0.0.0/24" value={text} onInput={(event) => type(event.currentTarget.value)} autoComplete="off" spellcheck={false} />
      <button type="submit" class="button" disabled={text.trim() === ""}>{t("add.othergo")}</button>
    </form>
  );
}
