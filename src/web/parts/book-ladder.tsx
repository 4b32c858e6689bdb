import type { ReactNode } from "react";
import type { OrderbookView } from "../../protocol/api-trading.ts";
import { bookLatency, bookRow, type LadderLevel, ladder } from "../../view/book-rows.ts";
import type { Stamped } from "../live/desk-store.ts";
import { BookAge } from "./book-table.tsx";
import { VenueHeld } from "./venue-held.tsx";
import { Value } from "./value.tsx";

/** One book from its best prices outwards, sizes as bars. */
export function BookLadder({ book: { data, atMs } }: { readonly book: Stamped<OrderbookView> }): ReactNode {
  const { bids, asks, spread, mid, beyond } = ladder(data);
  const { market } = bookRow(data);
  const latency = bookLatency(data);
  return (
    <section
      aria-label={`${data.symbol} on ${data.venue}`}
      data-ladder={`${data.venue}:${data.symbol}`}
      className="min-w-0 bg-n2"
    >
      <header className="border-n4 border-b px-3 py-2">
        <h3 className="flex items-baseline gap-2">
          <span className="font-medium text-n12 uppercase">{data.venue}</span>
          <VenueHeld venue={data.venue} />
          <span className="ml-auto text-12">
            <BookAge ageMs={data.age_ms} atMs={atMs} />
          </span>
        </h3>
        <p className="truncate text-12 text-n9" title={market.full}>
          {data.symbol}
          {data.outcome !== undefined && ` · ${data.outcome}`}
        </p>
      </header>
      <div className="grid grid-cols-2 gap-px py-1">
        <Side label="Bids" kind="bid" levels={bids} none="Nobody bids." />
        <Side label="Asks" kind="ask" levels={asks} none="Nobody asks." />
      </div>
      <p className="flex flex-wrap gap-x-4 border-n4 border-t px-3 py-1.5 text-12 text-n9">
        <span>
          mid{" "}
          <span className="text-n12">
            <Value shown={mid} flash />
          </span>
        </span>
        <span>
          spread{" "}
          <span className="text-n12">
            <Value shown={spread} />
          </span>{" "}
          bps
        </span>
        {latency !== undefined && (
          <span data-latency>
            from the venue{" "}
            <span className="text-n12">
              <Value shown={latency} />
            </span>
          </span>
        )}
        {beyond !== undefined && <span className="ml-auto">{beyond}</span>}
      </p>
    </section>
  );
}

interface SideProps {
  readonly label: string;
  readonly kind: "bid" | "ask";
  readonly levels: readonly LadderLevel[];
  readonly none: string;
}

/** Bids read towards the middle, asks away from it: the best prices of both stand side by side. */
function Side({ label, kind, levels, none }: SideProps): ReactNode {
  const bid = kind === "bid";
  return (
    <table aria-label={label} className="block min-w-0">
      <thead className="block">
        <tr className="level text-n9">
          <th scope="col" className={`font-normal ${bid ? "text-left" : "order-last text-right"}`}>
            Size
          </th>
          <th scope="col" className={`font-normal ${bid ? "text-right" : "text-left"}`}>
            {bid ? "Bid" : "Ask"}
          </th>
        </tr>
      </thead>
      <tbody className="block">
        {levels.length === 0 && (
          <tr className="level text-n9">
            <td colSpan={2} className="col-span-2">
              {none}
            </td>
          </tr>
        )}
        {levels.map(({ price, size, share }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a level is its place in the ladder
          <tr key={index} className={`level level-${kind}`}>
            <td className={bid ? "text-left" : "order-last text-right"}>
              <span aria-hidden="true" className="level-bar" style={{ width: `${Math.round(share * 100)}%` }} />
              <Value shown={size} />
            </td>
            <td className={`${bid ? "text-right text-up" : "text-left text-down"}`}>
              <Value shown={price} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
