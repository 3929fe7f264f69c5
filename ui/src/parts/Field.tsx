/** One field of a form by its kind: text, number, choices, a switch, a secret; with its unit, its trouble, and a remark. */
import type { ComponentChildren } from "preact";

export interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly kind: "text" | "number" | "flag" | "choice" | "secret";
  readonly value: string | boolean;
  readonly onChange: (value: string | boolean) => void;
  readonly unit?: string;
  readonly placeholder?: string;
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  readonly problem?: string | null;
  readonly remark?: ComponentChildren;
  readonly isChanged?: boolean;
  readonly isDisabled?: boolean;
}

export function Field(props: FieldProps) {
  const { id, label, kind, unit, problem, remark, isChanged } = props;
  const told = [problem ? `${id}-problem` : "", remark ? `${id}-remark` : ""].filter(Boolean).join(" ");
  return (
    <div class={isChanged ? "form-field is-changed" : "form-field"} data-field={id}>
      <label for={id} class="form-label">{label}</label>
      <span class="form-input">{kind === "flag" ? <Switch {...props} told={told} /> : kind === "choice" || props.options ? <Select {...props} told={told} /> : <Input {...props} told={told} />}{unit && <span class="muted">{unit}</span>}</span>
      {problem && <span id={`${id}-problem`} class="form-problem tone-bad">{problem}</span>}
      {remark && <span id={`${id}-remark`} class="form-remark muted">{remark}</span>}
    </div>
  );
}

type Told = FieldProps & { readonly told: string };

function Input({ id, kind, value, onChange, placeholder, problem, isDisabled, told }: Told) {
  const shared = {
    id, class: "input wide-input", inputMode: kind === "number" ? ("decimal" as const) : undefined, autoComplete: kind === "secret" ? "new-password" : "off", spellcheck: false, value: String(value), placeholder,
    disabled: isDisabled, "aria-invalid": problem ? true : undefined, "aria-describedby": told || undefined, onInput: (event: { currentTarget: HTMLInputElement }) => onChange(event.currentTarget.value),
  };
  return kind === "secret" ? <input type="password" {...shared} /> : <input type="text" {...shared} />;
}

const Select = ({ id, value, onChange, options = [], problem, isDisabled, told }: Told) => (
  <select id={id} class="select wide-input" value={String(value)} disabled={isDisabled} aria-invalid={problem ? true : undefined} aria-describedby={told || undefined} onChange={(event) => onChange(event.currentTarget.value)}>
    {options.map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
  </select>
);

const Switch = ({ id, value, onChange, isDisabled, told }: Told) => (
  <span class="form-switch"><input id={id} type="checkbox" checked={value === true} disabled={isDisabled} aria-describedby={told || undefined} onChange={(event) => onChange(event.currentTarget.checked)} /></span>
);
