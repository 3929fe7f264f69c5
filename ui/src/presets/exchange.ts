/** Presets as a file: written without secrets, read back from ours or from a plain list. */
import type { Preset, Wish } from "../api/presets";

export const asFile = (presets: readonly Preset[]): string => `${JSON.stringify({ pluto_presets: 1, presets: presets.map(({ name, configuration }) => ({ name, configuration })) }, null, 2)}\n`;

/** Returns the presets in *text*; null where it holds none. */
export function inFile(text: string): readonly Wish[] | null {
  try {
    const read: unknown = JSON.parse(text);
    const list = Array.isArray(read) ? read : isObject(read) ? read["presets"] : null;
    if (!Array.isArray(list)) return null;
    return list.filter(isObject).map((one) => ({ name: String(one["name"] ?? ""), configuration: isObject(one["configuration"]) ? one["configuration"] : {} }));
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
