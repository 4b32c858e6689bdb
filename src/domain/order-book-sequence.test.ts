import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Random, seededRandom } from "../base/random.ts";
import { micros } from "../base/time.ts";
import { OrderBook } from "./order-book.ts";
import { DiffSequence, StepSequence } from "./order-book-sequence.ts";

const NOW = { receivedAt: micros(0) };
const MARKETS = ["a", "b"] as const;

/** Bids of a market as its venue has them: size by price in cents. */
type Sizes = ReadonlyMap<number, number>;

const levelsOf = (sizes: Sizes): [string, string][] =>
  [...sizes].sort(([a], [b]) => b - a).map(([cents, size]) => [String(cents), String(size)]);

/** What a network does to frames: loses, repeats and delays some, as the seed has it. */
function scrambled<Frame>(frames: readonly Frame[], random: Random, harm: number): Frame[] {
  const arrived = frames.flatMap((frame, index) => {
    const luck = random.below(100);
    if (luck < harm) return [];
    const at = luck < 2 * harm ? index + random.below(6) : index;
    const once = { at, frame };
    return luck < 3 * harm && luck >= 2 * harm ? [once, { at: index + random.below(9), frame }] : [once];
  });
  return arrived.sort((one, other) => one.at - other.at).map(({ frame }) => frame);
}

describe("StepSequence", () => {
  test("tells what is next from what was said before and what was missed", () => {
    const sequence = new StepSequence();
    expect([7, 8, 8, 3, 10, 11].map((seq) => sequence.accept(seq))).toEqual([
      "next",
      "next",
      "repeat",
      "repeat",
      "gap",
      "next",
    ]);
    sequence.reset();
    expect(sequence.accept(1)).toBe("next");
  });
});

interface Step {
  readonly seq: number;
  readonly market: (typeof MARKETS)[number];
  readonly snapshot?: Sizes;
  readonly change?: readonly [cents: number, change: number];
}

/** Changes a level by so much that it grows, or is gone; gives the change. */
function changeLevel(book: Map<number, number>, random: Random): readonly [cents: number, change: number] {
  const cents = 1 + random.below(12);
  const held = book.get(cents) ?? 0;
  const change = held > 0 && random.below(2) === 0 ? -held : 1 + random.below(5);
  if (held + change === 0) book.delete(cents);
  else book.set(cents, held + change);
  return [cents, change];
}

/** A venue that tells two markets over one numbered subscription, and what its books were at every number. */
function numberedVenue(random: Random, count: number) {
  const books = { a: new Map<number, number>(), b: new Map<number, number>() };
  const frames: Step[] = [];
  const truth = new Map<number, { readonly a: Sizes; readonly b: Sizes }>();
  for (let seq = 1; seq <= count; seq++) {
    // Each begins with its snapshot.
    const isFirst = seq <= MARKETS.length;
    const market = MARKETS[isFirst ? seq - 1 : random.below(MARKETS.length)] ?? "a";
    const book = books[market];
    if (isFirst || random.below(12) === 0) frames.push({ seq, market, snapshot: new Map(book) });
    else frames.push({ seq, market, change: changeLevel(book, random) });
    truth.set(seq, { a: new Map(books.a), b: new Map(books.b) });
  }
  return { frames, truth };
}

/** What a follower of `numberedVenue` does with a frame; false when it said it before. */
function takeStep(books: Readonly<Record<"a" | "b", OrderBook>>, sequence: StepSequence, frame: Step): boolean {
  const step = sequence.accept(frame.seq);
  if (step === "gap") for (const market of MARKETS) books[market].markStale("gap");
  if (step === "repeat") return false;
  const { market, snapshot, change } = frame;
  if (snapshot !== undefined) books[market].snapshot({ bids: levelsOf(snapshot) }, NOW);
  if (change !== undefined) books[market].add({ bids: [[String(change[0]), String(change[1])]] }, NOW);
  return true;
}

/** The last frame always comes in the end: whatever was lost before it shows. */
const withLast = <Frame>(arrived: readonly Frame[], frames: readonly Frame[]): Frame[] => [
  ...arrived,
  ...frames.slice(-1),
];

