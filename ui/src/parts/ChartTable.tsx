/** The points of a chart as a table, and as text for a spreadsheet. */
import * as format from "../format";
import { t } from "../t";
import { Dialog } from "./Dialog";
import type { Spec } from "./plot";

export function ChartTable({ title, spec, onClose }: { title: string; spec: Spec; onClose: () => void }) {
  const places = spec.times.map((_, place) => place).filter((place) => spec.lines.some((line) => (line.values[place] ?? null) !== null)).reverse();
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="scroll-x" tabIndex={0} role="group" aria-label={title}>
        <table class="plain">
          <thead><tr><th scope="col">{t("chart.time")}</th>{spec.lines.map((line) => <th key={line.label} scope="col" class="end">{line.label}</th>)}</tr></thead>
          <tbody>{places.map((place) => <tr key={place}><th scope="row">{format.moment((spec.times[place] ?? 0) * 1000)}</th>{spec.lines.map((line) => <td key={line.label} class="end number">{line.show(line.values[place] ?? null)}</td>)}</tr>)}</tbody>
        </table>
      </div>
    </Dialog>
  );
}

/** Puts the points into the clipboard: times in ISO 8601 UTC, numbers as they are. */
export async function copyCsv(spec: Spec): Promise<void> {
  const rows = spec.times.map((time, place) => [new Date(time * 1000).toISOString(), ...spec.lines.map((line) => line.values[place] ?? "")].join(","));
  await copy([["time", ...spec.lines.map((line) => line.label)].join(","), ...rows].join("\n"));
}

/** Copies *text*; also where the page did not come over TLS and the browser has no clipboard for it. */
export async function copy(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}
