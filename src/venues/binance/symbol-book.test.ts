import fc from "fast-check";
import { expect, test } from "vitest";
import { micros } from "../../base/time.ts";
import { canonicalDecimal } from "../../domain/decimal.ts";
import type { BookTicker, DepthSnapshot, DepthUpdate, WireLevel } from "./frames.ts";
import { SymbolBook } from "./symbol-book.ts";

interface Step {
  readonly side: "b" | "a";
  readonly index: number;
  readonly size: number;
}

/** The venue's book, all that it ever said of it, and the book after each update. */
class Truth {
  readonly updates: DepthUpdate[] = [];
  readonly snapshots: DepthSnapshot[] = [];
  readonly tickers: BookTicker[] = [];
  readonly after = new Map<number, string>();
  readonly #b = new Map<string, string>();
  readonly #a = new Map<string, string>();
  #u = 100;

  constructor(steps: readonly Step[]) {
    this.#note();
    for (const step of steps) this.#take(step);
  }

  #take({ side, index, size }: Step): void {
    // Bids below 100, asks above: the book is never crossed.
    const price = (side === "b" ? 99 - index : 101 + index).toFixed(2);
    const levels = side === "b" ? this.#b : this.#a;
    if (size === 0) levels.delete(price);
    else levels.set(price, String(size));
    const pu = this.#u;
    this.#u += 3;
    const [E, changed] = [this.#u, [[price, String(size)]] as const];
    const sides = side === "b" ? { b: changed, a: [] } : { b: [], a: changed };
    this.updates.push({ e: "depthUpdate", E, T: E, s: "X", U: pu + 1, u: this.#u, pu, ...sides });
    this.#note();
  }

  #note(): void {
    const [bids, asks] = [sorted(this.#b).reverse(), sorted(this.#a)];
    const [[b, B] = ["0", "0"], [a, A] = ["0", "0"]] = [bids[0], asks[0]];
    this.after.set(this.#u, shown(bids, asks));
    this.snapshots.push({ lastUpdateId: this.#u, E: this.#u, bids, asks });
    this.tickers.push({ e: "bookTicker", E: this.#u, u: this.#u, s: "X", b, B, a, A });
  }
}

const sorted = (levels: ReadonlyMap<string, string>): WireLevel[] =>
  [...levels].sort(([one], [other]) => Number(one) - Number(other));

const shown = (bids: readonly WireLevel[], asks: readonly WireLevel[]): string =>
  JSON.stringify([bids, asks].map((side) => side.map((level) => level.map((text) => canonicalDecimal(text)))));

const newBook = (told: string[] = []) =>
  new SymbolBook({
    stale: (reason) => told.push(reason),
    resynced: () => told.push("resynced"),
    needSnapshot: () => told.push("needs a snapshot"),
  });

const held = ({ book }: SymbolBook): string => shown(book.top("bids", 1_000), book.top("asks", 1_000));

const steps = fc.array(
  fc.record({ side: fc.constantFrom("b" as const, "a" as const), index: fc.nat(6), size: fc.nat(4) }),
  { minLength: 20, maxLength: 60 },
);
interface Arrival {
  readonly what: "next" | "skipped" | "update" | "snapshot" | "ticker" | "restart";
  /** How far from the newest that was sent. */
  readonly off: number;
}

/** What arrives: mostly the next update; else one that is lost, repeated, early or late, a snapshot, a ticker. */
const arrivals: fc.Arbitrary<Arrival[]> = fc.array(
  fc.record({
    what: fc.oneof(
      { weight: 8, arbitrary: fc.constant("next" as const) },
      { weight: 4, arbitrary: fc.constantFrom("snapshot" as const, "ticker" as const) },
      { weight: 1, arbitrary: fc.constantFrom("skipped" as const, "update" as const, "restart" as const) },
    ),
    off: fc.integer({ min: -3, max: 2 }),
  }),
  { minLength: 20, maxLength: 120 },
);

/** One client's line to the venue. */
class Line {
  readonly told: string[] = [];
  readonly follower: SymbolBook = newBook(this.told);
  readonly #truth: Truth;
  /** Updates that were sent, whether they arrived or not. */
  sent = 0;

  constructor(truth: Truth) {
    this.#truth = truth;
    this.follower.restart();
  }

  arrive({ what, off }: Arrival): void {
    const { updates, snapshots, tickers } = this.#truth;
    if (what === "restart") this.follower.restart();
    else if (what === "skipped") this.sent++;
    else if (what === "snapshot") this.#snapshot(snapshots[this.sent + off]);
    else if (what === "ticker") this.#ticker(tickers[this.sent + off]);
    else this.#update(updates[what === "next" ? this.sent++ : this.sent + off]);
  }

  #update(update: DepthUpdate | undefined): void {
    if (update !== undefined) this.follower.depth(update, micros(1));
  }

  #snapshot(snapshot: DepthSnapshot | undefined): void {
    if (snapshot !== undefined) this.follower.snapshot(snapshot, micros(1));
  }

  #ticker(ticker: BookTicker | undefined): void {
    if (ticker !== undefined) this.follower.ticker(ticker);
  }
}

test("whatever is lost, repeated or reordered, a book that is fresh is the venue's after its newest update", () => {
  let fresh = 0;
  fc.assert(
    fc.property(steps, arrivals, (changes, order) => {
      const truth = new Truth(changes);
      const line = new Line(truth);
      for (const arrival of order) {
        line.arrive(arrival);
        const { follower } = line;
        if (!follower.book.isFresh) continue;
        fresh++;
        expect(held(follower)).toBe(truth.after.get(follower.lastUpdateId ?? 0));
      }
    }),
    { numRuns: 300 },
  );
  expect(fresh).toBeGreaterThan(1_000);
});

test("after any disorder, updates in order and snapshots when they are asked for end in the venue's book", () => {
  fc.assert(
    fc.property(steps, arrivals, (changes, order) => {
      const truth = new Truth([...changes, ...changes]);
      const line = new Line(truth);
      for (const arrival of order) if (line.sent < changes.length) line.arrive(arrival);
      line.follower.restart();
      while (line.sent < truth.updates.length) {
        line.arrive({ what: "next", off: 0 });
        if (line.told.at(-1) === "needs a snapshot") line.arrive({ what: "snapshot", off: 0 });
      }
      const last = truth.updates.at(-1)?.u ?? 0;
      expect([line.follower.book.isFresh, held(line.follower)]).toEqual([true, truth.after.get(last)]);
    }),
    { numRuns: 300 },
  );
});

test("a snapshot alone is no fresh book: nothing shows yet that no update was lost", () => {
  const truth = new Truth([{ side: "b", index: 0, size: 1 }]);
  const follower = newBook();
  follower.restart();
  const [snapshot] = truth.snapshots;
  if (snapshot !== undefined) follower.snapshot(snapshot, micros(1));
  expect(truth.snapshots.length).toBe(2);
  expect(follower.book.isFresh).toBe(false);
});
