import type { ReactNode } from "react";
import type { ImportView } from "../../protocol/api-sessions.ts";
import { importFigures, importFormats, importMark, importTitle } from "../../view/import-summary.ts";
import { count, fixed } from "../../view/number-format.ts";
import { moment } from "../../view/time-format.ts";
import { duration } from "../../view/time-format.ts";
import { isImportsAnswer } from "../live/frames.ts";
import { useCell, useDesk, useDeskNowMs } from "../live/use-desk.ts";
import { useRead } from "../live/use-read.ts";
import { CodeBlock } from "../parts/code-block.tsx";
import { type Column, DataTable } from "../parts/data-table.tsx";
import { Mark } from "../parts/marks.tsx";
import { Empty, Skeleton, Trouble } from "../parts/panel.tsx";
import { Value } from "../parts/value.tsx";
import { PageFrame } from "./page-frame.tsx";

/** What files brought in, and what of them was refused. */
export function Imports(): ReactNode {
  const { imports: streamed, source } = useDesk();
  const live = useCell(streamed);
  const { data, trouble, again } = useRead(source === undefined ? IMPORTS : undefined, isImportsAnswer);
  if (source !== undefined)
    return (
      <PageFrame title="Imports">
        <Empty title="Not in a replay">Reports of imports are no part of the log. The live desk has them.</Empty>
      </PageFrame>
    );
  const imports = live === undefined ? data?.imports : withOlder(live, data?.imports ?? []);
  return (
    <PageFrame
      title="Imports"
      note={imports === undefined || imports.length === 0 ? undefined : `the last ${imports.length}, newest first`}
    >
      {imports === undefined ? (
        trouble === undefined ? (
          <Skeleton rows={8} />
        ) : (
          <Trouble title="The imports could not be read" retry={again}>
            {trouble}
          </Trouble>
        )
      ) : imports.length === 0 ? (
        <HowToImport />
      ) : (
        <>
          <ul className="grid gap-px bg-n4">
            {imports.map((report, index) => (
              <ImportItem key={report.import_id} report={report} open={index === 0} />
            ))}
          </ul>
          <details className="px-3 py-3">
            <summary className="cursor-pointer text-n10 hover:text-n12">How to import more</summary>
            <HowToImport />
          </details>
        </>
      )}
    </PageFrame>
  );
}

/** All that are kept; the newest of them come live as well. */
const IMPORTS = "/api/v1/imports?limit=200";

function withOlder(newest: readonly ImportView[], all: readonly ImportView[]): ImportView[] {
  const known = new Set(newest.map(({ import_id: id }) => id));
  return [...newest, ...all.filter(({ import_id: id }) => !known.has(id))];
}

const ONCE = `npx deskwatch import trades.csv

# only say what it would do
npx deskwatch import --dry-run data/*.csv`;
const FOLLOW = "npx deskwatch follow ./my-bot/logs";

function HowToImport(): ReactNode {
  return (
    <div className="mx-auto w-full max-w-3xl px-3 py-6">
      <h2 className="font-medium text-16 text-n12">Bring in what bots wrote</h2>
      <p className="mt-1 mb-4 text-n10">
        The format is found out by itself. Twice the same file changes nothing; what cannot be read is refused with its
        line and a reason, and shows here.
      </p>
      <div className="grid gap-4">
        <CodeBlock name="import" code={ONCE} note="once" />
        <CodeBlock name="follow" code={FOLLOW} note="and everything that the bot writes from now on" />
      </div>
    </div>
  );
}

function ImportItem({ report, open }: { readonly report: ImportView; readonly open: boolean }): ReactNode {
  const nowMs = useDeskNowMs();
  return (
    <li className="@container min-w-0 bg-n2" data-import={report.import_id}>
      <details open={open}>
        <summary
          data-row=""
          className="flex cursor-pointer flex-wrap items-baseline gap-x-4 gap-y-1 px-3 py-2 hover:bg-n3"
        >
          <span className="min-w-0 text-14 text-n12 [overflow-wrap:anywhere]">{importTitle(report)}</span>
          <Mark mark={importMark(report)} />
          <span className="text-12 text-n9">
            {report.via === "follow" ? "followed" : "imported"} <Value shown={moment(report.started_at, nowMs)} />
            {", "}took {report.took_s < 1 ? "less than 1 s" : duration(report.took_s)}
          </span>
          <span className="ml-auto text-12 text-n9">{importFormats(report)}</span>
        </summary>
        <Report report={report} />
      </details>
    </li>
  );
}

