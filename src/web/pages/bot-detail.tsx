import { Link, useParams } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense } from "react";
import type { BotView } from "../../protocol/api.ts";
import { botFacts } from "../../view/bot-facts.ts";
import { count, fixed, grouped } from "../../view/number-format.ts";
import { unknownValue } from "../../view/shown.ts";
import { moment } from "../../view/time-format.ts";
import type { Stamped } from "../live/desk-store.ts";
import { loaded } from "../live/loaded.ts";
import { useCell, useDesk, useDeskNowMs } from "../live/use-desk.ts";
import { BotControl } from "../parts/bot-control.tsx";
import { Age, Running } from "../parts/age.tsx";
import { type Column, DataTable } from "../parts/data-table.tsx";
import { EdgeTable } from "../parts/edge-table.tsx";
import { dayOf, FillHeads, FillLine } from "../parts/fill-table.tsx";
import { BotMark, BotSentence, HeartbeatBar, Mark, ModeBadge } from "../parts/marks.tsx";
import { Fact, Facts } from "../parts/facts.tsx";
import { MadePanel } from "../parts/made-panel.tsx";
import { Empty, Panel, Skeleton } from "../parts/panel.tsx";
import { Value } from "../parts/value.tsx";
import { PageFrame } from "./page-frame.tsx";

/** Charts come with their first use, and not before the rest of the page. */
const BotOverTime = lazy(async () => ({
  default: (await loaded(() => import("../parts/bot-over-time.tsx"))).BotOverTime,
}));

/** One bot: how it is, what it counts, what it traded last. */
export function BotDetail(): ReactNode {
  const { bot: name } = useParams({ from: "/desk/bots/$bot" });
  const bots = useCell(useDesk().bots);
  if (bots === undefined) {
    return (
      <PageFrame title={name}>
        <Skeleton rows={12} />
      </PageFrame>
    );
  }
  const bot = bots.find(({ data }) => data.bot === name);
  if (bot === undefined) {
    return (
      <PageFrame title={name}>
        <Empty title={`No bot is called ${name}`}>
          It has not reported yet, or reports under another name.{" "}
          <Link to="/bots" className="underline underline-offset-2">
            All bots
          </Link>
        </Empty>
      </PageFrame>
    );
  }
  return (
    <div className="@container flex min-h-full flex-col bg-n4">
      <BotHeader bot={bot} />
      <div className="grid grow gap-px @min-[60rem]:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="flex min-w-0 flex-col gap-px">
          <MadePanel bot={bot.data} />
          <Suspense fallback={<Panel title="Equity and drawdown">{null}</Panel>}>
            <BotOverTime key={name} bot={bot.data} />
          </Suspense>
          <BotFills name={name} />
          <BotEdges name={name} />
        </div>
        <div className="flex min-w-0 flex-col gap-px">
          <About bot={bot} />
          <Venues bot={bot.data} />
          <Numbers title="Counters" values={bot.data.counters} none="The bot counts nothing." />
          <Numbers
            title="Risk"
            values={{ ...bot.data.risk_stats, ...bot.data.risk }}
            none="The bot reports no risk."
            className="grow"
          />
        </div>
      </div>
    </div>
  );
}

function BotHeader({ bot }: { readonly bot: Stamped<BotView> }): ReactNode {
  const { data } = bot;
  return (
    <header data-bot={data.bot} className="mb-px flex flex-wrap items-center gap-x-6 gap-y-2 bg-n2 px-3 py-3">
      <h1 className="flex items-center gap-2 font-medium text-20 text-n12">
        {data.bot} <ModeBadge mode={data.mode} />
      </h1>
      <span className="text-14">
        <BotMark bot={bot} />
      </span>
      <span className="text-n10">
        <BotSentence bot={bot} />
      </span>
      <span className="w-52 max-w-full sm:ml-auto">
        <HeartbeatBar bot={data} />
      </span>
      <BotControl bot={data.bot} />
    </header>
  );
}

