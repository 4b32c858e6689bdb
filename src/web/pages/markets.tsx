import { useSearch } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import type { OrderbookView } from "../../protocol/api-trading.ts";
import { bookKey, facingBooks } from "../../view/book-rows.ts";
import { countFeeds } from "../../view/health-lines.ts";
import type { ScreenTopic, Stamped } from "../live/desk-store.ts";
import { useCell, useDesk } from "../live/use-desk.ts";
import { useTopics } from "../live/use-topics.ts";
import { BookLadder } from "../parts/book-ladder.tsx";
import { BookTable } from "../parts/book-table.tsx";
import { EdgePanel } from "../parts/edge-panel.tsx";
import { Empty, Panel, Skeleton } from "../parts/panel.tsx";
import { VenueTable } from "../parts/venue-table.tsx";
import { PageFrame } from "./page-frame.tsx";

const listed: readonly ScreenTopic[] = ["orderbooks"];
/** The chosen book and so many that face it. */
const FACING_SHOWN = 3;

/** The books that bots see, one of them in full with those it stands against, and how the feeds are. */
export function Markets(): ReactNode {
  useTopics(listed);
  const books = useCell(useDesk().orderbooks);
  const wanted = useSearch({ from: "/desk/markets" }).book;
  const chosen = useMemo(
    () =>
      chosenBook(
        (books ?? []).map(({ data }) => data),
        wanted,
      ),
    [books, wanted],
  );
  return (
    <PageFrame title="Markets" note={books === undefined ? undefined : `${books.length} order books, as bots see them`}>
      <Feeds />
      <div className="grid grow gap-px bg-n4 xl:grid-cols-[minmax(0,1fr)_minmax(24rem,30rem)] 2xl:grid-cols-[minmax(0,1fr)_36rem]">
        <section aria-label="Books" className="@container min-w-0 bg-n2">
          {books === undefined ? (
            <Skeleton rows={10} />
          ) : books.length === 0 ? (
            <Empty title="No order book yet">
              Bots show what they see of a market with <code>book</code> events.
            </Empty>
          ) : (
            <BookTable books={books} chosen={chosen === undefined ? undefined : bookKey(chosen)} />
          )}
        </section>
        {books !== undefined && chosen !== undefined && (
          <section
            aria-label="Chosen book"
            className={`min-w-0 bg-n2 max-xl:order-first ${wanted === undefined ? "max-xl:hidden" : ""}`}
          >
            <FaceToFace chosen={chosen} books={books} />
          </section>
        )}
        {books !== undefined && chosen === undefined && wanted !== undefined && (
          <Empty title="No such book">No bot shows {wanted} now.</Empty>
        )}
      </div>
    </PageFrame>
  );
}

/** What was asked for, else the first one that has another to face. */
function chosenBook(books: readonly OrderbookView[], wanted: string | undefined): OrderbookView | undefined {
  if (wanted !== undefined) return books.find((book) => bookKey(book) === wanted);
  return books.find((book) => facingBooks(book, books).length > 0) ?? books[0];
}

interface FaceToFaceProps {
  readonly chosen: OrderbookView;
  readonly books: readonly Stamped<OrderbookView>[];
}

function FaceToFace({ chosen, books }: FaceToFaceProps): ReactNode {
  const whole = useCell(useDesk().books);
  const all = books.map(({ data }) => data);
  const faced = [chosen, ...facingBooks(chosen, all).slice(0, FACING_SHOWN)];
  useTopics(faced.map((book) => `books:${bookKey(book)}` as const));
  return (
    <div className="sticky top-0">
      <header className="border-n4 border-b px-3 py-2">
        <h2 className="font-medium text-14 text-n12">{chosen.title ?? chosen.symbol}</h2>
        <p className="text-12 text-n9">
          {faced.length === 1 ? "no other venue is known to trade it" : "face to face with the same event elsewhere"}
        </p>
      </header>
      <div className={`grid gap-px bg-n4 ${faced.length > 1 ? "sm:grid-cols-2" : ""}`}>
        {faced.map((book) => (
          <BookLadder key={bookKey(book)} book={whole.get(bookKey(book)) ?? stampedOf(book, books)} />
        ))}
      </div>
      <EdgePanel book={chosen} facing={faced.slice(1)} />
    </div>
  );
}

/** As it stands in the list: with fewer levels, until all of them have come. */
const stampedOf = (book: OrderbookView, books: readonly Stamped<OrderbookView>[]): Stamped<OrderbookView> =>
  books.find(({ data }) => data === book) ?? { data: book, atMs: 0 };

function Feeds(): ReactNode {
  const health = useCell(useDesk().health);
  if (health === undefined || health.data.venues.length === 0) return null;
  const { well, all } = countFeeds(health.data.venues);
  return (
    <Panel title="Feeds" to="/health" note={`${well} of ${all} healthy`} className="border-n4 border-b [&_td]:py-0.5">
      <div className="max-lg:hidden">
        <VenueTable health={health} wide />
      </div>
      <div className="lg:hidden">
        <VenueTable health={health} />
      </div>
    </Panel>
  );
}
