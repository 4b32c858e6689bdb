import { type ReactNode, useMemo, useState } from "react";
import type { BotView } from "../../protocol/api.ts";
import type { CatalogueEntry } from "../../protocol/api-metrics.ts";
import { metricChart, silentReason } from "../../view/metric-chart.ts";
import { rangeStart, rangeWords, type TimeRange } from "../../view/time-range.ts";
import { type SeriesWanted, useNotes, useSeries } from "../live/use-series.ts";
import { useFirstMoment } from "../live/use-summaries.ts";
import { Chart } from "./chart.tsx";
import { SourceBadge } from "./marks.tsx";
import { Empty, NotInReplay, Skeleton, Trouble } from "./panel.tsx";
import { RangeChoice } from "./range-choice.tsx";

interface MetricOverTimeProps {
  readonly entry: CatalogueEntry;
  /** The whole desk when absent. */
  readonly bot: string | undefined;
  readonly mode: BotView["mode"];
}

/** A metric over time, with all that defines it. */
export function MetricOverTime({ entry, bot, mode }: MetricOverTimeProps): ReactNode {
  const [range, setRange] = useState<TimeRange>("24h");
  const first = useFirstMoment(range === "max");
  return (
    <div className="my-1 rounded border border-n5 bg-n2" data-over-time={entry.name}>
      <div className="px-3 pt-2">
        <RangeChoice value={range} choose={setRange} />
      </div>
      {range === "max" && first === undefined ? (
        <Skeleton rows={6} />
      ) : (
        <Drawn key={range} range={range} firstMs={first ?? 0} entry={entry} bot={bot} mode={mode} />
      )}
      <dl className="flex flex-wrap gap-x-8 gap-y-1 border-n4 border-t px-3 py-2 text-12 [&_dt]:text-n9">
        <Defined term="Formula" text={entry.formula} />
        <Defined term="Sign" text={entry.sign} />
        <Defined term="Source" text={entry.source} />
        <Defined term="Needs" text={entry.min_sample > 1 ? `${entry.min_sample} samples` : ""} />
        <Defined term="In Prometheus" text={entry.prometheus.map(({ name }) => name).join(", ")} />
      </dl>
    </div>
  );
}

function Defined({ term, text }: { readonly term: string; readonly text: string }): ReactNode {
  if (text === "") return null;
  return (
    <div className="min-w-0">
      <dt>{term}</dt>
      <dd className="whitespace-normal text-n11 [overflow-wrap:anywhere]">{text}</dd>
    </div>
  );
}

const EVERY_MS = 60_000;

interface DrawnProps extends MetricOverTimeProps {
  readonly range: TimeRange;
  readonly firstMs: number;
}

function Drawn({ entry, bot, mode, range, firstMs }: DrawnProps): ReactNode {
  const wanted: SeriesWanted = {
    startAt: (nowMs) => rangeStart(range, nowMs, firstMs),
    everyMs: EVERY_MS,
    mode,
    bot,
  };
  const { data: series, trouble, absent, again } = useSeries(entry.name, wanted);
  const marks = useNotes(wanted);
  const model = useMemo(
    () => (series === undefined ? undefined : metricChart({ series, form: entry, marks })),
    [series, entry, marks],
  );
  if (absent) return <NotInReplay what="Its past" />;
  if (series === undefined || model === undefined) {
    if (trouble === undefined) return <Skeleton rows={6} />;
    return (
      <Trouble title="Its past could not be read" retry={again}>
        {trouble}
      </Trouble>
    );
  }
  return (
    <Chart
      label={`${entry.title} of ${bot ?? "the desk"}, ${rangeWords(range)}`}
      model={model}
      height="min-h-48"
      actions={<SourceBadge mode={mode} />}
      stale={trouble === undefined ? undefined : `old: ${trouble}`}
      empty={<Empty title="No value over this time">{silentReason(series)}</Empty>}
    />
  );
}
