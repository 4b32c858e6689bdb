import { type ReactNode, useMemo } from "react";
import type { BotView } from "../../protocol/api.ts";
import type { MetricAnswer, MetricSeries } from "../../protocol/api-metrics.ts";
import { metricKey, type MetricLine, sourceWords, WINDOW_WORDS } from "../../view/metric-list.ts";
import { metricShown, unitText } from "../../view/metric-shown.ts";
import { drawnValue } from "../../view/metric-chart.ts";
import { count } from "../../view/number-format.ts";
import type { KeyedReads } from "../live/keyed-reads.ts";
import { useKeyed } from "../live/use-keyed.ts";
import { MetricOverTime } from "./metric-over-time.tsx";
import { Sparkline } from "./sparkline.tsx";
import { Value } from "./value.tsx";
import { type GridColumn, VirtualTable } from "./virtual-table.tsx";

interface MetricTableProps {
  readonly lines: readonly MetricLine[];
  readonly reads: KeyedReads<MetricAnswer>;
  /** The last day of each, by name. */
  readonly pasts: KeyedReads<MetricSeries>;
  readonly bot: string | undefined;
  readonly mode: BotView["mode"];
  /** The name of the metric that is shown over time. */
  readonly open: string | undefined;
  readonly onOpen: (name: string | undefined) => void;
}

/** Metrics in groups, each with its value or why it has none; its formula on hover and focus, its past when pressed. */
export function MetricTable({ lines, reads, pasts, bot, mode, open, onOpen }: MetricTableProps): ReactNode {
  const columns = useMemo(() => columnsOf({ reads, pasts, open, onOpen }), [reads, pasts, open, onOpen]);
  return (
    <div className="@container min-w-0">
      <VirtualTable
        label={`Metrics of ${bot ?? "the desk"}`}
        columns={columns}
        rows={lines}
        rowKey={({ entry }) => entry.name}
        rowData={({ entry, isFirst }) => ({ "data-metric": entry.name, "data-first": isFirst ? "" : undefined })}
        below={(line) =>
          line.entry.name === open ? (
            <MetricOverTime key={line.entry.name} entry={line.entry} bot={bot} mode={mode} />
          ) : null
        }
      />
    </div>
  );
}

const helpColumn: GridColumn<MetricLine> = {
  name: "help",
  head: "What it is",
  width: "minmax(10rem, 1.6fr)",
  card: "none",
  out: "first",
  cell: ({ entry }) => (
    <span className="text-12 text-n9" title={entry.help}>
      {entry.help}
    </span>
  ),
};

type ColumnParts = Pick<MetricTableProps, "reads" | "pasts" | "open" | "onOpen">;

function columnsOf({ reads, pasts, open, onOpen }: ColumnParts): readonly GridColumn<MetricLine>[] {
  return [
    {
      name: "group",
      head: "Group",
      width: "minmax(4.5rem, 7rem)",
      cell: ({ group, isFirst }) => <span className={isFirst ? "text-n11" : "sr-only"}>{group}</span>,
      card: "none",
    },
    {
      name: "metric",
      head: "Metric",
      width: "minmax(12rem, 2fr)",
      card: "title",
      wraps: true,
      cell: (line) => (
        <MetricName
          line={line}
          isOpen={line.entry.name === open}
          toggle={() => onOpen(line.entry.name === open ? undefined : line.entry.name)}
        />
      ),
    },
    {
      name: "value",
      head: "Value",
      numeric: true,
      width: "minmax(5.5rem, 9rem)",
      cell: (line) => <MetricValue line={line} reads={reads} />,
    },
    {
      name: "n",
      head: "n",
      hint: "how many samples it is made of",
      numeric: true,
      width: "4rem",
      cell: (line) => <Samples line={line} reads={reads} />,
    },
    {
      name: "past",
      head: "24 h",
      hint: "the last day, as a line; press the name to see it",
      width: "minmax(4rem, 6rem)",
      out: "second",
      card: "none",
      cell: ({ entry }) => <Past name={entry.name} pasts={pasts} />,
    },
    {
      name: "window",
      head: "Window",
      width: "4.5rem",
      out: "second",
      cell: ({ window }) => <span className="text-n9">{WINDOW_WORDS[window]}</span>,
    },
    {
      name: "why",
      head: "Why there is none, or who says it",
      width: "minmax(9rem, 1.2fr)",
      card: "wide",
      wraps: true,
      cell: (line) => <Reason line={line} reads={reads} />,
    },
    helpColumn,
  ];
}

interface MetricNameProps {
  readonly line: MetricLine;
  readonly isOpen: boolean;
  readonly toggle: () => void;
}

function MetricName({ line: { entry }, isOpen, toggle }: MetricNameProps): ReactNode {
  return (
    <span className="hinted">
      <button type="button" aria-expanded={isOpen} onClick={toggle} className="text-left text-n12 hover:underline">
        {entry.title} <code className="text-12 text-n9">{entry.name}</code>
      </button>
      <span role="note" className="hint">
        {entry.formula}
        <span className="block text-n9">{entry.sign}</span>
      </span>
    </span>
  );
}

interface CellProps {
  readonly line: MetricLine;
  readonly reads: KeyedReads<MetricAnswer>;
}

function MetricValue({ line, reads }: CellProps): ReactNode {
  const answer = useKeyed(reads, metricKey.of(line))?.data;
  if (answer === undefined) return <span aria-busy="true" className="skeleton inline-block h-3 w-12" />;
  const unit = unitText(line.entry, answer.currency);
  return (
    <span className="whitespace-nowrap text-n12">
      <Value shown={metricShown(answer, line.entry)} flash />
      {answer.value !== null && unit !== "" && <span className="text-12 text-n9"> {unit}</span>}
    </span>
  );
}

function Samples({ line, reads }: CellProps): ReactNode {
  const n = useKeyed(reads, metricKey.of(line))?.data?.n;
  return <span className="text-n10">{n !== undefined && <Value shown={count(n)} />}</span>;
}

function Reason({ line, reads }: CellProps): ReactNode {
  const kept = useKeyed(reads, metricKey.of(line));
  if (kept?.trouble !== undefined) return <span className="text-12 text-stale">⚠ not read: {kept.trouble}</span>;
  return <span className="text-12 text-n10">{kept?.data === undefined ? "" : sourceWords(kept.data)}</span>;
}

/** The last day as a small line; nothing where it has no past. */
function Past({ name, pasts }: { readonly name: string; readonly pasts: KeyedReads<MetricSeries> }): ReactNode {
  const points = useKeyed(pasts, name)?.data?.points;
  return points === undefined ? <span /> : <Sparkline values={points.map(drawnValue)} />;
}
