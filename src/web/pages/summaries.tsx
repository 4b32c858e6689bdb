import { Link, useSearch } from "@tanstack/react-router";
import { type ReactNode, useMemo, useState } from "react";
import type { BotSummary, DaySummary, SummaryDay, SummarySection } from "../../protocol/api-summaries.ts";
import { summaryCsv, summaryJson, summaryLine } from "../../view/daily-summary.ts";
import { count } from "../../view/number-format.ts";
import { unknownValue } from "../../view/shown.ts";
import {
  type DayLine,
  dayLines,
  figureOf,
  sectionKey,
  type SummaryFigure,
  summaryGroups,
} from "../../view/summary-rows.ts";
import { useDaySummaries, useSummaryDays } from "../live/use-summaries.ts";
import { DownloadButton } from "../parts/download-button.tsx";
import { RowMode } from "../parts/marks.tsx";
import { Empty, Panel, Skeleton, Trouble } from "../parts/panel.tsx";
import { Value } from "../parts/value.tsx";
import { type GridColumn, VirtualTable } from "../parts/virtual-table.tsx";
import { PageFrame } from "./page-frame.tsx";
import { PerformanceTabs } from "./performance-tabs.tsx";

const DAYS_FIRST = 31;
const DAYS_MORE = 62;
const DAYS_MOST = 1_000;

/** What each UTC day cost and made: a line a day, one of them in full. */
export function Summaries(): ReactNode {
  const [limit, setLimit] = useState(DAYS_FIRST);
  const { data, trouble, again } = useSummaryDays(limit);
  return (
    <PageFrame title="Performance" note="each UTC day, of the desk's own mode, in its currency">
      <PerformanceTabs current="/performance/days" />
      {data === undefined && trouble === undefined && <Skeleton rows={10} />}
      {trouble !== undefined && (
        <Trouble title="The days could not be read" retry={again}>
          {trouble}
        </Trouble>
      )}
      {data?.days.length === 0 && (
        <Empty title="No day yet">
          A day is there once a bot has told a fact of it. At 00:00 UTC the hub writes what it cost and made as .json
          and .csv.
        </Empty>
      )}
      {data !== undefined && data.days.length > 0 && (
        <Days
          days={data.days}
          more={
            data.days.length >= limit && limit < DAYS_MOST
              ? () => setLimit(Math.min(DAYS_MOST, limit + DAYS_MORE))
              : undefined
          }
        />
      )}
    </PageFrame>
  );
}

interface DaysProps {
  readonly days: readonly SummaryDay[];
  /** Lists older ones too; undefined when there are none. */
  readonly more: (() => void) | undefined;
}

function Days({ days, more }: DaysProps): ReactNode {
  const { day } = useSearch({ from: "/desk/performance/days" });
  const wanted = day ?? days[0]?.date;
  const dates = useMemo(() => {
    const listed = days.map(({ date }) => date);
    return day === undefined || listed.includes(day) ? listed : [day, ...listed];
  }, [day, days]);
  const { byDate, trouble } = useDaySummaries(dates);
  return (
    <>
      {trouble !== undefined && <Trouble title="Some days could not be read">{trouble}</Trouble>}
      <div className="grid min-w-0 gap-px bg-n4 min-[110rem]:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <section aria-label="Days" className="@container min-w-0 bg-n2">
          <VirtualTable
            label="Days"
            columns={columns}
            rows={dayLines(days, byDate)}
            rowKey={({ date }) => date}
            rowData={({ date }) => ({ "data-day": date, "data-chosen": date === wanted ? "" : undefined })}
          />
          {more !== undefined && (
            <div className="px-3 py-3 text-center text-12">
              <button type="button" onClick={more} className="rounded border border-n6 px-2 text-n11 hover:bg-n4">
                Older days
              </button>
            </div>
          )}
        </section>
        {wanted !== undefined && (
          <Day
            date={wanted}
            summary={byDate.get(wanted)}
            // In a narrow window a day that was chosen stands above the list that it was chosen from.
            className={day === undefined ? "" : "max-[110rem]:order-first"}
          />
        )}
      </div>
    </>
  );
}

/** A column for the figure of a section that has this name. */
function figure(name: string, head: string, more: Partial<GridColumn<DayLine>> = {}): GridColumn<DayLine> {
  return {
    name,
    head,
    hint: name,
    numeric: true,
    width: "minmax(4rem, 1fr)",
    cell: ({ section }) => {
      const shown = section === undefined ? undefined : figureOf(section, name)?.shown;
      return <Value shown={shown ?? unknownValue("it is being read")} />;
    },
    ...more,
  };
}

