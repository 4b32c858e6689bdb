import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import type { BotView } from "../../protocol/api.ts";
import type { CatalogueEntry } from "../../protocol/api-metrics.ts";
import type { MoneyWindow } from "../../protocol/api-money.ts";
import { metricCards } from "../../view/metric-cards.ts";
import { MONEY_WINDOWS, moneyWindowOf } from "../../view/performance-rows.ts";
import { isCatalogue, isStatistics } from "../live/frames.ts";
import { readsAt } from "../live/hub-api.ts";
import { useAnalysis } from "../live/use-analysis.ts";
import { useDesk } from "../live/use-desk.ts";
import { useMetricPasts, useMetricReads } from "../live/use-metric-reads.ts";
import { useScope } from "../live/use-scope.ts";
import { useRead } from "../live/use-read.ts";
import { Choose } from "../parts/choose.tsx";
import { DiagnosisPanel } from "../parts/diagnosis-panel.tsx";
import { Cards, MetricCard, StatisticCard } from "../parts/metric-card.tsx";
import { OneOf } from "../parts/one-of.tsx";
import { Panel } from "../parts/panel.tsx";
import { Read } from "../parts/reading.tsx";
import { PageFrame } from "./page-frame.tsx";
import { PerformanceTabs } from "./performance-tabs.tsx";

const windows = MONEY_WINDOWS.map(({ window, label, since }) => ({ value: window, label, hint: since }));

/** Source document 5's overview: what matters of execution, profit, risk, inventory and time, and what seems wrong. */
export function MetricsOverview(): ReactNode {
  const search = useSearch({ from: "/desk/performance/overview" });
  const navigate = useNavigate();
  const base = readsAt(useDesk().source);
  const catalogue = useRead(`${base}/metrics`, isCatalogue);
  const { bot, mode, bots } = useScope(search.bot);
  const window = moneyWindowOf(search.window ?? "7d");
  const set = (changes: typeof search): void =>
    void navigate({
      to: "/performance/overview",
      search: { ...search, ...changes },
      replace: true,
      resetScroll: false,
    });
  return (
    <PageFrame title="Performance" note="each number with its interval, sample size and formula">
      <PerformanceTabs current="/performance/overview" />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 border-n4 border-b px-3 py-1.5">
        <Choose label="Of" value={bot} options={bots} all="the desk" choose={(to) => set({ bot: to })} />
        <OneOf label="Window" value={window} options={windows} choose={(to) => set({ window: to })} />
      </div>
      <DiagnosisPanel key={`${bot} ${mode}`} bot={bot} mode={mode} />
      <Read reading={catalogue} what="The catalogue of metrics" rows={16}>
        {({ metrics }) => <Groups key={`${bot} ${mode}`} entries={metrics} {...{ bot, mode, window }} />}
      </Read>
    </PageFrame>
  );
}

interface GroupsProps {
  readonly entries: readonly CatalogueEntry[];
  readonly bot: string | undefined;
  readonly mode: BotView["mode"];
  readonly window: MoneyWindow;
}

function Groups({ entries, bot, mode, window }: GroupsProps): ReactNode {
  const reads = useMetricReads(bot, mode);
  const pasts = useMetricPasts(bot, mode);
  const scope = bot === undefined ? "desk" : "bot";
  const groups = useMemo(() => metricCards(entries, { scope, window }), [entries, scope, window]);
  return groups
    .filter(({ lines }) => lines.length > 0)
    .map(({ group, lines }) => (
      <Panel
        key={group}
        title={group}
        {...(bot === undefined && group !== "Execution" ? { note: "more of it for one bot" } : {})}
        className="border-n4 border-t"
      >
        <Cards label={group}>
          {lines.map((line) => (
            <MetricCard key={`${line.entry.name} ${line.window}`} line={line} reads={reads} pasts={pasts} />
          ))}
        </Cards>
        {group === "Risk" && <DailyRisk bot={bot} mode={mode} />}
      </Panel>
    ));
}

/** What daily returns say of risk, and how sure it is. */
function DailyRisk({ bot, mode }: Pick<GroupsProps, "bot" | "mode">): ReactNode {
  const reading = useAnalysis({ name: "statistics", is: isStatistics, query: { bot, mode } });
  return (
    <section aria-label="Of daily returns" className="border-n4 border-t">
      <h3 className="px-3 pt-2 pb-1 text-12 text-n9">
        Of daily returns in the last 90 days
        {reading.data !== undefined && `: ${reading.data.returns} of ${reading.data.days} days have one`}
      </h3>
      <Read reading={reading} what="Statistics" rows={4}>
        {({ statistics, currency, notes }) => (
          <>
            <Cards label="Of daily returns">
              {statistics.map((statistic) => (
                <StatisticCard key={statistic.name} statistic={statistic} currency={currency} />
              ))}
            </Cards>
            {notes.length > 0 && <p className="px-3 py-2 text-12 text-n9">{notes.join(" ")}</p>}
          </>
        )}
      </Read>
    </section>
  );
}
