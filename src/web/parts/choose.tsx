import type { ReactNode } from "react";

interface ChooseProps {
  readonly label: string;
  /** Undefined for all. */
  readonly value: string | undefined;
  readonly options: readonly string[];
  /** What stands for all of them. */
  readonly all: string;
  readonly choose: (value: string | undefined) => void;
}

/** One of many to narrow a list to. What is chosen stands there even when it is none of the options any more. */
export function Choose({ label, value, options, all, choose }: ChooseProps): ReactNode {
  const listed = value === undefined || options.includes(value) ? options : [value, ...options];
  return (
    <label className="flex items-center gap-1.5 text-12 text-n9">
      {label}
      <select
        aria-label={label}
        value={value ?? ""}
        onChange={(event) => choose(event.target.value === "" ? undefined : event.target.value)}
        className="max-w-40 rounded border border-n6 bg-n2 px-1.5 py-0.5 text-13 text-n12"
      >
        <option value="">{all}</option>
        {listed.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </label>
  );
}
