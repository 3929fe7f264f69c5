/** The pool user of a preset is a pattern: `bc1q….{name}` becomes each miner's own. */

export interface Known {
  readonly name: string | null;
  readonly mac: string;
}

/** Returns *pattern* with `{name}` and `{mac4}` filled in; what is not known of the miner is left out, other braces stay. */
export function filled(pattern: string, { name, mac }: Known): string {
  return pattern.replaceAll("{name}", name ?? "").replaceAll("{mac4}", mac.replaceAll(":", "").slice(-4));
}

