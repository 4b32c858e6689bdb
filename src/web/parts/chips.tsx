import type { ReactNode } from "react";
import type { StateMark } from "../../view/health-lines.ts";
import { toneClass } from "./value.tsx";

interface ChipsProps<T extends string> {
  readonly label: string;
  /** What is chosen; undefined for all. */
  readonly value: T | undefined;
  readonly all: number;
  readonly options: readonly { readonly value: T; readonly count: number; readonly mark: StateMark }[];
  readonly choose: (value: T | undefined) => void;
}

const chipClass =
  "whitespace-nowrap rounded border border-n5 px-2 text-n10 hover:bg-n4 hover:text-n12 aria-pressed:border-n9 aria-pressed:bg-n5 aria-pressed:text-n12";

/** One of a few states to narrow a list to, with how many there are of each. */
export function Chips<T extends string>({ label, value, all, options, choose }: ChipsProps<T>): ReactNode {
  return (
    <fieldset aria-label={label} className="flex flex-wrap gap-1">
      <button type="button" aria-pressed={value === undefined} onClick={() => choose(undefined)} className={chipClass}>
        all <span className="text-n10">{all}</span>
      </button>
      {options.map(({ value: each, count, mark }) => (
        <button
          key={each}
          type="button"
          aria-pressed={each === value}
          onClick={() => choose(each === value ? undefined : each)}
          className={chipClass}
        >
          <span aria-hidden="true" className={toneClass(mark.tone)}>
            {mark.sign}
          </span>{" "}
          {mark.word} <span className="text-n10">{count}</span>
        </button>
      ))}
    </fieldset>
  );
}
