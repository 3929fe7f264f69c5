/** Which miners are selected: a set of MACs and the place from which a range grows. Values, never changed in place. */

export interface Selection {
  readonly macs: ReadonlySet<string>;
  readonly anchor: string | null;
}

export const NOBODY: Selection = { macs: new Set(), anchor: null };

export function toggled({ macs }: Selection, mac: string): Selection {
  const next = new Set(macs);
  if (!next.delete(mac)) next.add(mac);
  return { macs: next, anchor: mac };
}

/** Returns the selection grown from its anchor to *mac* in the order that is shown. */
export function extended(selection: Selection, mac: string, order: readonly string[]): Selection {
  const from = order.indexOf(selection.anchor ?? mac);
  const to = order.indexOf(mac);
  if (from < 0 || to < 0) return toggled(selection, mac);
  return { macs: new Set([...selection.macs, ...order.slice(Math.min(from, to), Math.max(from, to) + 1)]), anchor: selection.anchor ?? mac };
}

export const everybody = (order: readonly string[]): Selection => ({ macs: new Set(order), anchor: null });
