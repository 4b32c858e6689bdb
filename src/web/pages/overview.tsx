import { lazy, type ReactNode, Suspense, useMemo, useState, useSyncExternalStore } from "react";
import type { ExposureLimits } from "../../view/exposure-level.ts";
import { hubTroubles, statusMark } from "../../view/health-lines.ts";
import { type EventRow, eventTable } from "../../view/position-rows.ts";
import { type BotToday, botToday } from "../../view/performance-rows.ts";
import { currencyLines, exposureGroups } from "../../view/exposure-rows.ts";
import type { TimeRange } from "../../view/time-range.ts";
import type { BotView, ExposureAnswer, HealthAnswer } from "../../protocol/api.ts";
import type { Stamped } from "../live/desk-store.ts";
import { loaded } from "../live/loaded.ts";
import { useCell, useDesk, useDeskNowMs } from "../live/use-desk.ts";
import { useDeskMode } from "../live/use-performance.ts";
import { BotLink, sortedBots } from "../parts/bot-table.tsx";
import { type Column, DataTable } from "../parts/data-table.tsx";
import { EachCurrency } from "../parts/each-currency.tsx";
import { EdgeTable } from "../parts/edge-table.tsx";
import { ExposureTable } from "../parts/exposure-table.tsx";
import { MadeValue } from "../parts/made-value.tsx";
import { LevelMark } from "../parts/level-mark.tsx";
import { OpportunityTable } from "../parts/opportunity-table.tsx";
import { dayOf, FillHeads, FillLine } from "../parts/fill-table.tsx";
import { RangeChoice } from "../parts/range-choice.tsx";
import { BotMark, HeartbeatBar, Mark } from "../parts/marks.tsx";
import { NeedsPanel } from "../parts/needs-panel.tsx";
import { Empty, Panel, Skeleton } from "../parts/panel.tsx";
import { Value } from "../parts/value.tsx";
import { VenueTable } from "../parts/venue-table.tsx";
import { WhyToday } from "../parts/why-today.tsx";
import { Connect } from "./connect.tsx";

/** The first screen: alive, halted, exposed, anything to do. Without any bot the live one shows how to connect one. */
export function Overview(): ReactNode {
  const desk = useDesk();
  const bots = useCell(desk.bots);
  const [connecting, setConnecting] = useState(false);
  if (bots?.length === 0 && desk.source === undefined && !connecting) setConnecting(true);
  if (connecting) return <Connect done={() => setConnecting(false)} />;
  return (
    <div className="@container flex min-h-full bg-n4">
      <h1 className="sr-only">Overview</h1>
      <div className="grid min-w-0 grow gap-px @min-[60rem]:grid-cols-[minmax(0,1fr)_26rem]">
        <div className="grid min-w-0 grid-rows-[auto_auto_1fr] gap-px @min-[110rem]:grid-cols-[minmax(0,2fr)_minmax(0,3fr)] @min-[110rem]:grid-rows-[auto_1fr] max-[60rem]:order-1">
          <EquityOverTime />
          <div className="grid min-w-0 gap-px @min-[84rem]:grid-cols-2 @min-[110rem]:grid-cols-1 @min-[110rem]:grid-rows-[auto_1fr]">
            <EdgesPanel />
            <OpportunitiesPanel />
          </div>
          <FillsPanel />
        </div>
        <div className="flex min-w-0 flex-col gap-px bg-n4 max-[60rem]:contents">
          <NeedsPanel className="max-[60rem]:order-first" />
          <BotsPanel bots={bots} />
          <PositionsPanel />
          <ExposurePanels />
          <HealthPanel />
        </div>
      </div>
    </div>
  );
}

/** Charts come with their first use, and not before the rest of the page. */
const EquityPanel = lazy(async () => ({
  default: (await loaded(() => import("../parts/equity-panel.tsx"))).EquityPanel,
}));

function EquityOverTime(): ReactNode {
  const [range, setRange] = useState<TimeRange>("24h");
  const mode = useDeskMode();
  return (
    <div className="min-w-0 @min-[110rem]:col-span-2">
      <Suspense
        fallback={
          <Panel title="Equity and drawdown" className="min-h-64">
            {null}
          </Panel>
        }
      >
        <EquityPanel
          range={range}
          mode={mode}
          bot={undefined}
          height="min-h-44 @min-[110rem]:min-h-64"
          choice={<RangeChoice value={range} choose={setRange} />}
        />
      </Suspense>
    </div>
  );
}

const EDGES_SHOWN = 6;
const OPPORTUNITIES_SHOWN = 5;
const BOTS_SHOWN = 12;

