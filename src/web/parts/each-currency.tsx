import type { ReactNode } from "react";
import type { BotToday, PerformanceLine } from "../../view/performance-rows.ts";
import { Value } from "./value.tsx";

interface EachCurrencyProps {
  readonly today: BotToday;
  readonly children: (line: PerformanceLine) => ReactNode;
}

/** What a bot made today, a line for each currency that its cell has room for. */
export function EachCurrency({ today: { lines, more, none }, children }: EachCurrencyProps): ReactNode {
  if (lines.length === 0) return <Value shown={none} />;
  return (
    <span className="flex min-w-0 flex-col items-end">
      {lines.map((line) => (
        <span key={line.key} className="max-w-full whitespace-nowrap">
          {children(line)}
        </span>
      ))}
      {more > 0 && <span className="text-12 text-n9">and {more} more</span>}
    </span>
  );
}