function About({ bot: { data, atMs } }: { readonly bot: Stamped<BotView> }): ReactNode {
  const nowMs = useDeskNowMs();
  return (
    <Panel title="About">
      <Facts>
        <Fact term="Last contact">
          <Age ageS={data.last_seen_age_s} atMs={atMs} limitS={data.expected_interval_s * 3} />
        </Fact>
        <Fact term="Up for">
          {data.uptime_s === null ? (
            <Value shown={unknownValue("the bot did not say when it started")} />
          ) : (
            <Running seconds={data.uptime_s} atMs={atMs} />
          )}
        </Fact>
        {botFacts(data, nowMs).map(({ term, shown }) => (
          <Fact key={term} term={term}>
            <Value shown={shown} flash />
          </Fact>
        ))}
      </Facts>
      {data.last_error !== undefined && (
        <p className="border-n4 border-t px-3 py-2">
          <span className="text-bad">⚠ {data.last_error.code}</span> {data.last_error.message}{" "}
          <span className="text-n9">
            <Value shown={moment(data.last_error.at, nowMs)} />
          </span>
        </p>
      )}
    </Panel>
  );
}

type BotVenue = BotView["venues"][number];

const venueColumns: readonly Column<BotVenue>[] = [
  { head: "Venue", card: "title", cell: ({ venue }) => venue },
  {
    head: "Connection",
    cell: ({ connected }) => (
      <Mark
        mark={
          connected ? { sign: "●", word: "connected", tone: "ok" } : { sign: "○", word: "disconnected", tone: "bad" }
        }
      />
    ),
  },
  {
    head: "Subscriptions",
    numeric: true,
    cell: ({ subscriptions }) => (
      <Value shown={subscriptions === undefined ? unknownValue("the bot gave none") : count(subscriptions)} />
    ),
  },
];

function Venues({ bot }: { readonly bot: BotView }): ReactNode {
  return (
    <Panel title="Its venues">
      {bot.venues.length === 0 ? (
        <Empty title="The bot named no venues" />
      ) : (
        <DataTable
          slim
          label="Venues of the bot"
          columns={venueColumns}
          rows={bot.venues}
          rowKey={({ venue }) => venue}
        />
      )}
    </Panel>
  );
}

/** Names and values as the bot gave them: the units are the bot's. */
function Numbers({
  title,
  values,
  none,
  className = "",
}: {
  readonly title: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly none: string;
  readonly className?: string;
}): ReactNode {
  const lines = Object.entries(values);
  if (lines.length === 0) {
    return (
      <Panel title={title} className={className}>
        <Empty title={none} />
      </Panel>
    );
  }
  return (
    <Panel title={title} note="as the bot reports" className={className}>
      <Facts>
        {lines.map(([name, value]) => (
          <Fact key={name} term={name}>
            {reported(value)}
          </Fact>
        ))}
      </Facts>
    </Panel>
  );
}

function reported(value: unknown): string {
  if (typeof value === "number") return Number.isInteger(value) ? fixed(value, 0) : grouped(String(value));
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(String).join(", ");
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "—");
}

const FILLS_SHOWN = 50;

function BotFills({ name }: { readonly name: string }): ReactNode {
  const fills = useCell(useDesk().fills)?.filter(({ bot }) => bot === name);
  const todayMs = dayOf(useDeskNowMs());
  return (
    <Panel title="Its latest fills" note="of the newest 500 of the desk">
      {fills === undefined ? (
        <Skeleton rows={8} />
      ) : fills.length === 0 ? (
        <Empty title="No fill of this bot among the newest ones" />
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: rows of a grid, as on the page of all fills
        <div role="table" aria-label="Fills of the bot" className="fill-table">
          <FillHeads />
          {fills.slice(0, FILLS_SHOWN).map((fill) => (
            <FillLine key={fill.seq} fill={fill} todayMs={todayMs} rowIndex={undefined} />
          ))}
        </div>
      )}
    </Panel>
  );
}

function BotEdges({ name }: { readonly name: string }): ReactNode {
  const edges = useCell(useDesk().edges);
  const own = edges?.data.filter(({ bot }) => bot === name) ?? [];
  return (
    <Panel title="Its live edges" className="grow">
      {edges === undefined || own.length === 0 ? (
        <Empty title="No live edge of this bot" />
      ) : (
        <EdgeTable edges={{ data: own, atMs: edges.atMs }} limit={own.length} short />
      )}
    </Panel>
  );
}
