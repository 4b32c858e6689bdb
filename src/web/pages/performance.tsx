import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { BotView } from "../../protocol/api.ts";
import type { MoneyWindow, PerformanceAnswer } from "../../protocol/api-money.ts";
import { count } from "../../view/number-format.ts";
import { MONEY_WINDOWS, madeByCurrency, moneyShown, moneyWindowOf, windowWords } from "../../view/performance-rows.ts";
import type { Shown } from "../../view/shown.ts";
import { type TimeRange, timeRangeOf } from "../../view/time-range.ts";
import { modeBadge, modeBadges } from "../../view/trading-mode.ts";
import { useCell, useDesk } from "../live/use-desk.ts";
import { useDeskMode, usePerformance } from "../live/use-performance.ts";
import { Choose } from "../parts/choose.tsx";
import { CostPanel } from "../parts/cost-panel.tsx";
import { EquityPanel } from "../parts/equity-panel.tsx";
import { EquityTable } from "../parts/equity-table.tsx";
import { OneOf } from "../parts/one-of.tsx";
import { Empty, Panel, Skeleton, Trouble } from "../parts/panel.tsx";
import { PerformanceTable } from "../parts/performance-table.tsx";
import { RangeChoice } from "../parts/range-choice.tsx";
import { TabLinks } from "../parts/tab-links.tsx";
import { Value } from "../parts/value.tsx";
import { WhyPanel } from "../parts/why-panel.tsx";
import { PageFrame } from "./page-frame.tsx";
import { PerformanceTabs } from "./performance-tabs.tsx";

/** What trading made: all of it, why, by bot and currency, and what the equity says. */
export function Performance(): ReactNode {
  const search = useSearch({ from: "/desk/performance" });
  const own = useDeskMode();
  const bots = useCell(useDesk().bots) ?? [];
  const badges = modeBadges(bots.map(({ data }) => data));
  const window = moneyWindowOf(search.window);
  const mode = badges.find((badge) => badge.mode === search.mode)?.mode ?? own;
  const modes = [...new Set([own, ...badges.map((badge) => badge.mode)])];
  return (
    <PageFrame title="Performance" note={`${windowWords(window)}; realised − fees + funding`}>
      <PerformanceTabs current="/performance" />
      <div className="flex flex-wrap justify-between border-n5 border-b [&>nav]:border-0">
        <TabLinks
          label="Window"
          links={MONEY_WINDOWS.map((each) => ({
            to: "/performance",
            label: each.label,
            search: { ...search, window: each.window },
            current: each.window === window,
          }))}
        />
        {modes.length > 1 && (
          <TabLinks
            label="Mode"
            links={modes.map((each) => ({
              to: "/performance",
              label: modeBadge(each).label,
              search: { ...search, mode: each },
              current: each === mode,
            }))}
          />
        )}
      </div>
      <Made key={`${window} ${mode}`} window={window} mode={mode}>
        <OverTime mode={mode} />
      </Made>
    </PageFrame>
  );
}

interface MadeProps {
  readonly window: MoneyWindow;
  readonly mode: BotView["mode"];
  /** What stands between the sums and the tables. */
  readonly children: ReactNode;
}

function Made({ window, mode, children }: MadeProps): ReactNode {
  const { data, trouble, again } = usePerformance({ window, mode });
  if (data === undefined) {
    if (trouble === undefined) return <Skeleton rows={12} />;
    return (
      <Trouble title="What was made could not be read" retry={again}>
        {trouble}
      </Trouble>
    );
  }
  return (
    <div className="@container flex min-w-0 grow flex-col">
      <Total answer={data} />
      {children}
      <div className="grid min-w-0 gap-px bg-n4 @min-[130rem]:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Panel title="By bot and currency" note={`${data.rows.length}, money in the row's own currency`}>
          {data.rows.length === 0 ? (
            <Empty title="Nothing was made yet">
              It follows from fills, closed positions and payments of funding and fees that bots report.
            </Empty>
          ) : (
            <PerformanceTable rows={data.rows} />
          )}
        </Panel>
        <Panel title="Equity" note="as bots or their venues reported it">
          {data.equity.length === 0 ? (
            <Empty title="No equity was reported">
              Drawdown and daily loss follow from what a bot says it is worth.
            </Empty>
          ) : (
            <EquityTable rows={data.equity} />
          )}
        </Panel>
      </div>
      <Footnote />
    </div>
  );
}

