import { type ReactNode, useState } from "react";
import { filterQuery, filterWords, isEverything, type TradeFilter } from "../../view/trade-filter.ts";
import { readsAt } from "../live/hub-api.ts";
import { useCell, useDesk } from "../live/use-desk.ts";
import { Choose } from "./choose.tsx";

interface TradeFilterBarProps {
  /** The read that the downloads come from. */
  readonly read: "fills" | "orders";
  readonly filter: TradeFilter;
  readonly change: (filter: TradeFilter) => void;
  /** The states to choose from, where there are any. */
  readonly statuses?: readonly string[];
}

const modes = ["live", "paper", "simulate", "demo", "all"];

/** Narrows fills or orders, and hands them out just as they are narrowed. */
export function TradeFilterBar({ read, filter, change, statuses = [] }: TradeFilterBarProps): ReactNode {
  const desk = useDesk();
  const bots = (useCell(desk.bots) ?? []).map(({ data }) => data.bot).toSorted();
  const venues = useVenues();
  const set = (changes: TradeFilter): void => change({ ...filter, ...changes });
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 border-n4 border-b px-3 py-1.5">
      <Choose label="Bot" value={filter.bot} options={bots} all="all" choose={(bot) => set({ bot })} />
      <Choose label="Venue" value={filter.venue} options={venues} all="all" choose={(venue) => set({ venue })} />
      <SymbolField key={filter.symbol ?? ""} value={filter.symbol} choose={(symbol) => set({ symbol })} />
      <Choose label="Mode" value={filter.mode} options={modes} all="the desk's own" choose={(mode) => set({ mode })} />
      {statuses.length > 0 && (
        <Choose
          label="Status"
          value={filter.status}
          options={statuses}
          all="all"
          choose={(status) => set({ status })}
        />
      )}
      {!isEverything(filter) && (
        <button type="button" onClick={() => change({})} className="rounded border border-n6 px-2 text-12 hover:bg-n4">
          Clear
        </button>
      )}
      <span className="ml-auto flex gap-2 text-12 text-n9">
        Download
        <Download read={read} filter={filter} format="csv" source={desk.source} />
        <Download read={read} filter={filter} format="ndjson" source={desk.source} />
      </span>
    </div>
  );
}

function useVenues(): string[] {
  const desk = useDesk();
  const fills = useCell(desk.fills) ?? [];
  const health = useCell(desk.health);
  const named = [...fills.map(({ venue }) => venue), ...(health?.data.venues ?? []).map(({ venue }) => venue)];
  return [...new Set(named.flatMap((venue) => (venue === undefined ? [] : [venue])))].toSorted();
}

interface SymbolFieldProps {
  readonly value: string | undefined;
  readonly choose: (symbol: string | undefined) => void;
}

function SymbolField({ value, choose }: SymbolFieldProps): ReactNode {
  const [text, setText] = useState(value ?? "");
  const done = (): void => {
    const symbol = text.trim() === "" ? undefined : text.trim();
    if (symbol !== value) choose(symbol);
  };
  return (
    <label className="flex items-center gap-1.5 text-12 text-n9">
      Symbol
      <input
        value={text}
        placeholder="all"
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
        onBlur={done}
        onKeyDown={(event) => event.key === "Enter" && done()}
        className="w-28 rounded border border-n6 bg-n2 px-1.5 py-0.5 text-13 text-n12 placeholder:text-n9"
      />
    </label>
  );
}

interface DownloadProps {
  readonly read: "fills" | "orders";
  readonly filter: TradeFilter;
  readonly format: "csv" | "ndjson";
  readonly source: string | undefined;
}

function Download({ read, filter, format, source }: DownloadProps): ReactNode {
  const name = format.toUpperCase();
  return (
    <a
      href={`${readsAt(source)}/${read}?${filterQuery(filter, { format })}`}
      download={`${read}.${format}`}
      aria-label={`Download ${read} as ${name}: ${filterWords(filter)}`}
      title={`${read}: ${filterWords(filter)}`}
      data-download={format}
      className="text-n11 underline underline-offset-2 hover:text-n12"
    >
      {name}
    </a>
  );
}
