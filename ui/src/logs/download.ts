/** Saves what is held of a log as a text file, times in UTC. */
import type { LogLine } from "../store/logs";
import { saveText } from "../save";
import { t } from "../t";

export function save(lines: readonly LogLine[], names: ReadonlyMap<string, { readonly name: string }>): void {
  const isOne = names.size === 1;
  const text = lines.map((line) => {
    const who = isOne ? "" : `${names.get(line.mac)?.name ?? line.mac} `;
    return `${new Date(line.atMs).toISOString()} ${who}${line.kind === "gap" ? t("logs.missed", { n: line.missed }) : `${line.level === null ? "" : `${line.level} `}${line.text}`}\n`;
  });
  const name = isOne ? ([...names.values()][0]?.name ?? "miner") : "miners";
  saveText(`${name.replace(/[^\w.-]+/g, "_").slice(0, 60)}-log.txt`, text.join(""), "text/plain");
}