test("books of relative changes are at every step the venue's or stale, whatever is lost, repeated and reordered", () => {
  const seen = { fresh: 0, stale: 0 };
  const run = (seed: number, harm: number): void => {
    const random = seededRandom(seed);
    const { frames, truth } = numberedVenue(random, 120);
    const books = { a: new OrderBook(), b: new OrderBook() };
    const sequence = new StepSequence();
    for (const frame of withLast(scrambled(frames, random, harm), frames)) {
      if (!takeStep(books, sequence, frame)) continue;
      const fresh = MARKETS.filter((name) => books[name].isFresh);
      seen.fresh += fresh.length;
      seen.stale += MARKETS.length - fresh.length;
      const told = fresh.map((name) => books[name].top("bids", 99));
      expect(told).toEqual(fresh.map((name) => levelsOf(truth.get(frame.seq)?.[name] ?? new Map())));
    }
  };
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom(0, 1, 4, 12), (seed, harm) => run(seed, harm)),
    { seed: 5 },
  );
  // The property says something only when both were seen often.
  expect(Math.min(seen.fresh, seen.stale)).toBeGreaterThan(1_000);
});

describe("DiffSequence", () => {
  const diff = (first: number, last: number, previous: number) => ({ first, last, previous });

  test("joins the first diff that spans the snapshot, and then each that follows the one before", () => {
    const sequence = new DiffSequence();
    expect(sequence.accept(diff(1, 5, 0))).toBe("gap");
    sequence.snapshot(10);
    expect(sequence.accept(diff(4, 9, 3))).toBe("repeat");
    expect(sequence.accept(diff(9, 12, 8))).toBe("next");
    expect(sequence.accept(diff(15, 20, 12))).toBe("next");
    expect(sequence.accept(diff(15, 20, 12))).toBe("repeat");
    expect(sequence.accept(diff(25, 30, 24))).toBe("gap");
    expect(sequence.accept(diff(31, 32, 30))).toBe("gap");
  });

  test("does not join a diff that begins after the snapshot, but one that names it", () => {
    const sequence = new DiffSequence();
    sequence.snapshot(10);
    expect(sequence.accept(diff(12, 15, 11))).toBe("gap");
    sequence.snapshot(10);
    expect(sequence.accept(diff(12, 15, 10))).toBe("next");
  });
});

interface Diff {
  readonly first: number;
  readonly last: number;
  readonly previous: number;
  readonly sizes: Sizes;
}

/** A venue that tells one market by diffs of absolute sizes, and what its book was after every update. */
function diffingVenue(random: Random, count: number) {
  const book = new Map<number, number>();
  const truth = new Map<number, Sizes>([[0, new Map()]]);
  const diffs: Diff[] = [];
  let [update, previous] = [0, 0];
  for (let index = 0; index < count; index++) {
    const first = update + 1;
    const sizes = new Map<number, number>();
    for (let changes = 1 + random.below(4); changes > 0; changes--) {
      const [cents, size] = [1 + random.below(12), random.below(4)];
      if (size === 0) book.delete(cents);
      else book.set(cents, size);
      sizes.set(cents, size);
      truth.set(++update, new Map(book));
    }
    diffs.push({ first, last: update, previous, sizes });
    previous = update;
  }
  return { diffs, truth };
}

test("a book of diffs is at every step the venue's or stale, whatever is lost, repeated and reordered", () => {
  const seen = { fresh: 0, stale: 0 };
  const run = (seed: number, harm: number): void => {
    const random = seededRandom(seed);
    const { diffs, truth } = diffingVenue(random, 80);
    const [book, sequence] = [new OrderBook(), new DiffSequence()];
    let newest = 0;
    const snapshot = (at: number): void => {
      sequence.snapshot(at);
      book.snapshot({ bids: levelsOf(truth.get(at) ?? new Map()) }, NOW);
      newest = at;
    };
    const take = (diff: Diff): void => {
      const step = sequence.accept(diff);
      if (step === "gap") book.markStale("gap");
      if (step !== "next") return;
      book.set({ bids: [...diff.sizes].map(([cents, size]) => [String(cents), String(size)]) }, NOW);
      newest = diff.last;
    };
    for (const diff of withLast(scrambled(diffs, random, harm), diffs)) {
      take(diff);
      // A snapshot of some moment around now answers now and then.
      if (!book.isFresh && random.below(4) === 0) snapshot(Math.max(0, diff.last - random.below(6)));
      seen[book.isFresh ? "fresh" : "stale"]++;
      if (book.isFresh) expect(book.top("bids", 99)).toEqual(levelsOf(truth.get(newest) ?? new Map()));
    }
  };
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom(0, 1, 4, 12), (seed, harm) => run(seed, harm)),
    { seed: 5 },
  );
  expect(Math.min(seen.fresh, seen.stale)).toBeGreaterThan(1_000);
});
