import type { ReactNode } from "react";
import type { RejectedRow } from "../../protocol/api.ts";
import { plain, unknownValue } from "../../view/shown.ts";
import { moment } from "../../view/time-format.ts";
import { useCell, useDesk, useNowMs } from "../live/use-desk.ts";
import { type Column, DataTable } from "../parts/data-table.tsx";
import { Empty, Skeleton } from "../parts/panel.tsx";
import { Value } from "../parts/value.tsx";
import { PageFrame } from "./page-frame.tsx";

/** What the hub refused, and why: the newest first. */
export function Rejected(): ReactNode {
  const rejected = useCell(useDesk().rejected);
  return (
    <PageFrame title="Rejected" note="events that the hub refused; the others of their batch were taken">
      <div className="@container min-w-0 overflow-x-auto">
        {rejected === undefined ? (
          <Skeleton rows={10} />
        ) : rejected.length === 0 ? (
          <Empty title="Nothing was refused">Every event so far was as the protocol has it.</Empty>
        ) : (
          <RejectedTable rows={rejected} />
        )}
      </div>
    </PageFrame>
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
  return <Value shown={moment(iso, useNowMs())} />;
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
