import { type ReactNode, useState } from "react";
import type { BotView } from "../../protocol/api.ts";
import type { TimeRange } from "../../view/time-range.ts";
import { EquityPanel } from "./equity-panel.tsx";
import { RangeChoice } from "./range-choice.tsx";
import { WhyPanel } from "./why-panel.tsx";

/** How the equity of one bot went, and why it changed. */
export function BotOverTime({ bot: { bot, mode } }: { readonly bot: Pick<BotView, "bot" | "mode"> }): ReactNode {
  const [range, setRange] = useState<TimeRange>("24h");
  return (
    <>
      <EquityPanel
        range={range}
        mode={mode}
        bot={bot}
        height="min-h-44"
        choice={<RangeChoice value={range} choose={setRange} />}
      />
      <WhyPanel key={`${bot} ${mode} ${range}`} range={range} mode={mode} bot={bot} />
    </>
  );
}
