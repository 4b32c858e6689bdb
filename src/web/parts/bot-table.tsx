import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { BotView } from "../../protocol/api.ts";
import { byUrgency } from "../../view/bot-condition.ts";
import { droppedEvents, suspicious } from "../../view/bot-facts.ts";
import { count } from "../../view/number-format.ts";
import { plain, unknownValue } from "../../view/shown.ts";
import type { Stamped } from "../live/desk-store.ts";
import { Age, Running } from "./age.tsx";
import { type Column, DataTable } from "./data-table.tsx";
import { BotMark, HeartbeatBar, ModeBadge } from "./marks.tsx";
import { Value } from "./value.tsx";

type Row = Stamped<BotView>;

/** Those who need somebody first, then by name. */
export const sortedBots = (bots: readonly Row[]): Row[] => bots.toSorted((a, b) => byUrgency(a.data, b.data));

/** A bot's name, which leads to its page. */
export function BotLink({ bot }: { readonly bot: BotView }): ReactNode {
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <Link
        to="/bots/$bot"
        params={{ bot: bot.bot }}
        title={bot.bot}
        className="truncate text-n12 underline-offset-2 hover:underline"
      >
        {bot.bot}
      </Link>
      {bot.mode !== "live" && <ModeBadge mode={bot.mode} />}
    </span>
  );
}

const columns: readonly Column<Row>[] = [
  { head: "Bot", card: "title", cell: ({ data }) => <BotLink bot={data} /> },
  { head: "State", cell: (row) => <BotMark bot={row} /> },
  {
    head: "Last contact",
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
    head: "Strategy",
    card: "wide",
    cell: ({ data }) => {
      const text = [data.strategy, data.execution_mode].filter((part) => part !== undefined).join(" · ");
      return <Value shown={text === "" ? unknownValue("the bot gave none") : plain(text)} />;
    },
  },
  {
    head: "Up for",
    numeric: true,
    cell: ({ data, atMs }) =>
      data.uptime_s === null ? (
        <Value shown={unknownValue("the bot did not say when it started")} />
      ) : (
        <Running seconds={data.uptime_s} atMs={atMs} />
      ),
  },
  { head: "Fills", numeric: true, cell: ({ data }) => <Value shown={count(data.fills)} flash /> },
  { head: "Open orders", numeric: true, cell: ({ data }) => <Value shown={count(data.open_orders)} flash /> },
  {
    head: "Rejected",
    hint: "events of this bot that the hub refused",
    numeric: true,
    cell: ({ data }) => <Value shown={suspicious(data.rejected)} />,
  },
  {
    head: "Dropped",
    hint: "events that the bot's reporter could neither send nor keep",
    numeric: true,
    cell: ({ data }) => <Value shown={droppedEvents(data)} />,
  },
];

/** All that a bot's row tells. */
export function BotTable({ bots }: { readonly bots: readonly Row[] }): ReactNode {
  return (
    <DataTable
      label="Bots"
      columns={columns}
      rows={sortedBots(bots)}
      rowKey={({ data }) => data.bot}
      rowData={({ data }) => ({ "data-bot": data.bot })}
    />
  );
}
