import type { ReactNode } from "react";
import type { RejectedRow } from "../../protocol/api.ts";
import { count } from "../../view/number-format.ts";
import { plain, unknownValue } from "../../view/shown.ts";
import { moment } from "../../view/time-format.ts";
import { useCell, useDesk, useDeskNowMs } from "../live/use-desk.ts";
import { isRejectedCounts } from "../live/frames.ts";
import { readsAt } from "../live/hub-api.ts";
import { useRead } from "../live/use-read.ts";
import { type Column, DataTable } from "../parts/data-table.tsx";
import { Empty, Panel, Skeleton } from "../parts/panel.tsx";
import { Value } from "../parts/value.tsx";
import { PageFrame } from "./page-frame.tsx";

/** What the hub refused, and why: the newest first. */
export function Rejected(): ReactNode {
  const desk = useDesk();
  const rejected = useCell(desk.rejected);
  const { data } = useRead(`${readsAt(desk.source)}/rejected?limit=1`, isRejectedCounts, COUNTS_EVERY_MS);
  return (
    <PageFrame title="Rejected" note="events that the hub refused; the others of their batch were taken">
      <div className="@container min-w-0 overflow-x-auto">
        {rejected === undefined ? (
          <Skeleton rows={10} />
        ) : rejected.length === 0 ? (
          <Empty title="Nothing was refused">Every event so far was as the protocol has it.</Empty>
        ) : (
          <>
            <Counts counts={data?.counts ?? []} />
            <RejectedTable rows={rejected} />
          </>
        )}
      </div>
    </PageFrame>
  );
}

const COUNTS_EVERY_MS = 10_000;

interface CountLine {
  readonly bot: string | null;
  readonly code: string;
  readonly count: number;
}

const countColumns: readonly Column<CountLine>[] = [
  {
    head: "Bot",
    cell: ({ bot }) => (
      <span className="text-n12">
        <Value shown={bot === null ? unknownValue("the event names no valid bot") : plain(bot)} />
      </span>
    ),
  },
  { head: "Code", grows: true, cell: ({ code }) => <code className="font-mono text-12 text-stale">{code}</code> },
  { head: "Refused", numeric: true, cell: ({ count: refused }) => <Value shown={count(refused)} flash /> },
];

/** How often each bot was refused, and for what: since the beginning, unlike the list below. */
function Counts({ counts }: { readonly counts: readonly CountLine[] }): ReactNode {
  if (counts.length === 0) return null;
  return (
    <Panel
      title="How often, and whose"
      note="since the hub began to count"
      className="max-w-2xl border-n4 border-b pb-3"
    >
      <DataTable
        slim
        label="Refusals by bot and code"
        columns={countColumns}
        rows={counts.toSorted((a, b) => b.count - a.count)}
        rowKey={({ bot, code }) => `${bot ?? ""} ${code}`}
      />
    </Panel>
  );
}

interface Numbered {
  readonly row: RejectedRow;
  readonly key: string;
}

const columns: readonly Column<Numbered>[] = [
  { head: "Why", card: "title", wraps: true, cell: ({ row }) => <span className="text-n12">{row.message}</span> },
  { head: "Code", cell: ({ row }) => <code className="text-12 text-stale">{row.code}</code> },
  {
    head: "Field",
    cell: ({ row }) => <code className="text-12">{row.path === "" ? "the event itself" : row.path}</code>,
  },
  {
    head: "Bot",
    cell: ({ row }) => (
      <Value shown={row.bot === null ? unknownValue("the event names no valid bot") : plain(row.bot)} />
    ),
  },
  { head: "At, UTC", cell: ({ row }) => <At iso={row.at} /> },
  { head: "What came", card: "wide", wraps: true, cell: ({ row }) => <Sample text={row.sample} /> },
];

function At({ iso }: { readonly iso: string }): ReactNode {
  return <Value shown={moment(iso, useDeskNowMs())} />;
}

function Sample({ text }: { readonly text: string }): ReactNode {
  return (
    <details className="min-w-0 text-left">
      <summary className="cursor-pointer text-n9 hover:text-n12">show</summary>
      <pre className="mt-1 max-w-[40rem] whitespace-pre-wrap break-all rounded bg-n3 p-2 text-12">{text}</pre>
    </details>
  );
}

function RejectedTable({ rows }: { readonly rows: readonly RejectedRow[] }): ReactNode {
  const numbered = rows.map((row, index) => ({ row, key: `${row.at} ${rows.length - index}` }));
  return <DataTable label="Rejected events" columns={columns} rows={numbered} rowKey={({ key }) => key} />;
}