function EdgesPanel(): ReactNode {
  const edges = useCell(useDesk().edges);
  const { edges: shown } = useShown();
  return (
    <Panel title="Live edges" to="/edges" note={edges === undefined ? "" : `${edges.data.length} now`}>
      {edges === undefined ? (
        <Skeleton rows={shown} />
      ) : edges.data.length === 0 ? (
        <Empty title="No live edge">An edge is live for 30 s after it came, unless the bot says otherwise.</Empty>
      ) : (
        <EdgeTable edges={edges} limit={shown} short />
      )}
    </Panel>
  );
}

function OpportunitiesPanel(): ReactNode {
  const opportunities = useCell(useDesk().opportunities);
  const { opportunities: shown } = useShown();
  if (opportunities === undefined || opportunities.length === 0) return null;
  return (
    <Panel title="Opportunities" to="/opportunities" note="what bots did about them">
      <OpportunityTable opportunities={opportunities} limit={shown} short />
    </Panel>
  );
}

const EVENTS_SHOWN = 6;

const eventColumns: readonly Column<EventRow>[] = [
  {
    head: "Event",
    grows: true,
    cell: ({ title }) => (
      <span
        className={`text-n12 ${title.text.includes(" ") ? "line-clamp-2 whitespace-normal" : ""}`}
        title={title.full ?? title.text}
      >
        {title.text}
      </span>
    ),
  },
  { head: "Net", hint: "contracts", numeric: true, cell: ({ net }) => <Value shown={net} flash /> },
  { head: "Unreal. USD", numeric: true, cell: ({ unrealised }) => <Value shown={unrealised} flash /> },
  { head: "Level", hint: "of its gross in USD", cell: ({ level }) => <LevelMark level={level} /> },
];

function PositionsPanel(): ReactNode {
  const positions = useCell(useDesk().positions);
  const rows = useMemo(
    () => (positions === undefined ? [] : eventTable(positions.data).rows.slice(0, EVENTS_SHOWN)),
    [positions],
  );
  if (positions === undefined || rows.length === 0) return null;
  return (
    <Panel title="Positions" to="/exposure" note={`the largest of ${positions.data.by_event.length}`}>
      <DataTable slim label="Largest positions" columns={eventColumns} rows={rows} rowKey={({ key }) => key} />
    </Panel>
  );
}

function FillsPanel(): ReactNode {
  const fills = useCell(useDesk().fills);
  const { fills: shown } = useShown();
  const todayMs = dayOf(useDeskNowMs());
  return (
    <Panel title="Recent fills" to="/fills" note="newest first">
      {fills === undefined ? (
        <Skeleton rows={shown} />
      ) : fills.length === 0 ? (
        <Empty title="No fills yet">They show here the moment a bot reports one.</Empty>
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: rows of a grid, as on the page of all fills
        <div role="table" aria-label="Recent fills" className="fill-table">
          <FillHeads />
          {fills.slice(0, shown).map((fill) => (
            <FillLine key={fill.seq} fill={fill} todayMs={todayMs} rowIndex={undefined} />
          ))}
        </div>
      )}
    </Panel>
  );
}

const ROW_REM = 2;
/** Height (rem) of what stands above and between: less where the edges stand beside the fills. */
const ABOVE_REM = { beside: 31, above: 41 };
const BESIDE_FROM_REM = 120;
const FILLS_SHOWN = { least: 12, most: 60 };

/** Heads that stand between the lists of edges and of opportunities, as rows. */
const HEADS_BETWEEN = 3;

interface RowsShown {
  readonly edges: number;
  readonly opportunities: number;
  readonly fills: number;
}

/** As many rows as the window is high enough for; where edges and opportunities stand beside the fills they share these. */
function useShown(): RowsShown {
  const rowsBeside = (): string => {
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const beside = innerWidth / rem >= BESIDE_FROM_REM;
    return `${Math.floor((innerHeight / rem - (beside ? ABOVE_REM.beside : ABOVE_REM.above)) / ROW_REM)} ${beside}`;
  };
  const [rows = "", beside] = useSyncExternalStore(watchWindow, rowsBeside).split(" ");
  const fills = Math.min(FILLS_SHOWN.most, Math.max(FILLS_SHOWN.least, Number(rows)));
  const shared = beside === "true" ? fills - HEADS_BETWEEN : 0;
  const edges = Math.max(EDGES_SHOWN, Math.floor(shared / 3));
  return { edges, opportunities: Math.max(OPPORTUNITIES_SHOWN, shared - edges), fills };
}

