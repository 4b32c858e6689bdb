import type { ReactNode } from "react";
import type { BotView } from "../../protocol/api.ts";
import type { CompareAnswer, ComparedSide } from "../../protocol/api-compare.ts";
import { type AnalysisRange, analysisStart } from "../../view/analysis-range.ts";
import { type CompareRow, compareRow } from "../../view/compare-rows.ts";
import { moment } from "../../view/time-format.ts";
import { isCompare } from "../live/frames.ts";
import { useAnalysis } from "../live/use-analysis.ts";
import { useDeskNowMs } from "../live/use-desk.ts";
import { Choose } from "./choose.tsx";
import { type Column, DataTable } from "./data-table.tsx";
import { OneOf } from "./one-of.tsx";
import { Empty, Panel } from "./panel.tsx";
import { Read } from "./reading.tsx";
import { Value } from "./value.tsx";

const WAYS = [
  { value: "period", label: "Period against period", hint: "the range against the one of the same length before it" },
  { value: "version", label: "Version against version", hint: "spans of one version and configuration" },
  { value: "mode", label: "Live against paper", hint: "with the band in which chance alone leaves the live one" },
] as const;

interface Choice {
  readonly by?: string | undefined;
  readonly a?: string | undefined;
  readonly b?: string | undefined;
}

interface ComparePanelProps extends Choice {
  /** Comparisons are of one bot. */
  readonly bot: string | undefined;
  readonly mode: BotView["mode"];
  readonly range: AnalysisRange;
  readonly change: (choice: Choice) => void;
}

/** One side of a bot's life against another, with what chance alone would make. Mount anew to ask for something else. */
export function ComparePanel({ bot, mode, range, by, a, b, change }: ComparePanelProps): ReactNode {
  const way = WAYS.find(({ value }) => value === by)?.value ?? "period";
  return (
    <Panel title="Compared" className="border-n4 border-t">
      <div className="px-3 pt-2 pb-1.5">
        <OneOf
          label="Compare"
          value={way}
          options={WAYS}
          choose={(to) => change({ by: to, a: undefined, b: undefined })}
        />
      </div>
      {bot === undefined ? (
        <Empty title="Comparisons are of one bot">Choose a bot above.</Empty>
      ) : (
        <Compared {...{ bot, mode, range, way, a, b, change }} />
      )}
    </Panel>
  );
}

interface ComparedProps extends Pick<ComparePanelProps, "mode" | "range" | "a" | "b" | "change"> {
  readonly bot: string;
  readonly way: (typeof WAYS)[number]["value"];
}

function Compared({ bot, mode, range, way, a, b, change }: ComparedProps): ReactNode {
  const reading = useAnalysis({
    name: "compare",
    is: isCompare,
    startAt: way === "version" ? undefined : (nowMs) => analysisStart(range, nowMs),
    query: { bot, by: way, ...(way === "mode" ? {} : { mode }), ...(way === "version" ? { a, b } : {}) },
  });
  return (
    <Read reading={reading} what="The comparison" rows={8}>
      {(answer) => (
        <>
          {way === "version" && answer.spans.length > 1 && <Spans answer={answer} change={change} />}
          <Sides answer={answer} />
          <DataTable
            label="Compared"
            columns={columnsOf(answer)}
            rows={answer.metrics.map(compareRow)}
            rowKey={({ key }) => key}
            rowData={({ key }) => ({ "data-compared": key })}
          />
          {answer.notes.length > 0 && <p className="px-3 py-2 text-12 text-n9">{answer.notes.join(" ")}</p>}
        </>
      )}
    </Read>
  );
}

interface SpansProps {
  readonly answer: CompareAnswer;
  readonly change: (choice: Choice) => void;
}

function Spans({ answer: { a, b, spans }, change }: SpansProps): ReactNode {
  const labels = [...new Set(spans.map(({ label }) => label))];
  return (
    <div className="flex flex-wrap gap-x-4 gap-y-1.5 px-3 pb-1.5">
      <Choose
        label="Looked at"
        value={b.label}
        options={labels}
        all="the newest"
        choose={(to) => change({ by: "version", a: a.label, b: to })}
      />
      <Choose
        label="against"
        value={a.label}
        options={labels}
        all="the one before"
        choose={(to) => change({ by: "version", a: to, b: b.label })}
      />
    </div>
  );
}

function Sides({ answer: { a, b } }: { readonly answer: CompareAnswer }): ReactNode {
  const nowMs = useDeskNowMs();
  const words = ({ label, from, to, version }: ComparedSide): string =>
    `${label}${version === undefined || version === label ? "" : ` (${version})`}, ${moment(from, nowMs).text} to ${moment(to, nowMs).text} UTC`;
  return (
    <p className="px-3 pb-1.5 text-12 text-n10">
      {words(b)} <span className="text-n9">against</span> {words(a)}
    </p>
  );
}

const columnsOf = ({ a, b, metrics }: CompareAnswer): readonly Column<CompareRow>[] => [
  {
    head: "Metric",
    card: "title",
    cell: ({ title, unit }) => (
      <span className="text-n12">
        {title} <span className="text-12 text-n9">{unit}</span>
      </span>
    ),
  },
  { head: sideHead(b, a), numeric: true, cell: (row) => <Value shown={row.b} /> },
  { head: sideHead(a, b), numeric: true, cell: (row) => <Value shown={row.a} /> },
  { head: "Difference", numeric: true, cell: ({ difference }) => <Value shown={difference} /> },
  {
    head: "Interval",
    hint: "where chance alone leaves the difference",
    numeric: true,
    cell: ({ interval }) => <span className="text-n10">{interval}</span>,
  },
  { head: "So it is", card: "wide", cell: ({ verdict }) => <Value shown={verdict} /> },
  ...(metrics.some(({ band }) => band !== undefined)
    ? [
        {
          head: "Band",
          hint: "where chance alone leaves what is looked at if it is as the other",
          cell: ({ band }: CompareRow) => <span>{band !== undefined && <Value shown={band} />}</span>,
        },
      ]
    : []),
  { head: "Test", spare: true, cell: ({ test }) => <span className="text-12 text-n9">{test}</span> },
];

/** Two sides may have one label: then their modes tell them apart. */
const sideHead = (side: ComparedSide, other: ComparedSide): string =>
  side.label === other.label ? `${side.label} ${side.mode}` : side.label;