interface Changes {
  readonly range?: TimeRange;
  readonly bot?: string | undefined;
  readonly cost?: "fifo" | undefined;
}

const COSTS = [
  { value: "average", label: "Average cost", hint: "what is closed cost what all of it cost on average" },
  { value: "fifo", label: "FIFO", hint: "first in, first out: beside average cost, for one bot" },
] as const;

/** How equity went and why it changed, over a range of its own. */
function OverTime({ mode }: { readonly mode: BotView["mode"] }): ReactNode {
  const search = useSearch({ from: "/desk/performance" });
  const navigate = useNavigate();
  const bots = (useCell(useDesk().bots) ?? []).map(({ data }) => data.bot).toSorted();
  const range = timeRangeOf(search.range);
  const { bot, cost } = search;
  const change = (changes: Changes): void =>
    void navigate({ to: "/performance", search: { ...search, ...changes }, replace: true, resetScroll: false });
  return (
    <section aria-label="Over time" className="border-n4 border-b">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 border-n4 border-b px-3 py-1.5">
        <RangeChoice value={range} choose={(to) => change({ range: to })} />
        <Choose label="Bot" value={bot} options={bots} all="all bots" choose={(to) => change({ bot: to })} />
        <OneOf
          label="How cost is counted"
          value={cost ?? "average"}
          options={COSTS}
          choose={(to) => change({ cost: to === "fifo" ? to : undefined })}
        />
      </div>
      <div className="grid min-w-0 gap-px bg-n4 @min-[62rem]:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <EquityPanel range={range} mode={mode} bot={bot} height="min-h-80" />
        <WhyPanel key={`why ${range} ${mode} ${bot}`} range={range} mode={mode} bot={bot} />
      </div>
      {cost === "fifo" && <CostPanel bot={bot} mode={mode} />}
    </section>
  );
}

function Total({ answer }: { readonly answer: PerformanceAnswer }): ReactNode {
  const { total, rows } = answer;
  const { net, realised, fees, funding, unrealised } = moneyShown(total);
  return (
    <section aria-label="All of it in USD">
      <dl className="flex flex-wrap items-end gap-x-6 gap-y-2 xl:gap-x-10 border-n4 border-b px-3 py-3" data-total="">
        <Figure term="Net USD" shown={net} large />
        <Figure term="Realised" shown={realised} />
        <Figure term="Fees" shown={fees} />
        <Figure term="Funding" shown={funding} />
        <Figure term="Not realised" shown={unrealised} />
        <Figure term="Bots" shown={count(total.bots)} />
      </dl>
      {total.reason !== undefined && (
        <p className="flex flex-wrap gap-x-6 border-n4 border-b px-3 py-2 text-n10">
          <span>No sum in USD: {total.reason}. By currency:</span>
          {madeByCurrency(rows).map(({ currency, net: made }) => (
            <span key={currency} className="text-n12" data-currency={currency}>
              <Value shown={made} flash /> {currency}
            </span>
          ))}
        </p>
      )}
    </section>
  );
}

interface FigureProps {
  readonly term: string;
  readonly shown: Shown;
  readonly large?: boolean;
}

function Figure({ term, shown, large = false }: FigureProps): ReactNode {
  return (
    <div>
      <dt className="text-12 text-n9">{term}</dt>
      <dd className={large ? "text-28 text-n12" : "text-16 text-n12"}>
        <Value shown={shown} flash />
      </dd>
    </div>
  );
}

function Footnote(): ReactNode {
  return (
    <p className="border-n4 border-t px-3 py-3 text-12 text-n9">
      <span className="block max-w-[60rem]">
        Realised is what was closed, at average cost and before fees. Net is realised − fees + funding. What is held now
        is not realised: it stands by itself, at the marks of the moment, and is in no net. Days are UTC days. A trade
        goes from flat to flat; of a bot that says it makes markets every fill that closes something is one. Sums in USD
        need a recorded rate for every currency in them. The limits of 5 % and 3 % are suggestions: nothing stops at
        them.
      </span>
    </p>
  );
}
