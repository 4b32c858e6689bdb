import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useMemo, useState } from "react";
import type { BotView } from "../../protocol/api.ts";
import type { StatisticsAnswer, TrendView } from "../../protocol/api-statistics.ts";
import {
  ANALYSIS_RANGES,
  type AnalysisRange,
  analysisRangeOf,
  analysisRangeWords,
  analysisStart,
} from "../../view/analysis-range.ts";
import { fixed } from "../../view/number-format.ts";
import {
  drawdownChart,
  probability,
  ROLLING,
  type RollingName,
  rollingChart,
  trendShown,
} from "../../view/return-course.ts";
import { isStatistics } from "../live/frames.ts";
import { useAnalysis } from "../live/use-analysis.ts";
import { useScope } from "../live/use-scope.ts";
import { Chart } from "../parts/chart.tsx";
import { Choose } from "../parts/choose.tsx";
import { ComparePanel } from "../parts/compare-panel.tsx";
import { type Column, DataTable } from "../parts/data-table.tsx";
import { ReturnHistogram } from "../parts/return-histogram.tsx";
import { SourceBadge } from "../parts/marks.tsx";
import { OneOf } from "../parts/one-of.tsx";
import { Empty, Panel } from "../parts/panel.tsx";
import { Read } from "../parts/reading.tsx";
import { Value } from "../parts/value.tsx";
import { PageFrame } from "./page-frame.tsx";
import { PerformanceTabs } from "./performance-tabs.tsx";

const ranges = ANALYSIS_RANGES.filter(({ days }) => days >= 7).map(({ range, label, words }) => ({
  value: range,
  label,
  hint: words,
}));

/** Source document 5's trends: how drawdown, rolling statistics and the spread of returns went, and what changed. */
export function HistoricalTrends(): ReactNode {
  const search = useSearch({ from: "/desk/performance/trends" });
  const navigate = useNavigate();
  const { bot, mode, bots } = useScope(search.bot);
  const range = analysisRangeOf(search.range, "90d");
  const set = (changes: typeof search): void =>
    void navigate({ to: "/performance/trends", search: { ...search, ...changes }, replace: true, resetScroll: false });
  return (
    <PageFrame title="Performance" note={`daily returns of ${bot ?? "the desk"}, ${analysisRangeWords(range)}`}>
      <PerformanceTabs current="/performance/trends" />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 border-n4 border-b px-3 py-1.5">
        <Choose
          label="Of"
          value={bot}
          options={bots}
          all="the desk"
          choose={(to) => set({ bot: to, a: undefined, b: undefined })}
        />
        <OneOf label="Range" value={range} options={ranges} choose={(to) => set({ range: to })} />
      </div>
      <Trends key={`${bot} ${mode} ${range}`} {...{ bot, mode, range }} />
      <ComparePanel
        key={`compare ${bot} ${mode} ${range} ${search.by} ${search.a} ${search.b}`}
        {...{ bot, mode, range, by: search.by, a: search.a, b: search.b }}
        change={set}
      />
    </PageFrame>
  );
}

interface TrendsProps {
  readonly bot: string | undefined;
  readonly mode: BotView["mode"];
  readonly range: AnalysisRange;
}

function Trends({ bot, mode, range }: TrendsProps): ReactNode {
  const reading = useAnalysis({
    name: "statistics",
    is: isStatistics,
    startAt: (nowMs) => analysisStart(range, nowMs),
    query: { bot, mode },
  });
  return (
    <Read reading={reading} what="Daily returns" rows={16}>
      {(answer) => (
        <div className="@container">
          <div className="grid gap-px bg-n4 @min-[62rem]:grid-cols-2">
            <Drawdown answer={answer} />
            <Rolling answer={answer} />
            <Panel title="Distribution of daily returns" note={`n=${answer.returns}`}>
              <ReturnHistogram daily={answer.daily} />
            </Panel>
            <TrendPanel trends={answer.trends} />
          </div>
        </div>
      )}
    </Read>
  );
}

function Drawdown({ answer }: { readonly answer: StatisticsAnswer }): ReactNode {
  const model = useMemo(() => drawdownChart(answer.daily), [answer.daily]);
  return (
    <Panel title="Drawdown" note="each day's end below the highest before it" className="flex flex-col">
      <Chart
        label={`Drawdown of ${answer.bot ?? "the desk"}`}
        model={model}
        height="min-h-56"
        actions={<SourceBadge mode={answer.mode} />}
        empty={
          <Empty title="No daily return in this time">{answer.daily.at(-1)?.reason ?? "No equity was reported."}</Empty>
        }
      />
    </Panel>
  );
}

const rollingNames = ROLLING.map(({ name, label }) => ({ value: name, label }));

function Rolling({ answer }: { readonly answer: StatisticsAnswer }): ReactNode {
  const [name, setName] = useState<RollingName>("sharpe");
  const { rolling } = answer;
  const model = useMemo(() => rollingChart(rolling, name), [rolling, name]);
  return (
    <Panel title="Rolling" note={`windows of ${rolling.window_days} days`} className="flex flex-col">
      <div className="px-3 pt-2">
        <OneOf label="Statistic" value={name} options={rollingNames} choose={setName} />
      </div>
      <Chart
        label={`Rolling ${model.lines[0]?.label ?? name} of ${answer.bot ?? "the desk"}`}
        model={model}
        height="min-h-48"
        actions={<SourceBadge mode={answer.mode} />}
        empty={
          <Empty title="No full window yet">{rolling.reason ?? `It needs ${rolling.window_days} daily returns.`}</Empty>
        }
      />
    </Panel>
  );
}

const trendColumns: readonly Column<TrendView>[] = [
  { head: "Of", card: "title", cell: ({ name }) => <span className="text-n12">{name.replaceAll("_", " ")}</span> },
  { head: "Trend", cell: (trend) => <Value shown={trendShown(trend)} /> },
  {
    head: "p",
    hint: "how seldom chance alone is as far from flat",
    numeric: true,
    cell: ({ p }) => (p === null ? "—" : probability(p)),
  },
  { head: "τ", hint: "Kendall: −1 always falls, 1 always rises", numeric: true, cell: ({ tau }) => number(tau, 2) },
  { head: "n", numeric: true, cell: ({ n }) => fixed(n, 0) },
];

const number = (value: number | null, decimals: number): string => (value === null ? "—" : fixed(value, decimals));

function TrendPanel({ trends }: { readonly trends: readonly TrendView[] }): ReactNode {
  const [first] = trends;
  return (
    <Panel title="Trends" {...(first === undefined ? {} : { note: first.test })}>
      {trends.length === 0 ? (
        <Empty title="Too little is known for a trend" />
      ) : (
        <DataTable slim label="Trends" columns={trendColumns} rows={trends} rowKey={({ name }) => name} />
      )}
    </Panel>
  );
}