function watchWindow(watcher: () => void): () => void {
  addEventListener("resize", watcher);
  return () => removeEventListener("resize", watcher);
}

function BotsPanel({ bots }: { readonly bots: readonly Stamped<BotView>[] | undefined }): ReactNode {
  const made = useCell(useDesk().performance)?.data.rows;
  const mode = useDeskMode();
  return (
    <Panel
      title="Bots"
      to="/bots"
      note={bots === undefined ? "" : `${bots.length}, net since 00:00 UTC`}
      className="max-[60rem]:order-first"
    >
      {bots === undefined ? (
        <Skeleton rows={6} />
      ) : (
        <ul>
          {sortedBots(bots)
            .slice(0, BOTS_SHOWN)
            .map((bot) => (
              <BotItem key={bot.data.bot} bot={bot} today={botToday(made, bot.data)} />
            ))}
        </ul>
      )}
      <WhyToday key={mode} mode={mode} />
    </Panel>
  );
}

function BotItem({ bot, today }: { readonly bot: Stamped<BotView>; readonly today: BotToday }): ReactNode {
  const { data } = bot;
  return (
    <li
      tabIndex={-1}
      data-row=""
      data-bot={data.bot}
      className="data-row border-n4 border-b px-3 py-1.5 last:border-b-0"
    >
      <div className="grid grid-cols-[minmax(0,1fr)_4.75rem_7.25rem] items-center gap-2 @min-[25rem]:grid-cols-[minmax(0,1fr)_4.75rem_5.75rem_7.5rem]">
        <BotLink bot={data} wraps />
        <BotMark bot={bot} />
        <span className="hidden @min-[25rem]:block">
          <HeartbeatBar bot={data} />
        </span>
        <span className="min-w-0 text-right">
          <EachCurrency today={today}>
            {({ net, row }) => <MadeValue made={{ shown: net, currency: row.currency }} />}
          </EachCurrency>
        </span>
      </div>
    </li>
  );
}

function ExposurePanels(): ReactNode {
  const desk = useDesk();
  const exposure = useCell(desk.exposure);
  const limits = useCell(desk.positions)?.data.limits;
  return (
    <Panel title="Exposure" to="/exposure" note={<ExposureNote exposure={exposure} />}>
      {exposure === undefined ? <Skeleton rows={5} /> : <ExposureParts exposure={exposure.data} limits={limits} />}
    </Panel>
  );
}

function ExposureNote({ exposure }: { readonly exposure: Stamped<ExposureAnswer> | undefined }): ReactNode {
  if (exposure === undefined) return null;
  const { total } = exposureGroups(exposure.data);
  return (
    <>
      gross <Value shown={total.gross} flash /> USD, net <Value shown={total.net} flash />
    </>
  );
}

interface ExposurePartsProps {
  readonly exposure: ExposureAnswer;
  readonly limits: ExposureLimits | undefined;
}

function ExposureParts({ exposure, limits }: ExposurePartsProps): ReactNode {
  const { venues, categories, bots, total } = exposureGroups(exposure, limits);
  if (venues.length === 0)
    return <Empty title="Nothing is held">Exposure follows from the fills that bots report.</Empty>;
  return (
    <>
      {total.gross.reason !== undefined && (
        <>
          <p className="border-n4 border-b px-3 py-2 text-12 text-n10">Not known in USD: {total.gross.reason}</p>
          <ExposureTable short kind="Currency" unit="" lines={currencyLines(exposure)} />
        </>
      )}
      <ExposureTable short kind="Venue" lines={venues} />
      <ExposureTable short kind="Category" lines={categories} />
      <ExposureTable short kind="Bot" lines={bots} />
    </>
  );
}

function HealthPanel(): ReactNode {
  const health = useCell(useDesk().health);
  return (
    <Panel
      title="Health"
      to="/health"
      note={health === undefined ? "" : <Mark mark={statusMark(health.data.status)} />}
      className="grow"
    >
      {health === undefined ? <Skeleton rows={4} /> : <HealthParts health={health} />}
    </Panel>
  );
}

function HealthParts({ health }: { readonly health: Stamped<HealthAnswer> }): ReactNode {
  const { hub, venues } = health.data;
  const troubles = hubTroubles(hub);
  return (
    <>
      {troubles.map((trouble) => (
        <p key={trouble} className="border-n4 border-b px-3 py-2 text-bad">
          ⚠ {trouble}
        </p>
      ))}
      {venues.length === 0 ? (
        <Empty title="No feed reported">
          A bot reports its feeds with <code>feed</code> events, or as venues of its state.
        </Empty>
      ) : (
        <VenueTable health={health} />
      )}
    </>
  );
}
