import { type KeyboardEvent, lazy, type ReactNode, Suspense, useId, useMemo, useState } from "react";
import {
  type ChartModel,
  chartWords,
  hasPoints,
  indexAfterKey,
  linesAt,
  marksAt,
  newestPoints,
  pointWords,
  timeText,
} from "../../view/chart-model.ts";
import { loaded } from "../live/loaded.ts";
import { useDeskNowMs } from "../live/use-desk.ts";
import { ChartTable } from "./chart-table.tsx";
import { Value } from "./value.tsx";

const Plot = lazy(() => loaded(() => import("./plot.tsx")));

const DAY_MS = 86_400_000;

interface ChartProps {
  /** Names the chart for those who cannot see where it stands. */
  readonly label: string;
  readonly model: ChartModel;
  /** What stands where there is no point. */
  readonly empty: ReactNode;
  /** Why what is shown is old; undefined while it is not. */
  readonly stale?: string | undefined;
  /** What stands at the end of the line with the values. */
  readonly actions?: ReactNode;
  /** A class that gives the drawing its height. */
  readonly height?: string;
}

/**
 * Lines over time. Arrows, Page keys, Home and End move a cursor over its points, whose values are read out; the same
 * points stand in a table for whoever presses "Table".
 */
export function Chart({ label, model: whole, empty, stale, actions, height = "min-h-64" }: ChartProps): ReactNode {
  const model = useMemo(() => newestPoints(whole), [whole]);
  const [point, setPoint] = useState<number>();
  const [isTable, setTable] = useState(false);
  const words = useId();
  const nowMs = useDeskNowMs();
  const day = Math.floor(nowMs / DAY_MS);
  // The words change with the day, not with the second.
  const described = useMemo(() => chartWords(model, day * DAY_MS), [model, day]);
  if (!hasPoints(model)) return <div className="grid grow content-center">{empty}</div>;
  const last = model.times.length - 1;
  const at = Math.min(point ?? last, last);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape") setPoint(undefined);
    const to = indexAfterKey(event.key, at, model.times.length);
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setPoint(to);
  };
  return (
    <figure aria-label={label} className="chart" data-chart="" data-points={model.times.length}>
      <div className="flex items-baseline gap-x-4 px-3 pt-2">
        <Readout model={model} index={at} nowMs={nowMs} />
        <span className="ml-auto flex shrink-0 items-baseline gap-3">
          {stale !== undefined && (
            <span className="text-12 text-stale" data-old="">
              <span aria-hidden="true">⚠</span> {stale}
            </span>
          )}
          {actions}
          <button
            type="button"
            aria-pressed={isTable}
            onClick={() => setTable(!isTable)}
            className="rounded border border-n5 px-2 text-12 text-n10 hover:bg-n4 hover:text-n12 aria-pressed:border-n9 aria-pressed:bg-n5 aria-pressed:text-n12"
          >
            Table
          </button>
        </span>
      </div>
      <figcaption id={words} className="sr-only">
        {described}
      </figcaption>
      {isTable ? (
        <ChartTable label={`${label}, as a table`} model={model} nowMs={nowMs} />
      ) : (
        <div
          role="slider"
          tabIndex={0}
          aria-label={`${label}: time`}
          aria-describedby={words}
          aria-valuemin={0}
          aria-valuemax={last}
          aria-valuenow={at}
          aria-valuetext={pointWords(model, at, nowMs)}
          onKeyDown={onKeyDown}
          onBlur={() => setPoint(undefined)}
          className={`chart-plot ${height} ${stale === undefined ? "" : "is-stale"}`}
        >
          <Suspense fallback={<div className="skeleton m-3" data-skeleton="" />}>
            <Plot model={model} point={point} onPoint={setPoint} />
          </Suspense>
        </div>
      )}
    </figure>
  );
}

interface ReadoutProps {
  readonly model: ChartModel;
  readonly index: number;
  readonly nowMs: number;
}

/** The values under the cursor, or the newest ones. */
function Readout({ model, index, nowMs }: ReadoutProps): ReactNode {
  const at = model.times[index];
  const marks = marksAt(model, index).flatMap(({ titles }) => titles);
  return (
    <p className="flex min-w-0 flex-wrap items-baseline gap-x-4" aria-hidden="true" data-readout="">
      {linesAt(model, index).map(({ line, shown }, lineIndex) => (
        <span key={line.name} className="whitespace-nowrap">
          {model.lines.length > 1 && <LineKey look={line.look} index={lineIndex} />}
          <span className="text-12 text-n9">{line.label} </span>
          <span className="text-n12">
            {shown === undefined ? "—" : <Value shown={shown} />}
            {line.unit !== "" && <span className="text-12 text-n9"> {line.unit}</span>}
          </span>
        </span>
      ))}
      {at !== undefined && <span className="text-12 text-n9">{timeText(at, nowMs)}</span>}
      {marks.length > 0 && (
        <span className="min-w-0 truncate text-12 text-n11">
          ▾ {marks[0]}
          {marks.length > 1 && `, and ${marks.length - 1} more`}
        </span>
      )}
    </p>
  );
}

/** The same look as the line has. */
function LineKey({ look, index }: { readonly look: "line" | "below"; readonly index: number }): ReactNode {
  return <span className="chart-key" data-look={look === "below" ? "below" : `line-${index}`} />;
}
