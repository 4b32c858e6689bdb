import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useCallback, useMemo } from "react";
import { type EventFilter, eventFilter, eventQuery } from "../../view/event-filter.ts";
import { type EventLine, eventLine } from "../../view/event-row.ts";
import { moment } from "../../view/time-format.ts";
import { readEvents, readsAt } from "../live/hub-api.ts";
import { useCell, useDesk, useDeskNowMs } from "../live/use-desk.ts";
import { useList } from "../live/use-list.ts";
import { Choose } from "../parts/choose.tsx";
import { ListEnd } from "../parts/list-end.tsx";
import { Empty, Skeleton } from "../parts/panel.tsx";
import { Value } from "../parts/value.tsx";
import { botColumn } from "../parts/bot-column.tsx";
import { type GridColumn, VirtualTable } from "../parts/virtual-table.tsx";
import { PageFrame } from "./page-frame.tsx";

const PAGE = 200;
/** What is past does not change. */
const EVERY_MS = 60_000;
const modes = ["live", "paper", "simulate", "demo", "all"];
/** Those that money is made of; an address may name any other. */
const types = ["fill", "income", "balance", "adjustment", "settlement", "position.closed", "annotation"];

/** The log itself: the events behind a number, oldest first. */
export function Events(): ReactNode {
  const search = useSearch({ from: "/desk/events" });
  const navigate = useNavigate();
  const bots = (useCell(useDesk().bots) ?? []).map(({ data }) => data.bot).toSorted();
  const filter = useMemo(() => eventFilter(search), [search]);
  const nowMs = useDeskNowMs();
  const set = (changes: EventFilter): void =>
    void navigate({ to: "/events", search: { ...filter, ...changes }, replace: true });
  const bounds = [
    filter.from === undefined ? undefined : `from ${moment(filter.from, nowMs).text}`,
    filter.to === undefined ? undefined : `to ${moment(filter.to, nowMs).text}`,
  ].filter((bound) => bound !== undefined);
  return (
    <PageFrame title="Events" note="the log, oldest first">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-n4 border-b px-3 py-1.5">
        <Choose label="Type" value={filter.type} options={types} all="all" choose={(type) => set({ type })} />
        <Choose label="Bot" value={filter.bot} options={bots} all="all" choose={(bot) => set({ bot })} />
        <Choose
          label="Mode"
          value={filter.mode}
          options={modes}
          all="the desk's own"
          choose={(mode) => set({ mode })}
        />
        {bounds.length > 0 && (
          <Narrowed by={`${bounds.join(" ")} UTC`} widen={() => set({ from: undefined, to: undefined })} />
        )}
        {filter.command_id !== undefined && (
          <Narrowed by={`command ${filter.command_id}`} widen={() => set({ command_id: undefined })} />
        )}
      </div>
      <Listed filter={filter} />
    </PageFrame>
  );
}

interface NarrowedProps {
  readonly by: string;
  readonly widen: () => void;
}

const Narrowed = ({ by, widen }: NarrowedProps): ReactNode => (
  <button
    type="button"
    onClick={widen}
    title={`show all again: ${by}`}
    className="max-w-full truncate rounded border border-n6 px-2 text-12 hover:bg-n4"
  >
    {by} <span aria-hidden="true">✕</span>
  </button>
);

const keyOf = ({ key }: EventLine): string => key;

function Listed({ filter }: { readonly filter: EventFilter }): ReactNode {
  const base = readsAt(useDesk().source);
  const readPage = useCallback(
    async (cursor: string | undefined) => {
      const page = await readEvents(base, { ...eventQuery(filter), limit: String(PAGE) }, cursor);
      return { items: page.items.map(eventLine), cursor: page.cursor };
    },
    [base, filter],
  );
  const { items, state, trouble, loadOlder, refresh } = useList({ readPage, keyOf, everyMs: EVERY_MS });
  if (items === undefined && state !== "failed") return <Skeleton rows={12} />;
  return (
    <div className="@container min-w-0">
      {items?.length === 0 && <Empty title="No event is like that">Another type, bot or time may have some.</Empty>}
      {items !== undefined && items.length > 0 && (
        <VirtualTable label="Events" columns={columns} rows={items} rowKey={keyOf} rowData={rowData} />
      )}
      {(items?.length !== 0 || state === "failed") && (
        <ListEnd what="events" further="later" state={state} trouble={trouble} loadOlder={loadOlder} retry={refresh} />
      )}
    </div>
  );
}

const rowData = ({ row }: EventLine) => ({ "data-event": row.type });

const columns: readonly GridColumn<EventLine>[] = [
  {
    name: "at",
    head: "Time UTC",
    width: "6.5rem",
    cell: ({ ts }) => <At iso={ts} />,
  },
  {
    name: "type",
    head: "Type",
    width: "minmax(5rem, 8rem)",
    cell: ({ row }) => <code className="text-12">{row.type}</code>,
  },
  { ...botColumn, width: "minmax(5rem, 10rem)" },
  {
    name: "market",
    head: "Market",
    width: "minmax(7rem, 14rem)",
    cell: ({ market }) => <Value shown={market} />,
  },
  {
    name: "said",
    head: "What it says",
    width: "minmax(12rem, 2fr)",
    card: "title",
    wraps: true,
    cell: ({ said }) => <span className="text-n12">{said}</span>,
  },
  {
    name: "all",
    head: "All of it",
    width: "minmax(5rem, 1fr)",
    card: "wide",
    wraps: true,
    cell: ({ json }) => (
      <details className="min-w-0 text-left">
        <summary className="cursor-pointer text-n9 hover:text-n12">show</summary>
        <pre className="mt-1 whitespace-pre-wrap break-all rounded bg-n3 p-2 text-12">{json}</pre>
      </details>
    ),
  },
];

function At({ iso }: { readonly iso: string }): ReactNode {
  return <Value shown={moment(iso, useDeskNowMs())} />;
}
