import { type ReactNode, useMemo, useState } from "react";
import type { EdgeView } from "../../protocol/api.ts";
import type { OrderbookView } from "../../protocol/api-trading.ts";
import { edgeChart, edgeDirections, type EdgesBetween, withLiveEdges } from "../../view/edge-chart.ts";
import { useDesk, useCell } from "../live/use-desk.ts";
import { useEdgeHistory } from "../live/use-edge-history.ts";
import { useNotes } from "../live/use-series.ts";
import { Chart } from "./chart.tsx";
import { EdgeDirections } from "./edge-directions.tsx";
import { SourceBadge } from "./marks.tsx";
import { OneOf } from "./one-of.tsx";
import { Empty, NotInReplay, Skeleton, Trouble } from "./panel.tsx";

const HOUR_MS = 3_600_000;
const spans = [
  { value: "1h", label: "1h", hint: "the last hour", spanMs: HOUR_MS },
  { value: "6h", label: "6h", hint: "the last 6 hours", spanMs: 6 * HOUR_MS },
  { value: "24h", label: "24h", hint: "the last 24 hours", spanMs: 24 * HOUR_MS },
] as const;
type Span = (typeof spans)[number];

interface EdgePanelProps {
  readonly book: OrderbookView;
  /** Books of the same event elsewhere. */
  readonly facing: readonly OrderbookView[];
}

/** The edge between a book and those that it faces, both ways: what it is, and how it went. */
export function EdgePanel({ book, facing }: EdgePanelProps): ReactNode {
  const [value, setValue] = useState<Span["value"]>("1h");
  const span = spans.find((each) => each.value === value) ?? spans[0];
  return (
    <section aria-label="Edge both ways" data-edge-panel="" className="@container min-w-0 border-n4 border-t bg-n2">
      <header className="flex flex-wrap items-baseline gap-x-3 gap-y-1 border-n4 border-b px-3 py-2">
        <h3 className="font-medium text-13 text-n12">Edge both ways</h3>
        <span className="text-12 text-n9">after fees, as bots tell it</span>
        <span className="ml-auto">
          <OneOf label="Time of the edge" value={value} options={spans} choose={setValue} />
        </span>
      </header>
      <Edges key={`${span.value} ${book.symbol} ${book.mode}`} book={book} facing={facing} span={span} />
    </section>
  );
}

function Edges({ book, facing, span }: EdgePanelProps & { readonly span: Span }): ReactNode {
  const { symbol: market, mode } = book;
  const read = useEdgeHistory({ market, mode, spanMs: span.spanMs });
  const notes = useNotes({ startAt: (nowMs) => nowMs - span.spanMs, mode, bot: undefined, everyMs: 60_000 });
  const live = useCell(useDesk().edges)?.data;
  const between = useMemo(() => edgesBetween(read.data, live ?? [], market), [read.data, live, market]);
  const model = useMemo(() => between && edgeChart(between, notes), [between, notes]);
  if (read.absent) return <NotInReplay what="How the edge went" />;
  if (between === undefined || model === undefined) {
    if (read.trouble === undefined) return <Skeleton rows={5} />;
    return (
      <Trouble title="How the edge went could not be read" retry={read.again}>
        {read.trouble}
      </Trouble>
    );
  }
  return (
    <>
      <EdgeDirections directions={edgeDirections(between, live ?? [])} />
      <Chart
        label={`Edge both ways of ${book.title ?? market}, ${span.hint}`}
        model={model}
        height="min-h-44"
        actions={<SourceBadge mode={mode} />}
        stale={read.trouble === undefined ? undefined : `old: ${read.trouble}`}
        empty={<NoEdge book={book} facing={facing} words={span.hint} />}
      />
    </>
  );
}

function edgesBetween(
  history: EdgesBetween | undefined,
  live: readonly EdgeView[],
  market: string,
): EdgesBetween | undefined {
  const isOfMarket = (edge: EdgeView): boolean => edge.primary_market === market || edge.hedge_market === market;
  return history && withLiveEdges(history, live, isOfMarket);
}

function NoEdge({ book, facing, words }: EdgePanelProps & { readonly words: string }): ReactNode {
  if (facing.length === 0)
    return <Empty title="No edge">An edge is between two venues, and no other is known to trade this.</Empty>;
  const venues = [book, ...facing].map(({ venue }) => venue).join(" and ");
  return (
    <Empty title={`No edge was told in ${words}`}>
      The books of {venues} are here, but no bot says what could be made between them. Bots say it with{" "}
      <code>edge</code> events that name these markets.
    </Empty>
  );
}
