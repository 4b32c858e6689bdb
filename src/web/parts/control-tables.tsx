import { type ReactNode, useMemo } from "react";
import type { ControlsAnswer, ControlState, ControlTarget } from "../../protocol/api-control.ts";
import { type ControlledRow, heldWords, linkShown, saysShown } from "../../view/control-rows.ts";
import { counted } from "../../view/command-proof.ts";
import { controlMark, type HeldBy, holdersWords, STATE_MEANS } from "../../view/control-words.ts";
import { count } from "../../view/number-format.ts";
import { useControls } from "../live/use-controls.ts";
import { useDeskNowMs } from "../live/use-desk.ts";
import { BotLink } from "./bot-table.tsx";
import { ControlButtons } from "./control-buttons.tsx";
import { Mark } from "./marks.tsx";
import { HeldAndProof } from "./proof-line.tsx";
import { Value } from "./value.tsx";
import { type GridColumn, VirtualTable } from "./virtual-table.tsx";

function MayDo({ state }: { readonly state: ControlState }): ReactNode {
  return <Mark mark={controlMark(state)} title={STATE_MEANS[state]} />;
}

function LinkCell({ row }: { readonly row: ControlledRow }): ReactNode {
  return <Value shown={linkShown(row.bot, useDeskNowMs())} />;
}

const botColumns: readonly GridColumn<ControlledRow>[] = [
  {
    name: "bot",
    head: "Bot",
    width: "minmax(7rem, 1fr)",
    card: "title",
    sortBy: ({ bot }) => bot.bot,
    cell: ({ bot }) => <BotLink bot={bot} />,
  },
  {
    name: "state",
    head: "May do",
    hint: "what the commands that hold it leave to it",
    width: "5.5rem",
    sortBy: ({ bot }) => bot.state,
    cell: ({ bot }) => <MayDo state={bot.state} />,
  },
  {
    name: "says",
    head: "It says",
    hint: "what the bot itself says of how it is",
    width: "4.5rem",
    cell: ({ bot }) => <Value shown={saysShown(bot)} />,
  },
  {
    name: "link",
    head: "Hears",
    hint: "whether it hears commands: a line is held, or when it last asked",
    width: "7rem",
    cell: (row) => <LinkCell row={row} />,
  },
  {
    name: "orders",
    head: "Resting",
    hint: "orders that rest now",
    numeric: true,
    width: "3.75rem",
    sortBy: ({ bot }) => bot.open_orders,
    cell: ({ bot }) => <Value shown={count(bot.open_orders)} flash />,
  },
  {
    name: "positions",
    head: "Positions",
    hint: "instruments in which it holds anything",
    numeric: true,
    width: "4.25rem",
    sortBy: ({ bot }) => bot.positions,
    cell: ({ bot }) => <Value shown={count(bot.positions)} flash />,
  },
];

const actColumn: GridColumn<ControlledRow> = {
  name: "act",
  head: "Act",
  width: "17.5rem",
  card: "wide",
  cell: ({ bot }) => <ControlButtons target={{ bot: bot.bot }} state={bot.state} />,
};

/** Every bot: what it may do, what it says, whether it hears, and how far its newest command came. */
export function ControlledBots({ rows }: { readonly rows: readonly ControlledRow[] }): ReactNode {
  const mayAct = useControls().refusal === undefined;
  const columns = useMemo(() => (mayAct ? [...botColumns, actColumn] : botColumns), [mayAct]);
  return (
    <VirtualTable
      label="Controlled bots"
      columns={columns}
      rows={rows}
      rowKey={({ bot }) => bot.bot}
      rowData={({ bot }) => ({ "data-controlled": bot.bot, "data-state": bot.state })}
      below={(row) => (row.newest === undefined && row.held.length === 0 ? null : <HeldAndProof row={row} />)}
    />
  );
}

interface HeldRow {
  readonly name: string;
  readonly state: ControlState;
  readonly bots: number;
  readonly orders: number | undefined;
  readonly held: readonly HeldBy[];
}

interface HeldTableProps {
  readonly label: string;
  readonly kind: "strategy" | "venue";
  readonly rows: ControlsAnswer["strategies"] | ControlsAnswer["venues"];
  readonly controls: ControlsAnswer;
}

const orders = (n: number | undefined): string => (n === undefined ? "" : `, ${counted(n, "resting order")}`);

function HeldLine({ row, kind }: { readonly row: HeldRow; readonly kind: HeldTableProps["kind"] }): ReactNode {
  return (
    <span className="flex flex-col gap-1 py-0.5 text-13">
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="min-w-0 text-n12 [overflow-wrap:anywhere]">{row.name}</span>
        <MayDo state={row.state} />
        <span className="text-12 text-n9">
          {counted(row.bots, "bot")}
          {orders(row.orders)}
        </span>
        <span className="ml-auto">
          <ControlButtons target={targetOf(kind, row.name)} state={row.state} />
        </span>
      </span>
      {row.held.length > 0 && (
        <span className="text-12 text-n10 [overflow-wrap:anywhere]">{holdersWords(row.held)}</span>
      )}
    </span>
  );
}

/** Strategies or venues: what may be done there, and the buttons that change it. */
export function HeldTable({ label, kind, rows, controls }: HeldTableProps): ReactNode {
  const lines = useMemo(() => heldRows(rows, controls), [rows, controls]);
  const columns = useMemo(
    (): readonly GridColumn<HeldRow>[] => [
      {
        name: "line",
        head: kind === "venue" ? "Venue" : "Strategy",
        width: "minmax(0, 1fr)",
        card: "title",
        wraps: true,
        cell: (row) => <HeldLine row={row} kind={kind} />,
      },
    ],
    [kind],
  );
  return (
    <VirtualTable
      label={label}
      columns={columns}
      rows={lines}
      rowKey={({ name }) => name}
      rowData={({ name, state }) => ({ [`data-${kind}`]: name, "data-state": state })}
    />
  );
}

const targetOf = (kind: HeldTableProps["kind"], name: string): ControlTarget =>
  kind === "venue" ? { venue: name } : { strategy: name };

function heldRows(rows: HeldTableProps["rows"], controls: ControlsAnswer): HeldRow[] {
  return rows
    .map((row) => ({
      name: "venue" in row ? row.venue : row.strategy,
      state: row.state,
      bots: row.bots,
      orders: "open_orders" in row ? row.open_orders : undefined,
      // What holds all of the desk is said once, above.
      held: heldWords(row, controls).filter(({ id }) => !controls.desk.command_ids.includes(id)),
    }))
    .toSorted((a, b) => Number(a.state === "running") - Number(b.state === "running") || (a.name < b.name ? -1 : 1));
}
