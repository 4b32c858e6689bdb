import { type ReactNode, useMemo } from "react";
import type { BotView } from "../../protocol/api.ts";
import type { MetricSeries } from "../../protocol/api-metrics.ts";
import { equityChart, silentReason } from "../../view/metric-chart.ts";
import { rangeStart, rangeWords, type TimeRange } from "../../view/time-range.ts";
import type { Reading } from "../live/use-read.ts";
import { type SeriesWanted, useNotes, useSeries } from "../live/use-series.ts";
import { useFirstMoment } from "../live/use-summaries.ts";
import { Chart } from "./chart.tsx";
import { SourceBadge } from "./marks.tsx";
import { Empty, NotInReplay, Panel, Trouble } from "./panel.tsx";

interface EquityPanelProps {
  readonly range: TimeRange;
  readonly mode: BotView["mode"];
  /** The whole desk when absent. */
  readonly bot: string | undefined;
  /** What stands in the head of the panel: a choice of the range, where it is not chosen elsewhere. */
  readonly choice?: ReactNode;
  readonly height?: string;
}

/** Short ranges are read more often, ms. */
const EVERY_MS: Partial<Record<TimeRange, number>> = { "1h": 15_000, "6h": 30_000 };
const EVERY_USUAL_MS = 60_000;

/** Equity over time with what it is below its peak. */
export function EquityPanel(props: EquityPanelProps): ReactNode {
  const { range, mode, bot, choice } = props;
  const first = useFirstMoment(range === "max");
  return (
    <Panel
      title="Equity and drawdown"
      note={choice ?? `${bot ?? "the desk"}, ${rangeWords(range)}`}
      {...(choice === undefined ? {} : { to: "/performance" })}
      className="flex flex-col"
    >
      {range === "max" && first === undefined ? (
        <Waiting height={props.height} />
      ) : (
        <Drawn key={`${range} ${mode} ${bot}`} {...props} firstMs={first ?? 0} />
      )}
    </Panel>
  );
}

const HEIGHT = "min-h-64";

const Waiting = ({ height = HEIGHT }: { readonly height?: string | undefined }): ReactNode => (
  <div className={`flex grow p-3 ${height}`} aria-busy="true" data-skeleton="">
    <span className="sr-only">Loading</span>
    <div className="skeleton grow" aria-hidden="true" />
  </div>
);

function Drawn({
  range,
  mode,
  bot,
  firstMs,
  height = HEIGHT,
}: EquityPanelProps & { readonly firstMs: number }): ReactNode {
  const wanted: SeriesWanted = {
    startAt: (nowMs) => rangeStart(range, nowMs, firstMs),
    everyMs: EVERY_MS[range] ?? EVERY_USUAL_MS,
    mode,
    bot,
  };
  const equity = useSeries("equity", wanted);
  const drawdown = useSeries(bot === undefined ? undefined : "drawdown_pct", wanted);
  const marks = useNotes(wanted);
  const model = useMemo(
    () =>
      equity.data === undefined ? undefined : equityChart({ equity: equity.data, drawdown: drawdown.data, marks }),
    [equity.data, drawdown.data, marks],
  );
  if (model === undefined || equity.data === undefined) return <NotYet equity={equity} height={height} />;
  return (
    <Chart
      label={`Equity and drawdown of ${bot ?? "the desk"}, ${rangeWords(range)}`}
      model={model}
      height={height}
      actions={<SourceBadge mode={mode} />}
      stale={equity.trouble === undefined ? undefined : `old: ${equity.trouble}`}
      empty={
        <Empty title="No equity over this time">
          {silentReason(equity.data)}. It follows from <code>balance</code> and <code>risk</code> events.
        </Empty>
      }
    />
  );
}

function NotYet({ equity, height }: { readonly equity: Reading<MetricSeries>; readonly height: string }): ReactNode {
  if (equity.absent) return <NotInReplay what="Equity over time" />;
  if (equity.missing)
    return <Empty title="No past to draw">No such bot has spoken here, or what is replayed is no desk's log.</Empty>;
  if (equity.trouble === undefined) return <Waiting height={height} />;
  return (
    <Trouble title="Equity over time could not be read" retry={equity.again}>
      {equity.trouble}
    </Trouble>
  );
}
