import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import type { OrderbookView } from "../../protocol/api-trading.ts";
import { BOOK_STALE_S, type BookRow, bookKey, bookRow, sortedBooks } from "../../view/book-rows.ts";
import type { Stamped } from "../live/desk-store.ts";
import { useElapsedS } from "../live/use-desk.ts";
import { bookAge } from "../../view/time-format.ts";
import { RowMode } from "./marks.tsx";
import { VenueHeld } from "./venue-held.tsx";
import { Value } from "./value.tsx";
import { type GridColumn, VirtualTable } from "./virtual-table.tsx";

interface Row {
  readonly book: OrderbookView;
  readonly shown: BookRow;
  readonly atMs: number;
  readonly chosen: boolean;
}

/** The age of a book, with ⚠ once it is stale. */
export function BookAge({ ageMs, atMs }: { readonly ageMs: number; readonly atMs: number }): ReactNode {
  return <Value shown={bookAge(ageMs / 1000 + useElapsedS(atMs), BOOK_STALE_S)} />;
}

const columns: readonly GridColumn<Row>[] = [
  {
    name: "market",
    head: "Market",
    width: "minmax(6.5rem, 1fr)",
    card: "title",
    cell: ({ book, shown, chosen }) => (
      <span className="flex items-center gap-2">
        <Link
          to="/markets"
          search={{ book: bookKey(book) }}
          title={shown.market.full}
          aria-current={chosen ? "true" : undefined}
          className="truncate text-n12 underline-offset-2 hover:underline"
        >
          {shown.market.text}
        </Link>
        <RowMode mode={book.mode} />
      </span>
    ),
  },
  {
    name: "venue",
    head: "Venue",
    width: "minmax(4rem, 5.5rem)",
    cell: ({ book: { venue } }) => (
      <>
        {venue} <VenueHeld venue={venue} terse />
      </>
    ),
  },
  {
    name: "bid-size",
    head: "Bid size",
    numeric: true,
    width: "3.75rem",
    cell: ({ shown }) => <Value shown={shown.bidSize} flash />,
  },
  {
    name: "bid",
    head: "Bid",
    hint: "the best price at which somebody buys",
    numeric: true,
    width: "4.75rem",
    cell: ({ shown }) => <Value shown={shown.bid} flash />,
  },
  {
    name: "ask",
    head: "Ask",
    hint: "the best price at which somebody sells",
    numeric: true,
    width: "4.75rem",
    cell: ({ shown }) => <Value shown={shown.ask} flash />,
  },
  {
    name: "ask-size",
    head: "Ask size",
    numeric: true,
    width: "3.75rem",
    cell: ({ shown }) => <Value shown={shown.askSize} flash />,
  },
  {
    name: "spread",
    head: "Spread bps",
    hint: "ask less bid, over their middle",
    numeric: true,
    width: "5rem",
    sortBy: ({ book }) => book.spread_bps ?? undefined,
    cell: ({ shown }) => <Value shown={shown.spread} />,
  },
  {
    name: "age",
    head: "Age",
    hint: `since the hub received it; ⚠ from ${BOOK_STALE_S} s on`,
    numeric: true,
    width: "3.75rem",
    sortBy: ({ book }) => book.age_ms,
    cell: ({ book, atMs }) => <BookAge ageMs={book.age_ms} atMs={atMs} />,
  },
];

interface BookTableProps {
  readonly books: readonly Stamped<OrderbookView>[];
  /** The `bookKey` of the book that stands beside it. */
  readonly chosen: string | undefined;
}

/** The best bid and ask of every book; books of one event stand together. */
export function BookTable({ books, chosen }: BookTableProps): ReactNode {
  const rows = useMemo(
    () =>
      sortedBooks(books, ({ data }) => data).map(({ data: book, atMs }) => ({
        book,
        shown: bookRow(book),
        atMs,
        chosen: bookKey(book) === chosen,
      })),
    [books, chosen],
  );
  return (
    <VirtualTable
      label="Order books"
      columns={columns}
      rows={rows}
      rowKey={({ book }) => `${bookKey(book)} ${book.bot}`}
      rowData={({ book, chosen: isChosen }) => ({
        "data-book": bookKey(book),
        "data-chosen": isChosen ? "" : undefined,
      })}
    />
  );
}
