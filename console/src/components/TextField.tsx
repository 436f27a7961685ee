// A line that must be filled in, under its label.
import type { ComponentChildren } from "preact";

interface Props {
  label: ComponentChildren;
  maxLength: number;
  value: string;
  set: (value: string) => void;
  describedBy?: string | undefined;
}

export function TextField({ label, maxLength, value, set, describedBy }: Props) {
  return (
    <label class="labelled">
      <span>{label}</span>
      <input
        class="field"
        required
        maxLength={maxLength}
        value={value}
        aria-describedby={describedBy}
        onInput={(event) => set(event.currentTarget.value)}
      />
    </label>
  );
}
