import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import type { BotView } from "../../protocol/api.ts";
import { byUrgency } from "../../view/bot-condition.ts";
import { droppedEvents, suspicious } from "../../view/bot-facts.ts";
import { count } from "../../view/number-format.ts";
import { type BotToday, botToday } from "../../view/performance-rows.ts";
import { plain, unknownValue } from "../../view/shown.ts";
import type { Stamped } from "../live/desk-store.ts";
import { useCell, useDesk } from "../live/use-desk.ts";
import { Age, Running } from "./age.tsx";
import { MadeValue } from "./made-value.tsx";
import { type Column, DataTable } from "./data-table.tsx";
import { EachCurrency } from "./each-currency.tsx";
import { BotMark, HeartbeatBar, RowMode } from "./marks.tsx";
import { Value } from "./value.tsx";

interface Row extends Stamped<BotView> {
  readonly today: BotToday;
}

/** Those who need somebody first, then by name. */
export const sortedBots = (bots: readonly Stamped<BotView>[]): Stamped<BotView>[] =>
  bots.toSorted((a, b) => byUrgency(a.data, b.data));

interface BotLinkProps {
  readonly bot: Pick<BotView, "bot" | "mode">;
  /** Its badge may go below its name where there is little room. */
  readonly wraps?: boolean;
}

/** A bot's name, which leads to its page. */
export function BotLink({ bot, wraps = false }: BotLinkProps): ReactNode {
  return (
    <span className={`flex min-w-0 items-center gap-x-1.5 ${wraps ? "flex-wrap" : ""}`}>
      <Link
        to="/bots/$bot"
        params={{ bot: bot.bot }}
        title={bot.bot}
        className="truncate text-n12 underline-offset-2 hover:underline"
      >
        {bot.bot}
      </Link>
      <RowMode mode={bot.mode} />
    </span>
  );
}

const columns: readonly Column<Row>[] = [
  { head: "Bot", card: "title", cell: ({ data }) => <BotLink bot={data} /> },
  { head: "State", cell: (row) => <BotMark bot={row} /> },
  {
    head: "Last contact",
    spare: true,
    numeric: true,
    cell: ({ data, atMs }) => <Age ageS={data.last_seen_age_s} atMs={atMs} limitS={data.expected_interval_s * 3} />,
  },
  {
    head: "Last 30 minutes",
    card: "wide",
    cell: ({ data }) => (
      <span className="inline-block w-44 max-w-full align-middle">
        <HeartbeatBar bot={data} />
      </span>
    ),
  },
  {
    head: "Today net",
    hint: "realised − fees + funding since 00:00 UTC",
    numeric: true,
    cell: ({ today }) => (
      <EachCurrency today={today}>
        {({ net, row }) => <MadeValue made={{ shown: net, currency: row.currency }} />}
      </EachCurrency>
    ),
  },
  {
    head: "Not realised",
    hint: "of what is held now, at the marks of the moment; in no net",
    numeric: true,
    cell: ({ today }) => (
      <EachCurrency today={today}>{({ unrealised }) => <Value shown={unrealised} flash />}</EachCurrency>
    ),
  },
  {
    head: "Trades",
    hint: "closed since 00:00 UTC",
    numeric: true,
    cell: ({ today }) => <EachCurrency today={today}>{({ closed }) => <Value shown={closed} />}</EachCurrency>,
  },
  {
    head: "Win %",
    hint: "won of the trades that were closed since 00:00 UTC, after fees",
    numeric: true,
    cell: ({ today }) => (
      <EachCurrency today={today}>
        {({ winRate, row }) => (
          <>
            <Value shown={winRate} />
            {row.trades.win_rate_pct.n > 0 && <span className="text-12 text-n9"> n={row.trades.win_rate_pct.n}</span>}
          </>
        )}
      </EachCurrency>
    ),
  },
  {
    head: "Strategy",
    spare: true,
    card: "wide",
    cell: ({ data }) => {
      const text = [data.strategy, data.execution_mode].filter((part) => part !== undefined).join(" · ");
      return <Value shown={text === "" ? unknownValue("the bot gave none") : plain(text)} />;
    },
  },
  {
    head: "Up for",
    spare: true,
    numeric: true,
    cell: ({ data, atMs }) =>
      data.uptime_s === null ? (
        <Value shown={unknownValue("the bot did not say when it started")} />
      ) : (
        <Running seconds={data.uptime_s} atMs={atMs} />
      ),
  },
  { head: "Fills", numeric: true, cell: ({ data }) => <Value shown={count(data.fills)} flash /> },
  {
    head: "Open orders",
    spare: true,
    numeric: true,
    cell: ({ data }) => <Value shown={count(data.open_orders)} flash />,
  },
  {
    head: "Rejected",
    spare: true,
    hint: "events of this bot that the hub refused",
    numeric: true,
    cell: ({ data }) => <Value shown={suspicious(data.rejected)} />,
  },
  {
    head: "Dropped",
    spare: true,
    hint: "events that the bot's reporter could neither send nor keep",
    numeric: true,
    cell: ({ data }) => <Value shown={droppedEvents(data)} />,
  },
];

/** All that a bot's row tells, with what it made today. */
export function BotTable({ bots }: { readonly bots: readonly Stamped<BotView>[] }): ReactNode {
  const made = useCell(useDesk().performance)?.data.rows;
  const rows = useMemo(
    () => sortedBots(bots).map((bot): Row => ({ ...bot, today: botToday(made, bot.data) })),
    [bots, made],
  );
  return (
    <DataTable
      label="Bots"
      columns={columns}
      rows={rows}
      rowKey={({ data }) => data.bot}
      rowData={({ data }) => ({ "data-bot": data.bot })}
    />
  );
}
