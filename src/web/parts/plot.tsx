import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import uPlot from "uplot";
import { type ChartModel, groupedMarks, placeOf } from "../../view/chart-model.ts";
import { plotData, plotOptions } from "./plot-options.ts";

/** Marks are told apart when they are further from each other than one of so many parts of the chart. */
const MARK_SLOTS = 48;

interface PlotProps {
  readonly model: ChartModel;
  /** The index of the point to point at; undefined for none. */
  readonly point: number | undefined;
  readonly onPoint: (index: number | undefined) => void;
}

/** The drawing of a chart. Loaded with the first chart that is shown, and only then; lines of another shape are drawn anew. */
export default function Plot(props: PlotProps): ReactNode {
  return <Drawing key={props.model.lines.map(({ name, look }) => `${name} ${look}`).join()} {...props} />;
}

function Drawing({ model, point, onPoint }: PlotProps): ReactNode {
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef({ model, onPoint });
  latest.current = { model, onPoint };
  const [plot, setPlot] = useState<uPlot>();
  const fontPx = useRootFontPx();
  useLayoutEffect(() => {
    const { current: element } = host;
    if (element === null) return;
    const made = new uPlot(
      plotOptions({
        model: () => latest.current.model,
        onPoint: (index) => latest.current.onPoint(index),
        ...sizeOf(element),
        fontPx,
      }),
      plotData(latest.current.model),
      element,
    );
    setPlot(made);
    return () => {
      setPlot(undefined);
      made.destroy();
    };
  }, [fontPx]);
  useEffect(() => plot?.setData(plotData(model)), [plot, model]);
  useEffect(() => pointAt(plot, point), [plot, point]);
  useEffect(() => (plot === undefined || host.current === null ? undefined : keptInShape(plot, host.current)), [plot]);
  return (
    <div ref={host} aria-hidden="true">
      {plot !== undefined && createPortal(<Marks model={model} />, plot.over)}
    </div>
  );
}

function Marks({ model }: { readonly model: ChartModel }): ReactNode {
  const { fromMs, toMs } = model;
  return groupedMarks(model.marks, { fromMs, toMs, slots: MARK_SLOTS }).map((mark) => (
    <span
      key={mark.atMs}
      className="chart-mark"
      style={{ left: `${placeOf(model, mark.atMs) * 100}%` }}
      title={mark.titles.join("\n")}
      data-mark={mark.titles.length}
    >
      {mark.titles.length > 1 ? mark.titles.length : "▾"}
    </span>
  ));
}

const sizeOf = (element: HTMLElement) => ({ width: element.clientWidth, height: element.clientHeight });

function pointAt(plot: uPlot | undefined, point: number | undefined): void {
  if (plot === undefined || (plot.cursor.idx ?? undefined) === point) return;
  const at = point === undefined ? undefined : plot.data[0][point];
  const left = at === undefined ? -10 : plot.valToPos(at, "x");
  plot.setCursor({ left, top: at === undefined ? -10 : 1 }, false);
}

/** Follows the size of its frame, and the colours of the page. */
function keptInShape(plot: uPlot, element: HTMLElement): () => void {
  const resized = new ResizeObserver(() => {
    const size = sizeOf(element);
    if (size.width > 0 && (size.width !== plot.width || size.height !== plot.height)) plot.setSize(size);
  });
  resized.observe(element);
  const redraw = (): void => plot.redraw(false, false);
  const themed = new MutationObserver(redraw);
  themed.observe(document.documentElement, { attributeFilter: ["data-theme", "data-colours"] });
  const light = matchMedia("(prefers-color-scheme: light)");
  light.addEventListener("change", redraw);
  return () => {
    resized.disconnect();
    themed.disconnect();
    light.removeEventListener("change", redraw);
  };
}

/** The size of the root's font in px: a wall of 4K has a larger one. */
function useRootFontPx(): number {
  const [size, setSize] = useState(rootFontPx);
  useEffect(() => {
    const look = (): void => setSize(rootFontPx());
    addEventListener("resize", look);
    return () => removeEventListener("resize", look);
  }, []);
  return size;
}

const rootFontPx = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
