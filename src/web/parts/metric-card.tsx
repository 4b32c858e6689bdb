import { type ReactNode, useId, useState } from "react";
import type { MetricAnswer, MetricSeries } from "../../protocol/api-metrics.ts";
import type { StatisticView } from "../../protocol/api-statistics.ts";
import { intervalText, statisticInterval, statisticShown, statisticUnitText } from "../../view/metric-cards.ts";
import { drawnValue } from "../../view/metric-chart.ts";
import { metricKey, type MetricLine, WINDOW_WORDS } from "../../view/metric-list.ts";
import { metricShown, unitText } from "../../view/metric-shown.ts";
import { fixed } from "../../view/number-format.ts";
import type { Shown } from "../../view/shown.ts";
import type { KeyedReads } from "../live/keyed-reads.ts";
import { useKeyed } from "../live/use-keyed.ts";
import { Sparkline } from "./sparkline.tsx";
import { Value } from "./value.tsx";

interface CardProps {
  readonly name: string;
  readonly title: string;
  readonly formula: string;
  readonly sign: string;
  /** Undefined until it came. */
  readonly shown: Shown | undefined;
  readonly unit: string;
  readonly interval?: { readonly text: string; readonly how: string } | undefined;
  readonly n: number | undefined;
  /** What it is of, or what to know of it. */
  readonly note?: string | undefined;
  readonly children?: ReactNode;
}

/** A number with all that it takes to trust it: unit, interval, sample size, course; its formula on hover, focus and press. */
function Card({ name, title, formula, sign, shown, unit, interval, n, note, children }: CardProps): ReactNode {
  const [open, setOpen] = useState(false);
  const words = useId();
  return (
    <li data-card={name} className="card flex min-w-0 flex-col gap-0.5 px-3 py-2">
      <span className="hinted">
        <button
          type="button"
          aria-expanded={open}
          aria-describedby={words}
          onClick={() => setOpen(!open)}
          className="text-left text-12 text-n10 underline-offset-2 hover:underline"
        >
          {title}
        </button>
        <span role="note" id={words} className="hint">
          {formula}
          <span className="block text-n9">{sign}</span>
        </span>
      </span>
      <span className="flex flex-wrap items-baseline gap-x-1.5">
        <span className="text-20 text-n12">
          {shown === undefined ? (
            <span aria-busy="true" className="skeleton inline-block h-4 w-16" />
          ) : (
            <Value shown={shown} flash />
          )}
        </span>
        {shown !== undefined && shown.reason === undefined && <span className="text-12 text-n9">{unit}</span>}
      </span>
      <span className="min-h-4 text-12 text-n9">
        {interval !== undefined && interval.text !== "" && (
          <span className="whitespace-nowrap text-n10" title={interval.how}>
            {interval.text}
          </span>
        )}{" "}
        <span className="whitespace-nowrap">
          {[n === undefined ? undefined : `n=${fixed(n, 0)}`, note].filter((part) => part !== undefined).join(" · ")}
        </span>
      </span>
      {shown?.reason !== undefined && <span className="text-12 text-n10">{shown.reason.replace(/, n=\d+$/, "")}</span>}
      {open && <span className="text-12 text-n11">{formula}</span>}
      {children}
    </li>
  );
}

interface MetricCardProps {
  readonly line: Pick<MetricLine, "entry" | "window">;
  readonly reads: KeyedReads<MetricAnswer>;
  readonly pasts: KeyedReads<MetricSeries>;
}

/** A metric of the catalogue, with its last day as a small line. */
export function MetricCard({ line, reads, pasts }: MetricCardProps): ReactNode {
  const { entry, window } = line;
  const kept = useKeyed(reads, metricKey.of(line));
  const points = useKeyed(pasts, entry.name)?.data?.points;
  const answer = kept?.data;
  const shown = answer === undefined ? undefined : metricShown(answer, entry);
  const interval = answer === undefined ? undefined : intervalText(answer, entry);
  return (
    <Card
      name={entry.name}
      title={entry.title}
      formula={entry.formula}
      sign={entry.sign}
      shown={shown ?? (kept?.trouble === undefined ? undefined : { text: "—", tone: "muted", reason: kept.trouble })}
      unit={unitText(entry, answer?.currency)}
      interval={
        interval === undefined || answer?.ci === undefined
          ? undefined
          : { text: interval, how: `where chance alone leaves it, at ${answer.ci.level * 100} %` }
      }
      n={answer?.n}
      note={WINDOW_WORDS[window]}
    >
      {points !== undefined && shown?.reason === undefined && <Sparkline values={points.map(drawnValue)} />}
    </Card>
  );
}

interface StatisticCardProps {
  readonly statistic: StatisticView;
  readonly currency: string | undefined;
}

/** A statistic of daily returns. */
export function StatisticCard({ statistic, currency }: StatisticCardProps): ReactNode {
  const interval = statisticInterval(statistic);
  return (
    <Card
      name={statistic.name}
      title={statistic.title}
      formula={statistic.formula}
      sign={statistic.sign}
      shown={statisticShown(statistic)}
      unit={statisticUnitText(statistic, currency)}
      interval={interval}
      n={statistic.n}
      note={statistic.few === true ? "few days" : undefined}
    />
  );
}

/** Cards side by side, as many as there is room for. */
export function Cards({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <ul
      aria-label={label}
      className="grid grid-cols-[repeat(auto-fill,minmax(10.5rem,1fr))] overflow-hidden max-sm:grid-cols-2"
    >
      {children}
    </ul>
  );
}
