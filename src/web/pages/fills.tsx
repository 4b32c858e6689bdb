import { useVirtualizer } from "@tanstack/react-virtual";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { FillView } from "../../protocol/api.ts";
import { filterQuery, isEverything, type TradeFilter, tradeFilter } from "../../view/trade-filter.ts";
import { useCell, useDesk, useDeskNowMs } from "../live/use-desk.ts";
import { dayOf, FillHeads, FillLine } from "../parts/fill-table.tsx";
import { Empty, Skeleton } from "../parts/panel.tsx";
import { TradeFilterBar } from "../parts/trade-filter-bar.tsx";
import { type FillHistory, useFillHistory } from "./fill-history.ts";
import { TradeTabs } from "./trade-tabs.tsx";

const none: readonly FillView[] = [];

/** All fills, newest first; only those in view are in the document, older ones come as one scrolls. */
export function Fills(): ReactNode {
  const search = useSearch({ from: "/desk/fills" });
  const filter = useMemo(() => tradeFilter(search), [search]);
  // What was scrolled to belongs to its filter: another one begins anew.
  return <FilteredFills key={filterQuery(filter)} filter={filter} />;
}

function FilteredFills({ filter }: { readonly filter: TradeFilter }): ReactNode {
  const navigate = useNavigate();
  const live = useCell(useDesk().fills);
  const history = useFillHistory(live ?? none, filter);
  const scroller = useRef<HTMLDivElement>(null);
  const backToNewest = (): void => {
    history.follow();
    scroller.current?.scrollTo({ top: 0 });
  };
  return (
    <div className="flex h-full flex-col bg-n2">
      <header className="flex items-baseline gap-3 border-n4 border-b px-3 py-2.5">
        <h1 className="font-medium text-16 text-n12">Fills</h1>
        <span className="text-13 text-n9">
          {history.past ? "the past; new fills are not shown" : "newest first, live"}
        </span>
        {history.past && (
          <button
            type="button"
            onClick={backToNewest}
            className="ml-auto rounded border border-n6 px-2 text-13 hover:bg-n4"
          >
            ↑ Back to the newest
          </button>
        )}
      </header>
      <TradeTabs current="/fills" filter={filter} />
      <TradeFilterBar
        read="fills"
        filter={filter}
        change={({ status: _, ...next }) => void navigate({ to: "/fills", search: next, replace: true })}
      />
      {live === undefined ? (
        <Skeleton rows={12} />
      ) : history.fills.length === 0 ? (
        <NoFills history={history} filter={filter} />
      ) : (
        <FillList history={history} scroller={scroller} />
      )}
    </div>
  );
}

function NoFills({ history, filter }: { readonly history: FillHistory; readonly filter: TradeFilter }): ReactNode {
  if (history.state === "loading") return <Skeleton rows={12} />;
  if (history.state === "failed") return <EndOfList history={history} />;
  if (isEverything(filter)) return <Empty title="No fills yet">They show here the moment a bot reports one.</Empty>;
  return <Empty title="No fill is like that">Another bot, venue, symbol or mode may have some.</Empty>;
}

/** Rows beyond the view that are ready in the document. */
const OVERSCAN = 6;
/** So many rows before the end the next page is asked for. */
const LOAD_BEFORE_END = 20;

function FillList({
  history,
  scroller,
}: {
  readonly history: FillHistory;
  readonly scroller: RefObject<HTMLDivElement | null>;
}): ReactNode {
  const { fills, state, loadOlder } = history;
  const rowHeight = useRowHeight(scroller);
  const todayMs = dayOf(useDeskNowMs());
  const virtual = useVirtualizer({
    count: fills.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => fills[index]?.seq ?? index,
    overscan: OVERSCAN,
  });
  useEffect(() => {
    if (rowHeight > 0) virtual.measure();
  }, [virtual, rowHeight]);
  useKeptPlace(scroller, fills, rowHeight);
  const items = virtual.getVirtualItems();
  const nearEnd =
    (items.at(-1)?.index ?? 0) >= fills.length - LOAD_BEFORE_END && (scroller.current?.scrollTop ?? 0) > 0;
  useEffect(() => {
    if (nearEnd && state === "idle") loadOlder();
  }, [nearEnd, state, loadOlder]);
  return (
    <div
      ref={scroller}
      className="@container min-h-0 grow overflow-y-auto [overflow-anchor:none]"
      data-scroller="fills"
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a table that shows only a part of its rows is made of roles */}
      <div
        role="table"
        aria-label="Fills"
        aria-rowcount={state === "ended" ? fills.length + 1 : -1}
        className="fill-table"
      >
        <FillHeads />
        <div style={{ height: virtual.getTotalSize() }}>
          <div style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}>
            {items.map(({ index, key }) => {
              const fill = fills[index];
              return fill === undefined ? null : (
                <FillLine key={key} fill={fill} todayMs={todayMs} rowIndex={index + 2} />
              );
            })}
          </div>
        </div>
      </div>
      <EndOfList history={history} />
    </div>
  );
}

function EndOfList({ history: { state, trouble, loadOlder } }: { readonly history: FillHistory }): ReactNode {
  return (
    <div className="px-3 py-3 text-center text-12 text-n9">
      {state === "loading" && "Loading older fills"}
      {state === "ended" && "That is all: there are no older fills."}
      {state === "failed" && (
        <span role="alert">
          <span className="text-bad">⚠ Older fills could not be loaded.</span> {trouble}{" "}
          <button type="button" onClick={loadOlder} className="rounded border border-n6 px-2 hover:bg-n4">
            Try again
          </button>
        </span>
      )}
    </div>
  );
}

/** The height of a row in px: a line on a wide screen, a card on a narrow one, larger where the type is larger. */
function useRowHeight(scroller: RefObject<HTMLDivElement | null>): number {
  const [height, setHeight] = useState(32);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      const row = element.querySelector(".fill-row");
      if (row instanceof HTMLElement && row.offsetHeight > 0) setHeight(row.offsetHeight);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  return height;
}

/** Keeps what is read in its place while rows come and go above it; at the very top the newest come into view. */
function useKeptPlace(scroller: RefObject<HTMLDivElement | null>, fills: readonly FillView[], rowHeight: number): void {
  const shown = useRef(fills);
  useLayoutEffect(() => {
    const element = scroller.current;
    const before = shown.current;
    shown.current = fills;
    if (element === null || before === fills || element.scrollTop < rowHeight / 2) return;
    const anchor = Math.floor(element.scrollTop / rowHeight);
    const seq = before[anchor]?.seq;
    const now = fills.findIndex((fill) => fill.seq === seq);
    if (now >= 0 && now !== anchor) element.scrollTop += (now - anchor) * rowHeight;
  }, [scroller, fills, rowHeight]);
}
