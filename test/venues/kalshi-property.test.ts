import fc from "fast-check";
import { expect, test } from "vitest";
import { KalshiMarket } from "../../src/venues/kalshi/market.ts";
import type { KalshiDelta, KalshiSnapshot } from "../../src/venues/kalshi/messages.ts";
import { BookSubscription } from "../../src/venues/kalshi/subscription.ts";
import { HandContext } from "./hand-context.ts";

const TICKER = "A";

interface Frame {
  readonly seq: number;
  readonly message: KalshiSnapshot | KalshiDelta;
  /** The venue's bids once this has been said. */
  readonly bids: string;
}

type Step =
  | { readonly kind: "put"; readonly price: number; readonly size: number }
  | { readonly kind: "lose" | "repeat" | "swap" | "answer" };

const cents = (price: number): string => (price / 100).toFixed(2);

/** A venue that says what becomes of its book over a line that loses, repeats and swaps frames. */
class BadLine {
  readonly #hand = new HandContext();
  readonly #market = new KalshiMarket({ venue: "a-venue", symbol: TICKER, yesPrices: true });
  readonly #bids = new Map<number, number>();
  readonly #asked: string[] = [];
  readonly #subscription: BookSubscription;
  #line: Frame[] = [];
  #seq = 0;
  #sid = 0;
  #heard = "";
  /** Comparisons of a fresh book with the venue's. */
  compared = 0;

  constructor() {
    this.#subscription = new BookSubscription({
      context: this.#hand.context,
      channel: "book-1",
      markets: [this.#market],
      yesPrices: true,
      answerMs: 5_000,
      send: (cmd, params) => this.#asked.push(String(params["action"] ?? cmd)),
      reconnect: () => this.#reconnect(),
    });
    this.#subscription.begin();
    this.answer();
  }

  /** A change of the book, told. */
  put(price: number, size: number): void {
    const change = String(size - (this.#bids.get(price) ?? 0));
    if (size === 0) this.#bids.delete(price);
    else this.#bids.set(price, size);
    this.#say({ kind: "delta", ticker: TICKER, side: "yes", price: cents(price), change, atMs: undefined });
  }

  lose(): void {
    this.put(30, (this.#bids.get(30) ?? 0) + 1);
    this.#line.pop();
  }

  repeat(): void {
    this.put(30, (this.#bids.get(30) ?? 0) + 1);
    this.#line.push(...this.#line.slice(-1));
  }

  swap(): void {
    for (const price of [30, 31]) this.put(price, (this.#bids.get(price) ?? 0) + 1);
    this.#line.push(...this.#line.splice(-2, 1));
  }

  /** Answers what was asked since the last time. */
  answer(): void {
    const asked = this.#asked.splice(0);
    if (asked.includes("subscribe")) {
      this.#line = [];
      this.#seq = 0;
      this.#subscription.claims(++this.#sid, TICKER);
    }
    if (asked.length > 0) this.#say({ kind: "snapshot", ticker: TICKER, yes: this.#levels(), no: [["0.60", "10"]] });
  }

  deliver(): void {
    for (let frame = this.#line.shift(); frame !== undefined; frame = this.#line.shift()) {
      if (!this.#subscription.counted(frame.seq)) continue;
      this.#heard = frame.bids;
      this.#take(frame.message);
      if (!this.#market.book.isFresh) continue;
      this.compared++;
      expect(JSON.stringify(this.#market.book.top("bids", 100).map(([price, size]) => [Number(price), size]))).toBe(
        this.#heard,
      );
    }
  }

  #take(message: KalshiSnapshot | KalshiDelta): void {
    const at = this.#hand.context.clock.now();
    if (message.kind === "snapshot") this.#subscription.snapshot(message, at);
    else this.#subscription.delta(message, at);
  }

  #say(message: KalshiSnapshot | KalshiDelta): void {
    const bids = JSON.stringify(this.#levels().map(([price, size]) => [Number(price), size]));
    this.#line.push({ seq: ++this.#seq, message, bids });
  }

  #levels(): [string, string][] {
    return [...this.#bids].sort(([a], [b]) => b - a).map(([price, size]) => [cents(price), String(size)]);
  }

  #reconnect(): void {
    this.#subscription.lost();
    this.#subscription.begin();
  }
}

const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("put" as const),
        price: fc.integer({ min: 1, max: 59 }),
        size: fc.nat({ max: 5 }),
      }),
    },
    { weight: 3, arbitrary: fc.constantFrom<Step>({ kind: "lose" }, { kind: "repeat" }, { kind: "swap" }) },
    { weight: 3, arbitrary: fc.constant<Step>({ kind: "answer" }) },
  ),
  { minLength: 30, maxLength: 80 },
);

test("a fresh book is the venue's, whatever the line lost, repeated or swapped", () => {
  let compared = 0;
  fc.assert(
    fc.property(steps, (given: readonly Step[]) => {
      const line = new BadLine();
      for (const step of given) {
        if (step.kind === "put") line.put(step.price, step.size);
        else line[step.kind]();
        line.deliver();
      }
      compared += line.compared;
    }),
    { numRuns: 300 },
  );
  // Most of the time there is something to compare.
  expect(compared).toBeGreaterThan(1_000);
});
