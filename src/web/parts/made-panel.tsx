import { type ReactNode, useState } from "react";
import type { BotView } from "../../protocol/api.ts";
import type { MoneyWindow } from "../../protocol/api-money.ts";
import {
  basisWords,
  MONEY_WINDOWS,
  type PerformanceLine,
  performanceLine,
  windowWords,
} from "../../view/performance-rows.ts";
import type { Shown } from "../../view/shown.ts";
import { usePerformance } from "../live/use-performance.ts";
import { OneOf } from "./one-of.tsx";
import { Empty, Panel, Skeleton, Trouble } from "./panel.tsx";
import { Value } from "./value.tsx";

const windows = MONEY_WINDOWS.map(({ window, label }) => ({ value: window, label }));

/** What a bot made, window by window. */
export function MadePanel({ bot }: { readonly bot: Pick<BotView, "bot" | "mode"> }): ReactNode {
  const [window, setWindow] = useState<MoneyWindow>("today");
  return (
    <Panel title="What it made" note={windowWords(window)}>
      <div className="px-3 pt-2">
        <OneOf label="Window" value={window} options={windows} choose={setWindow} />
      </div>
      <Made key={`${bot.bot} ${bot.mode} ${window}`} bot={bot} window={window} />
    </Panel>
  );
}

interface MadeProps {
  readonly bot: Pick<BotView, "bot" | "mode">;
  readonly window: MoneyWindow;
}

function Made({ bot: { bot, mode }, window }: MadeProps): ReactNode {
  const { data, trouble, again } = usePerformance({ bot, mode, window });
  if (data === undefined && trouble !== undefined) {
    return (
      <Trouble title="What it made could not be read" retry={again}>
        {trouble}
      </Trouble>
    );
  }
  if (data === undefined) return <Skeleton rows={3} />;
  const lines = data.rows.map(performanceLine);
  if (lines.length === 0) return <Empty title="It made nothing yet">No fill, closed position or payment came.</Empty>;
  return lines.map((line) => <CurrencyMade key={line.key} line={line} />);
}

function CurrencyMade({ line }: { readonly line: PerformanceLine }): ReactNode {
  const { row } = line;
  return (
    <section aria-label={`In ${row.currency}`} data-made={row.currency} className="border-n4 border-b last:border-b-0">
      <h3 className="px-3 pt-2 text-12 text-n10">
        {row.currency}{" "}
        <span className="text-n9">
          · {basisWords(row.trades)} · {row.fills} fills
        </span>
      </h3>
      <dl className="grid grid-cols-[repeat(auto-fill,minmax(6.5rem,1fr))] gap-x-4 gap-y-2 px-3 py-2">
        <Figure term="Net" shown={line.net} />
        <Figure term="Realised" shown={line.realised} />
        <Figure term="Fees" shown={line.fees} />
        <Figure term="Funding" shown={line.funding} />
        <Figure term="Not realised" shown={line.unrealised} />
        <Figure term="Volume" shown={line.volume} />
        <Figure term="Trades" shown={line.closed} />
        <Figure term="Win rate %" shown={line.winRate} n={row.trades.win_rate_pct.n} />
        <Figure term="Expectancy" shown={line.expectancy} n={row.trades.expectancy.n} />
        <Figure
          term="Profit factor"
          shown={line.profitFactor}
          n={row.trades.profit_factor.n}
          words={row.trades.profit_factor.value === "unbounded" ? "no losses yet" : undefined}
        />
        <Figure term="Payoff" shown={line.payoff} n={row.trades.payoff.n} />
        <Figure term="Held" shown={line.holding} n={row.trades.avg_holding_hours.n} />
        <Figure term="Maker %" shown={line.makerPercent} n={row.maker_ratio.n} />
      </dl>
    </section>
  );
}

interface FigureProps {
  readonly term: string;
  readonly shown: Shown;
  /** The sample size of a statistic. */
  readonly n?: number;
  readonly words?: string | undefined;
}

function Figure({ term, shown, n, words }: FigureProps): ReactNode {
  return (
    <div className="min-w-0">
      <dt className="text-12 text-n9">{term}</dt>
      <dd className="text-14 text-n12">
        <Value shown={shown} flash />{" "}
        <span className="whitespace-nowrap text-12 text-n9">
          {words}
          {words !== undefined && n !== undefined ? ", " : ""}
          {n !== undefined && `n=${n}`}
        </span>
      </dd>
    </div>
  );
}
