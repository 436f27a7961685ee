// A line to be filled in, under its label.
import type { ComponentChildren } from "preact";

interface Props {
  label: ComponentChildren;
  maxLength: number;
  value: string;
  set: (value: string) => void;
  describedBy?: string | undefined;
  optional?: boolean;
}

export function TextField({ label, maxLength, value, set, describedBy, optional = false }: Props) {
  return (
    <label class="labelled">
      <span>{label}</span>
      <input
        class="field"
        required={!optional}
        maxLength={maxLength}
        value={value}
        aria-describedby={describedBy}
        onInput={(event) => set(event.currentTarget.value)}
      />
    </label>
  );
}