const columns: readonly GridColumn<DayLine>[] = [
  {
    name: "day",
    head: "Day UTC",
    width: "minmax(6rem, 8rem)",
    card: "title",
    cell: ({ date }) => (
      <Link
        to="/performance/days"
        search={{ day: date }}
        resetScroll={false}
        className="text-n12 underline-offset-2 hover:underline"
      >
        {date}
      </Link>
    ),
  },
  {
    name: "state",
    head: "State",
    width: "4.5rem",
    cell: ({ state }) => <span className={state === "restated" ? "text-stale" : "text-n9"}>{state}</span>,
  },
  figure("total_trades", "Trades"),
  figure("win_rate_pct", "Win %"),
  figure("expectancy", "A trade"),
  figure("profit_factor", "Factor"),
  figure("fill_rate_pct", "Filled %", { out: "second" }),
  figure("avg_slippage_bps", "Slip bps", { out: "second" }),
  figure("fees_paid", "Fees"),
  figure("net_funding", "Funding", { out: "first" }),
  figure("total_costs", "Costs"),
  figure("time_in_market_pct", "In market %", { out: "first" }),
  {
    name: "currency",
    head: "In",
    width: "3.25rem",
    out: "second",
    cell: ({ section }) => <span>{section?.currency}</span>,
  },
];

interface DayProps {
  readonly date: string;
  readonly summary: DaySummary | undefined;
  readonly className: string;
}

function Day({ date, summary, className }: DayProps): ReactNode {
  return (
    <Panel title={date} note={summary === undefined ? undefined : dayWords(summary)} className={className}>
      {summary === undefined ? (
        <Skeleton rows={12} />
      ) : (
        <div data-summary={date}>
          <div className="flex flex-wrap items-center gap-2 border-n4 border-b px-3 py-2 text-12 text-n9">
            <DownloadButton
              name={`daily_summary_${date}.json`}
              type="application/json"
              body={() => summaryJson(summary)}
            />
            <DownloadButton name={`daily_summary_${date}.csv`} type="text/csv" body={() => summaryCsv(summary)} />
            <code className="min-w-0 text-n10 [overflow-wrap:anywhere]">{summaryLine(date, summary.desk)}</code>
          </div>
          <Section section={summary.desk} isOpen />
          {summary.bots.map((bot, index) => (
            <Section key={sectionKey(bot)} section={bot} isOpen={index < SECTIONS_OPEN} />
          ))}
        </div>
      )}
    </Panel>
  );
}

const SECTIONS_OPEN = 3;

function dayWords({ is_over: isOver, restated, bots }: DaySummary): string {
  const state = restated ? "facts of it came after its end: restated" : isOver ? "over" : "so far";
  return `${state}, ${bots.length} ${bots.length === 1 ? "bot" : "bots"}`;
}

interface SectionProps {
  readonly section: SummarySection | BotSummary;
  readonly isOpen: boolean;
}

function Section({ section, isOpen }: SectionProps): ReactNode {
  const { costs, trades, execution } = summaryGroups(section);
  return (
    <details open={isOpen} data-section={sectionKey(section)} className="border-n4 border-b last:border-b-0">
      <summary className="cursor-pointer px-3 py-1.5 hover:bg-n3">
        <span className="font-medium text-n12">{"bot" in section ? section.bot : "The desk"}</span>{" "}
        <span className="text-12 text-n9">{section.currency}</span> <RowMode mode={section.mode} />
      </summary>
      <Group name="Costs" figures={costs} />
      <Group name="Trades" figures={trades} />
      <Group name="Execution" figures={execution} />
    </details>
  );
}

function Group({ name, figures }: { readonly name: string; readonly figures: readonly SummaryFigure[] }): ReactNode {
  return (
    <section
      aria-label={name}
      className="grid gap-x-4 gap-y-1 border-n4 border-t px-3 py-1.5 @min-[40rem]:grid-cols-[5rem_minmax(0,1fr)]"
    >
      <h3 className="text-12 text-n11">{name}</h3>
      <dl className="grid grid-cols-[repeat(auto-fill,minmax(8.25rem,1fr))] gap-x-4 gap-y-1.5">
        {figures.map(({ name: field, label, shown, unit, n }) => (
          <div key={field} data-figure={field} className="min-w-0">
            <dt className="text-12 text-n9" title={field}>
              {label}
            </dt>
            <dd className="text-14 text-n12">
              <Value shown={shown} />{" "}
              <span className="whitespace-nowrap text-12 text-n9">
                {shown.reason === undefined && unit}
                {n !== undefined && ` n=${count(n).text}`}
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
