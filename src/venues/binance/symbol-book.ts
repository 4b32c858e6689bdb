import { type Micros, microsFromMs } from "../../base/time.ts";
import { canonicalDecimal } from "../../domain/decimal.ts";
import { type BookSideName, OrderBook, type StaleReason } from "../../domain/order-book.ts";
import { DepthSync, type DepthStep } from "./depth-sync.ts";
import type { BookTicker, DepthSnapshot, DepthUpdate } from "./frames.ts";
import { TopCheck } from "./top-check.ts";

/** As many as a look at REST brings. */
const COMPARED_LEVELS = 20;

/** What becomes of a book, told as it happens. */
export interface SymbolBookEvents {
  /** The book is not to be relied on, and why; a snapshot has been asked for. */
  readonly stale: (reason: StaleReason, detail: string) => void;
  /** The book is right again. */
  readonly resynced: () => void;
  /** A snapshot is needed; the answer goes to `snapshot`. */
  readonly needSnapshot: () => void;
}

/** The book of one symbol, kept from depth updates, a snapshot, and held to what bookTicker says. */
export class SymbolBook {
  readonly book = new OrderBook();
  readonly #sync = new DepthSync();
  readonly #top = new TopCheck();
  readonly #events: SymbolBookEvents;
  /** The book follows the stream, as far as anybody has been told. */
  #isFollowed = false;

  constructor(events: SymbolBookEvents) {
    this.#events = events;
  }

  /** How often the book's top was compared with a bookTicker of the same update. */
  get compared(): number {
    return this.#top.compared;
  }

  /** The id of the newest update that the book has; undefined while it does not follow the stream. */
  get lastUpdateId(): number | undefined {
    return this.#sync.lastUpdateId;
  }

  /** Begins anew, as after a reconnect: asks for a snapshot. */
  restart(): void {
    this.disconnected();
    this.#top.clear();
    this.#run(this.#sync.restart(), undefined);
  }

  /** The connection is gone: what the book says is old from now on. */
  disconnected(): void {
    this.#stale("disconnected", "the connection is gone");
  }

  depth(update: DepthUpdate, receivedAt: Micros): void {
    this.#run(this.#sync.update(update), receivedAt);
    const at = this.#sync.lastUpdateId;
    const ticker = at === undefined ? undefined : this.#top.reached(at);
    if (ticker !== undefined) this.#compare(ticker);
  }

  snapshot(snapshot: DepthSnapshot, receivedAt: Micros): void {
    this.#run(this.#sync.snapshot(snapshot), receivedAt);
  }

  ticker(ticker: BookTicker): void {
    const known = this.#top.ticker(ticker, this.#sync.lastUpdateId);
    if (known !== undefined) this.#compare(known);
  }

  /** Whether a snapshot tells the best levels that the book has. */
  hasTopOf({ bids, asks }: DepthSnapshot): boolean {
    const told = new OrderBook();
    told.snapshot({ bids, asks }, { receivedAt: this.book.receivedAt ?? microsFromMs(0) });
    const isSame = (side: BookSideName): boolean =>
      String(told.top(side, COMPARED_LEVELS)) === String(this.book.top(side, COMPARED_LEVELS));
    return isSame("bids") && isSame("asks");
  }

  /** Gives the book up, such as after a silence. */
  distrust(reason: StaleReason, detail: string): void {
    this.#stale(reason, detail);
    this.#run(this.#sync.distrust(detail), undefined);
  }

  #run(steps: readonly DepthStep[], receivedAt: Micros | undefined): void {
    const wasFollowed = this.#isFollowed;
    this.#do(steps, receivedAt);
    if (!wasFollowed && this.#isFollowed) this.#events.resynced();
  }

  #do(steps: readonly DepthStep[], receivedAt: Micros | undefined): void {
    for (const step of steps) {
      if (step.do === "gap") this.#stale("gap", step.detail);
      else if (step.do === "request") this.#events.needSnapshot();
      else if (receivedAt !== undefined) this.#take(step, receivedAt);
    }
  }

  #take(step: Extract<DepthStep, { do: "apply" | "reset" }>, receivedAt: Micros): void {
    if (step.do === "reset") {
      const { bids, asks, E } = step.snapshot;
      this.book.snapshot({ bids, asks }, { receivedAt, venueAt: microsFromMs(E) });
      this.#isFollowed = true;
    } else {
      const { b, a, E } = step.update;
      this.book.set({ bids: b, asks: a }, { receivedAt, venueAt: microsFromMs(E) });
    }
    this.#heedFault();
  }

  /** A book that cannot be true begins anew. */
  #heedFault(): void {
    const { state } = this.book;
    if (state.kind !== "stale" || !this.#isFollowed) return;
    const detail = `the book became impossible: ${state.reason}`;
    this.#stale(state.reason, detail);
    this.#run(this.#sync.distrust(detail), undefined);
  }

  #stale(reason: StaleReason, detail: string): void {
    this.book.markStale(reason);
    if (!this.#isFollowed) return;
    this.#isFollowed = false;
    this.#events.stale(reason, detail);
  }

  #compare(ticker: BookTicker): void {
    if (!this.book.isFresh) return;
    const [bid, ask] = [this.book.best("bids"), this.book.best("asks")];
    if (isLevel(bid, ticker.b, ticker.B) && isLevel(ask, ticker.a, ticker.A)) return;
    const told = `${ticker.b} × ${ticker.B} / ${ticker.a} × ${ticker.A}`;
    const found = `${bid?.join(" × ") ?? "none"} / ${ask?.join(" × ") ?? "none"}`;
    this.distrust("mismatch", `after update ${ticker.u} the top is ${found}, bookTicker says ${told}`);
  }
}

/** Whether a level of ours is the one told; a side without orders is told as 0. */
function isLevel(found: readonly [string, string] | undefined, price: string, size: string): boolean {
  if (found === undefined) return canonicalDecimal(size) === "0";
  return found[0] === canonicalDecimal(price) && found[1] === canonicalDecimal(size);
}
