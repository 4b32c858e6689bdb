import type { ReactNode } from "react";

interface OneOfProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string; readonly hint?: string }[];
  readonly choose: (value: T) => void;
}

/** A row of buttons of which one is pressed. */
export function OneOf<T extends string>({ label, value, options, choose }: OneOfProps<T>): ReactNode {
  return (
    <fieldset aria-label={label} className="flex flex-wrap gap-1">
      {options.map((each) => (
        <button
          key={each.value}
          type="button"
          title={each.hint}
          aria-pressed={each.value === value}
          onClick={() => choose(each.value)}
          className="whitespace-nowrap rounded border border-n5 px-2 text-n10 hover:bg-n4 hover:text-n12 aria-pressed:border-n9 aria-pressed:bg-n5 aria-pressed:text-n12"
        >
          {each.label}
        </button>
      ))}
    </fieldset>
  );
}
