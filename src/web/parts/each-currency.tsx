import type { ReactNode } from "react";
import type { BotToday, PerformanceLine } from "../../view/performance-rows.ts";
import { Value } from "./value.tsx";

/** A line of the cell for each currency; all of them are on the bot's own page. */
const CURRENCIES_SHOWN = 3;

interface EachCurrencyProps {
  readonly today: BotToday;
  readonly children: (line: PerformanceLine) => ReactNode;
}

/** What a bot made today, a line for each of its currencies. */
export function EachCurrency({ today: { lines, none }, children }: EachCurrencyProps): ReactNode {
  if (lines.length === 0) return <Value shown={none} />;
  return (
    <span className="flex min-w-0 flex-col items-end">
      {lines.slice(0, CURRENCIES_SHOWN).map((line) => (
        <span key={line.key} className="max-w-full whitespace-nowrap">
          {children(line)}
        </span>
      ))}
      {lines.length > CURRENCIES_SHOWN && (
        <span className="text-12 text-n9">and {lines.length - CURRENCIES_SHOWN} more</span>
      )}
    </span>
  );
}
