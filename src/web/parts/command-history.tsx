import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import type { CommandView } from "../../protocol/api-control.ts";
import { commandMark, doneCount } from "../../view/command-proof.ts";
import { actionLabel, byWords, CONTROL_ACTIONS, targetWords } from "../../view/control-words.ts";
import { moment } from "../../view/time-format.ts";
import { readCommands, readsAt } from "../live/hub-api.ts";
import { useCell, useDesk, useDeskNowMs } from "../live/use-desk.ts";
import { useList } from "../live/use-list.ts";
import { Choose } from "./choose.tsx";
import { CommandDetail } from "./command-detail.tsx";
import { ListEnd } from "./list-end.tsx";
import { Mark } from "./marks.tsx";
import { Empty, Skeleton } from "./panel.tsx";
import { Value } from "./value.tsx";
import { type GridColumn, VirtualTable } from "./virtual-table.tsx";

const PAGE = 100;
const ACTIONS = CONTROL_ACTIONS.map(({ action }) => action);
const EVERY_MS = 5_000;
const keyOf = ({ command_id: id }: CommandView): string => id;

/** Every command, newest first; one that is opened shows its way with each bot, and its events. */
export function CommandHistory(): ReactNode {
  const desk = useDesk();
  const known = useCell(desk.controls)?.commands;
  const base = readsAt(desk.source);
  const readPage = useCallback((cursor: string | undefined) => readCommands({ base, limit: PAGE, cursor }), [base]);
  const { items, state, trouble, loadOlder, refresh } = useList({ readPage, keyOf, everyMs: EVERY_MS });
  const [action, setAction] = useState<string>();
  const [search, setSearch] = useState("");
  const commands = useMemo(() => freshest(items, known), [items, known]);
  const wanted = search.trim().toLowerCase();
  const rows = useMemo(
    () =>
      commands?.filter(
        (command) =>
          (action === undefined || command.action === action) && textOf(command).toLowerCase().includes(wanted),
      ),
    [commands, action, wanted],
  );
  if (rows === undefined && state !== "failed") return <Skeleton rows={10} />;
  const isNarrowed = action !== undefined || wanted !== "";
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 border-n4 border-b px-3 py-1.5">
        <Choose label="Action" value={action} options={ACTIONS} all="all" choose={setAction} />
        <label className="flex items-center gap-1.5 text-12 text-n9">
          Search
          <input
            type="search"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
            placeholder="target, person, reason"
            className="w-48 rounded border border-n6 bg-n2 px-1.5 py-0.5 text-13 text-n12 placeholder:text-n9"
          />
        </label>
        <span role="status" className="ml-auto text-12 text-n9">
          {rows !== undefined && isNarrowed && `${rows.length} of the newest ${commands?.length ?? 0}`}
        </span>
      </div>
      {rows?.length === 0 && (
        <Empty title={isNarrowed ? "No command is like that" : "Nobody asked anything of a bot yet"}>
          {isNarrowed ? "Older ones may be: load them below." : "What is asked for is kept here, with its proof."}
        </Empty>
      )}
      {rows !== undefined && rows.length > 0 && <HistoryTable rows={rows} />}
      {(commands?.length !== 0 || state === "failed") && (
        <ListEnd what="commands" state={state} trouble={trouble} loadOlder={loadOlder} retry={refresh} />
      )}
    </>
  );
}

/** The commands that were read, with what is known by now of those that go on. */
function freshest(
  items: readonly CommandView[] | undefined,
  known: readonly CommandView[] | undefined,
): readonly CommandView[] | undefined {
  if (items === undefined) return undefined;
  const byId = new Map(items.map((command) => [keyOf(command), command]));
  for (const command of known ?? []) byId.set(keyOf(command), command);
  return [...byId.values()].toSorted((a, b) => b.seq - a.seq);
}

const textOf = ({ action, target, by, reason, command_id: id, bots }: CommandView): string =>
  [action, targetWords(target), by, reason, id, ...bots.map(({ bot }) => bot)].join(" ");

function HistoryTable({ rows }: { readonly rows: readonly CommandView[] }): ReactNode {
  const { command: open } = useSearch({ from: "/desk/controls" });
  const navigate = useNavigate();
  const toggle = useCallback(
    (id: string): void =>
      void navigate({
        to: "/controls",
        search: { view: "history", command: id === open ? undefined : id },
        replace: true,
        resetScroll: false,
      }),
    [navigate, open],
  );
  const columns = useMemo(() => columnsOf(open, toggle), [open, toggle]);
  return (
    <div className="@container min-w-0">
      <VirtualTable
        label="Commands"
        columns={columns}
        rows={rows}
        rowKey={keyOf}
        rowData={(command) => ({ "data-command-row": command.command_id, "data-action": command.action })}
        below={(command) => (command.command_id === open ? <CommandDetail command={command} /> : null)}
      />
    </div>
  );
}

function At({ iso }: { readonly iso: string }): ReactNode {
  return <Value shown={moment(iso, useDeskNowMs())} />;
}

function columnsOf(open: string | undefined, toggle: (id: string) => void): readonly GridColumn<CommandView>[] {
  return [
    { name: "at", head: "Time UTC", width: "6.5rem", cell: ({ issued_at: at }) => <At iso={at} /> },
    {
      name: "command",
      head: "Command",
      width: "minmax(9rem, 1fr)",
      card: "title",
      cell: ({ command_id: id, action, target }) => (
        <button
          type="button"
          aria-expanded={id === open}
          onClick={() => toggle(id)}
          className="max-w-full truncate text-left text-n12 underline-offset-2 hover:underline"
        >
          {actionLabel(action)} {targetWords(target)}
        </button>
      ),
    },
    { name: "state", head: "How far", width: "8.5rem", cell: (command) => <Mark mark={commandMark(command)} /> },
    {
      name: "done",
      head: "Bots",
      hint: "with how many of them it is done",
      numeric: true,
      width: "4rem",
      cell: (command) => {
        const { done, all } = doneCount(command);
        return `${done} of ${all}`;
      },
    },
    {
      name: "stands",
      head: "Stands",
      hint: "whether it still holds what it holds",
      width: "4rem",
      out: "second",
      cell: ({ standing }) => <span className={standing ? "text-n12" : "text-n9"}>{standing ? "yes" : "no"}</span>,
    },
    {
      name: "by",
      head: "By",
      width: "minmax(7rem, 12rem)",
      card: "wide",
      cell: (command) => <span title={byWords(command)}>{byWords(command)}</span>,
    },
    {
      name: "reason",
      head: "Reason",
      width: "minmax(8rem, 2fr)",
      card: "wide",
      wraps: true,
      cell: ({ reason }) => <span className="text-n10">{reason}</span>,
    },
  ];
}