function Report({ report }: { readonly report: ImportView }): ReactNode {
  return (
    <div className="border-n4 border-t pb-3">
      {report.error !== undefined && (
        <p className="px-3 pt-2">
          <span className="text-bad">⚠ It did not end well:</span> {report.error}
        </p>
      )}
      <dl className="flex flex-wrap gap-x-8 gap-y-2 px-3 py-2">
        {importFigures(report).map(({ term, hint, shown }) => (
          <div key={term} title={hint}>
            <dt className="text-12 text-n9">{term}</dt>
            <dd className="text-16 text-n12">
              <Value shown={shown} />
            </dd>
          </div>
        ))}
      </dl>
      <div className="grid items-start gap-x-6 gap-y-3 @min-[56rem]:grid-cols-2">
        <Files report={report} />
        <EventTypes report={report} />
        {report.reasons.length > 0 && <Reasons report={report} />}
        {report.refusals.length > 0 && <Refusals report={report} />}
      </div>
    </div>
  );
}

type FileLine = ImportView["files"][number];
const fileColumns: readonly Column<FileLine>[] = [
  {
    head: "File",
    grows: true,
    cell: ({ file, error }) => (
      <>
        <span className="text-n12" title={file}>
          {file}
        </span>
        {error !== undefined && <p className="whitespace-normal text-12 text-bad">⚠ {error}</p>}
      </>
    ),
  },
  { head: "Format", cell: ({ format }) => format },
  { head: "Rows", numeric: true, cell: ({ rows }) => <Value shown={count(rows)} /> },
];

function Files({ report: { files } }: { readonly report: ImportView }): ReactNode {
  return (
    <div className="min-w-0">
      <DataTable
        slim
        label="Files"
        columns={fileColumns}
        rows={files.slice(0, FILES_SHOWN)}
        rowKey={({ file }) => file}
      />
      {files.length > FILES_SHOWN && (
        <p className="px-3 py-1 text-12 text-n9">and {fixed(files.length - FILES_SHOWN, 0)} more</p>
      )}
    </div>
  );
}

const FILES_SHOWN = 50;

interface TypeLine {
  readonly type: string;
  readonly made: number;
}
const typeColumns: readonly Column<TypeLine>[] = [
  { head: "Events made, by type", grows: true, cell: ({ type }) => <code className="font-mono text-12">{type}</code> },
  { head: "Number", numeric: true, cell: ({ made }) => <Value shown={count(made)} /> },
];

function EventTypes({ report }: { readonly report: ImportView }): ReactNode {
  const rows = Object.entries(report.events)
    .map(([type, made]) => ({ type, made }))
    .toSorted((a, b) => b.made - a.made);
  if (rows.length === 0) return <p className="px-3 py-1 text-12 text-n9">No event was made of it.</p>;
  return <DataTable slim label="Events by type" columns={typeColumns} rows={rows} rowKey={({ type }) => type} />;
}

type ReasonLine = ImportView["reasons"][number];
const reasonColumns: readonly Column<ReasonLine>[] = [
  { head: "Refused because", grows: true, cell: ({ reason }) => <span title={reason}>{reason}</span> },
  { head: "Rows", numeric: true, cell: ({ count: refused }) => <Value shown={count(refused)} /> },
];

function Reasons({ report }: { readonly report: ImportView }): ReactNode {
  return (
    <DataTable
      slim
      label="Reasons of refusals"
      columns={reasonColumns}
      rows={report.reasons}
      rowKey={({ reason }) => reason}
    />
  );
}

interface RefusalLine {
  readonly refusal: ImportView["refusals"][number];
  readonly key: string;
}
const refusalColumns: readonly Column<RefusalLine>[] = [
  {
    head: "Where",
    cell: ({ refusal }) => (
      <span className="font-mono text-12 [overflow-wrap:anywhere]">
        {refusal.file}:{refusal.line}
      </span>
    ),
  },
  {
    head: "Why",
    grows: true,
    cell: ({ refusal: { reason, detail } }) => (
      <span title={detail}>
        {reason}
        {detail !== undefined && <span className="text-n9"> · {detail}</span>}
      </span>
    ),
  },
];

function Refusals({ report }: { readonly report: ImportView }): ReactNode {
  const rows = report.refusals.map((refusal, index) => ({ refusal, key: String(index) }));
  return (
    <div className="min-w-0">
      <DataTable slim label="First refusals" columns={refusalColumns} rows={rows} rowKey={({ key }) => key} />
      {report.refused > rows.length && (
        <p className="px-3 py-1 text-12 text-n9">
          the first {rows.length} of {fixed(report.refused, 0)}
        </p>
      )}
    </div>
  );
}
