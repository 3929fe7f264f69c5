/** One group of settings: it saves by itself, says what is wrong at the field, and where each value comes from. */
import { useState } from "preact/hooks";
import { sentence } from "../answer";
import { Refused } from "../api/client";
import { change, type Setting, type Settings } from "../api/own";
import { usePage, useWhyNot } from "../page";
import { Field } from "../parts/Field";
import { t } from "../t";
import { shown, wanted } from "./values";
import { wordOr } from "./words";

type Edits = Readonly<Record<string, string | boolean>>;

export function Group({ group, rows, onChanged }: { group: string; rows: readonly Setting[]; onChanged: (settings: Settings) => void }) {
  const { api, notices } = usePage();
  const why = useWhyNot();
  const [edits, edit] = useState<Edits>({});
  const [problem, setProblem] = useState<{ name: string | null; text: string } | null>(null);
  const changed = rows.filter((row) => edits[row.name] !== undefined && edits[row.name] !== shown(row));
  const send = async (values: Readonly<Record<string, unknown>>) => {
    setProblem(null);
    try {
      onChanged(await change(api, values));
      edit({});
      notices.say(t("own.saved"));
    } catch (error) {
      setProblem({ name: error instanceof Refused ? error.field : null, text: sentence(error) });
    }
  };
  const save = (event: Event) => {
    event.preventDefault();
    const values = changed.map((row) => [row.name, wanted(row, edits[row.name]!)] as const);
    const bad = values.find(([, value]) => value === undefined);
    if (bad) return setProblem({ name: bad[0], text: t("own.nonumber") });
    return void send(Object.fromEntries(values));
  };
  const title = wordOr(`own.group.${group}`, group);
  return (
    <section class="card own-group" aria-labelledby={`own-${group}`}>
      <h2 id={`own-${group}`}>{title}</h2>
      <form onSubmit={save} noValidate>
        {rows.map((row) => (
          <Row key={row.name} row={row} value={edits[row.name] ?? shown(row)} isChanged={changed.includes(row)} problem={problem?.name === row.name ? problem.text : row.problem}
            onChange={(value) => edit({ ...edits, [row.name]: value })} onDefault={why === undefined ? () => void send({ [row.name]: null }) : null} />
        ))}
        {problem !== null && !rows.some((row) => row.name === problem.name) && <p class="tone-bad" role="alert">{problem.text}</p>}
        <div class="row-actions">
          <button type="submit" class="button primary" disabled={changed.length === 0 || why !== undefined} title={why}>{t("preset.save")}</button>
          {changed.length > 0 && <button type="button" class="button" onClick={() => { edit({}); setProblem(null); }}>{t("dialog.cancel")}</button>}
        </div>
      </form>
    </section>
  );
}

interface RowProps {
  readonly row: Setting;
  readonly value: string | boolean;
  readonly isChanged: boolean;
  readonly problem: string | null;
  readonly onChange: (value: string | boolean) => void;
  readonly onDefault: (() => void) | null;
}

function Row({ row, value, isChanged, problem, onChange, onDefault }: RowProps) {
  const range = row.minimum == null && row.maximum == null ? "" : t("own.range", { low: row.minimum ?? "\u2013", high: row.maximum ?? "\u2013" });
  const remarks = [t(`own.source.${row.source}`), row.is_waiting ? t("own.waiting") : row.needs_restart && row.is_editable ? t("own.restart") : "", range].filter(Boolean).join(" \u00b7 ");
  const remark = (
    <>
      {remarks}
      {row.source === "file" && row.is_editable && onDefault && <> <button type="button" class="button quiet small" onClick={onDefault}>{t("own.default", { value: format(row) })}</button></>}
    </>
  );
  return (
    <div title={row.name}>
      <Field id={row.name} label={wordOr(`own.${row.name}`, row.name)} kind={row.kind === "flag" ? "flag" : row.kind === "number" ? "number" : "text"} value={value} onChange={onChange} isChanged={isChanged} isDisabled={!row.is_editable} {...(row.choices ? { options: row.choices.map((choice) => ({ value: choice, label: choice })) } : {})} problem={problem} remark={remark} />
    </div>
  );
}

const format = ({ default: value, kind }: Setting): string => (kind === "flag" ? t(value === true ? "own.on" : "own.off") : Array.isArray(value) ? value.join(", ") || "\u2013" : String(value) || "\u2013");
