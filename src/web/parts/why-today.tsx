import type { ReactNode } from "react";
import type { BotView } from "../../protocol/api.ts";
import { type WhyShown, whyLines } from "../../view/why-line.ts";
import type { Shown } from "../../view/shown.ts";
import { useAttribution } from "../live/use-attribution.ts";
import { Read } from "./reading.tsx";
import { Value } from "./value.tsx";

/** Lines of the overview, one for each currency: the largest. */
const SHOWN_MOST = 3;

/** Why the bots of a mode made what they made today: nothing where they made nothing. */
export function WhyToday({ mode }: { readonly mode: BotView["mode"] }): ReactNode {
  return (
    <Read reading={useAttribution(mode)} what="Why" rows={1}>
      {({ rows }) => {
        const lines = whyLines(rows).slice(0, SHOWN_MOST);
        return (
          lines.length > 0 && (
            <section aria-label="Why" className="border-n4 border-t px-3 py-1.5">
              {lines.map((line) => (
                <WhyLine key={line.currency} line={line} />
              ))}
            </section>
          )
        );
      }}
    </Read>
  );
}

function WhyLine({ line }: { readonly line: WhyShown }): ReactNode {
  const { currency, net, signal, execution, cost, residual } = line;
  return (
    <p className="flex flex-wrap gap-x-3 text-12 text-n10" data-why={currency}>
      <span className="text-n9">Why:</span>
      <Term name="signal" shown={signal} />
      <Term name="execution" shown={execution} />
      <Term name="cost" shown={cost} />
      {residual !== undefined && <Term name="not explained" shown={residual} />}
      <span className="whitespace-nowrap">
        = <Value shown={net} flash /> {currency}
      </span>
    </p>
  );
}

const Term = ({ name, shown }: { readonly name: string; readonly shown: Shown }): ReactNode => (
  <span className="whitespace-nowrap">
    {name} <Value shown={shown} flash />
  </span>
);
