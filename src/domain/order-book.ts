import { type Micros, micros } from "../base/time.ts";
import { canonicalDecimal, type Decimal, type DecimalText, scaled, unitsText } from "./decimal.ts";
import { type BookDepth, depthOf } from "./order-book-depth.ts";
import { emptySide } from "./order-book-grid.ts";
import { rescaleInto, type SideLevels } from "./order-book-levels.ts";
import { power, SCALE_MAX, scaleNeeded, unitsOf } from "./order-book-units.ts";

/** Price and size as the venue writes them: plain decimals such as `.48`, `0.4800`, `300.00`. */
export type BookLevel = readonly [price: string, size: string];

/**
 * Levels as venues tell them. A binary market is one book in prices of YES: a bid for NO at q is the ask for YES at
 * payout − q, an ask for NO the bid. So whoever tells one order as YES and as NO sets the same level twice, to the same.
 */
export interface BookLevels {
  readonly bids?: readonly BookLevel[];
  readonly asks?: readonly BookLevel[];
  /** Bids for NO, in prices of NO. Only for a book with a payout. */
  readonly noBids?: readonly BookLevel[];
  /** Asks for NO, in prices of NO. Only for a book with a payout. */
  readonly noAsks?: readonly BookLevel[];
}

/** When levels came. */
export interface BookTimes {
  /** By this machine's clock. */
  readonly receivedAt: Micros;
  /** By the venue's clock, when it says so. */
  readonly venueAt?: Micros | undefined;
}

/** What only a wrong or wrongly followed book says; its levels are dropped at once. */
export type BookFault =
  | "crossed"
  | "negative_size"
  | "impossible_price"
  | "malformed"
  | "out_of_range"
  | "too_many_levels";

/** Why a book is not to be relied on. But for a fault, the levels that it had are kept to be shown as old. */
export type StaleReason = BookFault | "gap" | "disconnected" | "silent" | "mismatch" | "tick_changed" | "resync";

/**
 * `empty`: no snapshot yet. A book that the venue says has no levels is `fresh`. `settling`: crossed by a part of what
 * happened at one instant of the venue; what follows at the same instant makes it fresh, anything later shows a fault.
 * (Kalshi tells a match one level at a time, and is crossed in between.) Only a fresh book is to be shown or traded on.
 */
export type BookState =
  | { readonly kind: "empty" }
  | { readonly kind: "fresh" }
  | { readonly kind: "settling" }
  | { readonly kind: "stale"; readonly reason: StaleReason };

export type BookSideName = "bids" | "asks";

export interface BookOptions {
  /** What one contract of a binary market pays: prices lie between 0 and this, and there is a NO side. */
  readonly payout?: DecimalText | undefined;
  /** More levels than this on one side are a fault (default 100,000). */
  readonly maxLevels?: number | undefined;
}

const EMPTY: BookState = { kind: "empty" };
const FRESH: BookState = { kind: "fresh" };
const SETTLING: BookState = { kind: "settling" };
const LEVELS_MAX = 100_000;
/** The decimals that a book has before it is told of more. */
const SCALE_MIN = 2;

/**
 * The order book of one instrument, exact: prices and sizes are scaled integers, and a book takes up as many decimals as
 * it is told. A change costs the same however deep the book is. Deltas count only while the book is fresh; whatever
 * cannot be true of a book makes it stale, and only a snapshot makes it fresh again.
 */
export class OrderBook {
  #bids: SideLevels = emptySide("bids", Number.NaN);
  #asks: SideLevels = emptySide("asks", Number.NaN);
  readonly #payoutText: DecimalText | undefined;
  readonly #maxLevels: number;
  #payout = Number.NaN;
  #priceScale = SCALE_MIN;
  #sizeScale = SCALE_MIN;
  #state: BookState = EMPTY;
  /** NaN for none: a field that always holds a double is written in place. */
  #receivedAt = Number.NaN;
  #venueAt = Number.NaN;

  /** Throws a `RangeError` when the payout is no decimal above zero. */
  constructor({ payout, maxLevels = LEVELS_MAX }: BookOptions = {}) {
    this.#payoutText = payout;
    this.#maxLevels = maxLevels;
    this.#drop();
    if (payout !== undefined && !(this.#payout > 0)) {
      throw new RangeError(`a payout is a decimal above zero, found ${payout}`);
    }
  }

  get state(): BookState {
    return this.#state;
  }

  get isFresh(): boolean {
    return this.#state === FRESH;
  }

  /** When the last levels that took effect were received. */
  get receivedAt(): Micros | undefined {
    return momentOf(this.#receivedAt);
  }

  /** The venue's time of the last levels that took effect. */
  get venueAt(): Micros | undefined {
    return momentOf(this.#venueAt);
  }

  /** Replaces the whole book. It is fresh after that, or stale by a fault of the snapshot itself. */
  snapshot(levels: BookLevels, times: BookTimes): BookState {
    this.#drop();
    this.#state = FRESH;
    if (this.#apply(levels, false) && this.#isCrossed) this.#fail("crossed");
    return this.#close(times);
  }

  /** Sets levels to sizes; size 0 takes a level away. Nothing happens unless the book is fresh or settling. */
  set(levels: BookLevels, times: BookTimes): BookState {
    return this.#change(levels, times, false);
  }

  /** Adds signed changes to the sizes of levels. Nothing happens unless the book is fresh or settling. */
  add(levels: BookLevels, times: BookTimes): BookState {
    return this.#change(levels, times, true);
  }

  /**
   * As `add` with one level and no more, which is all that most messages of some venues hold; `leg` says whose level it is
   * as in `BookLevels`.
   */
  addLevel(leg: keyof BookLevels, level: BookLevel, times: BookTimes): BookState {
    if (!this.#isFollowed) return this.#state;
    if (this.#isLate(times)) this.#fail("crossed");
    else if (this.#grow(leg, level) && this.#hasRoom(leg)) this.#settle(times);
    return this.#close(times);
  }

  /** Says that the book is not to be relied on until the next snapshot. The first reason stays; an empty book is empty. */
  markStale(reason: StaleReason): void {
    if (this.#isFollowed) this.#state = { kind: "stale", reason };
  }

  /** Forgets everything: as new. */
  clear(): void {
    this.#drop();
    this.#state = EMPTY;
    this.#receivedAt = Number.NaN;
    this.#venueAt = Number.NaN;
  }

  /** Microseconds since levels last took effect; undefined while there were none. */
  ageMicros(asOf: Micros): number | undefined {
    return Number.isNaN(this.#receivedAt) ? undefined : Math.max(0, asOf - this.#receivedAt);
  }

  /** How many levels a side has. */
  levels(side: BookSideName): number {
    return this.#side(side).levels;
  }

  /** The best level of a side, as canonical texts; undefined when it has none. */
  best(side: BookSideName): [price: DecimalText, size: DecimalText] | undefined {
    const { levels, bestKey, bestSize } = this.#side(side);
    return levels === 0 ? undefined : [this.#priceText(Math.abs(bestKey)), this.#sizeText(bestSize)];
  }

  /** The best levels of a side, the best first, as canonical texts. */
  top(side: BookSideName, count: number): [price: DecimalText, size: DecimalText][] {
    const top: [DecimalText, DecimalText][] = [];
    if (count <= 0) return top;
    this.#side(side).each((key, size) => {
      top.push([this.#priceText(Math.abs(key)), this.#sizeText(size)]);
      return top.length < count;
    });
    return top;
  }

  /** The size at a price of YES; "0" where nothing rests. Undefined when the price is no plain decimal. */
  sizeAt(side: BookSideName, price: string): DecimalText | undefined {
    const needed = scaleNeeded(price);
    if (needed === undefined) return undefined;
    const key = unitsOf(price, this.#priceScale);
    return Number.isNaN(key) ? "0" : this.#sizeText(this.#side(side).sizeAt(side === "bids" ? -key : key));
  }

  /** Everything on a side at `price` or better: what an order with that limit meets. */
  depthToPrice(side: BookSideName, price: Decimal): BookDepth {
    return depthOf(this.#side(side), { ...this.#scales, within: price });
  }

  /** The best levels of a side that hold `size` together, the last of them in part; less when there is less. */
  depthToSize(side: BookSideName, size: Decimal): BookDepth {
    return depthOf(this.#side(side), { ...this.#scales, upTo: size });
  }

  /** The middle of best bid and ask, exact; undefined when a side is empty. */
  get mid(): Decimal | undefined {
    if (!this.#hasBoth) return undefined;
    return scaled((BigInt(this.#asks.bestKey) - BigInt(this.#bids.bestKey)) * 5n, this.#priceScale + 1);
  }

  /** Best ask − best bid, exact; undefined when a side is empty. */
  get spread(): Decimal | undefined {
    if (!this.#hasBoth) return undefined;
    return scaled(this.#asks.bestKey + this.#bids.bestKey, this.#priceScale);
  }

  /** (bid × ask size + ask × bid size) ÷ (both sizes): a statistic, so a double. Undefined when a side is empty. */
  get microprice(): number | undefined {
    if (!this.#hasBoth) return undefined;
    const [bid, ask] = [-this.#bids.bestKey, this.#asks.bestKey];
    const [bidSize, askSize] = [this.#bids.bestSize, this.#asks.bestSize];
    return (bid + ((ask - bid) * bidSize) / (bidSize + askSize)) / power(this.#priceScale);
  }

  get #hasBoth(): boolean {
    return this.#bids.levels > 0 && this.#asks.levels > 0;
  }

  get #scales(): { readonly priceScale: number; readonly sizeScale: number } {
    return { priceScale: this.#priceScale, sizeScale: this.#sizeScale };
  }

  #side(side: BookSideName): SideLevels {
    return side === "bids" ? this.#bids : this.#asks;
  }

  #priceText(units: number): DecimalText {
    return unitsText(units, this.#priceScale);
  }

  #sizeText(units: number): DecimalText {
    return unitsText(units, this.#sizeScale);
  }

  /** Without levels, and without the decimals that they needed: a level of dust must not narrow the book for good. */
  #drop(): void {
    this.#sizeScale = SCALE_MIN;
    const payout = this.#payoutText;
    this.#priceScale = payout === undefined ? SCALE_MIN : Math.max(SCALE_MIN, scaleNeeded(payout) ?? 0);
    this.#payout = payout === undefined ? Number.NaN : unitsOf(payout, this.#priceScale);
    this.#bids = emptySide("bids", this.#payout);
    this.#asks = emptySide("asks", this.#payout);
  }

  #fail(reason: BookFault): false {
    this.#drop();
    this.#state = { kind: "stale", reason };
    return false;
  }

  #apply({ bids, asks, noBids, noAsks }: BookLevels, relative: boolean): boolean {
    return (
      (bids === undefined || this.#take("bids", bids, relative)) &&
      (asks === undefined || this.#take("asks", asks, relative)) &&
      (noBids === undefined || this.#take("noBids", noBids, relative)) &&
      (noAsks === undefined || this.#take("noAsks", noAsks, relative))
    );
  }

  #take(leg: keyof BookLevels, levels: readonly BookLevel[], relative: boolean): boolean {
    for (const level of levels) {
      if (!(relative ? this.#grow(leg, level) : this.#put(leg, level))) return false;
    }
    return this.#hasRoom(leg);
  }

  #hasRoom(leg: keyof BookLevels): boolean {
    const side = isBid(leg) ? this.#bids : this.#asks;
    return side.levels <= this.#maxLevels || this.#fail("too_many_levels");
  }

  #put(leg: keyof BookLevels, level: BookLevel): boolean {
    const price = this.#priceUnits(level[0], leg);
    if (Number.isNaN(price)) return false;
    const size = this.#sizeUnits(level[1]);
    if (Number.isNaN(size)) return false;
    if (size < 0) return this.#fail("negative_size");
    // What was read may have changed the sides.
    if (isBid(leg)) this.#bids.set(-price, size);
    else this.#asks.set(price, size);
    return true;
  }

  #grow(leg: keyof BookLevels, level: BookLevel): boolean {
    const price = this.#priceUnits(level[0], leg);
    if (Number.isNaN(price)) return false;
    const change = this.#sizeUnits(level[1]);
    if (Number.isNaN(change)) return false;
    const size = isBid(leg) ? this.#bids.add(-price, change) : this.#asks.add(price, change);
    if (size < 0) return this.#fail("negative_size");
    return size <= Number.MAX_SAFE_INTEGER || this.#fail("out_of_range");
  }

  /** The price of YES in units; NaN after a fault. */
  #priceUnits(text: string, leg: keyof BookLevels): number {
    let units = unitsOf(text, this.#priceScale);
    if (Number.isNaN(units)) units = this.#finer(text, "price");
    if (Number.isNaN(units)) return Number.NaN;
    const ofNo = leg === "noBids" || leg === "noAsks";
    // Without a payout this compares with NaN, which is never reached.
    if (units <= 0 || units >= this.#payout || (ofNo && this.#payoutText === undefined)) {
      this.#fail("impossible_price");
      return Number.NaN;
    }
    return ofNo ? this.#payout - units : units;
  }

  #sizeUnits(text: string): number {
    const units = unitsOf(text, this.#sizeScale);
    return Number.isNaN(units) ? this.#finer(text, "size") : units;
  }

  /** Reads what did not fit, after giving the book as many decimals as it needs; NaN after a fault. */
  #finer(text: string, what: "price" | "size"): number {
    const needed = scaleNeeded(text);
    if (needed === undefined || needed > SCALE_MAX) {
      this.#fail("malformed");
      return Number.NaN;
    }
    const scale = what === "price" ? this.#priceScale : this.#sizeScale;
    const fits = needed <= scale || this.#rescale(what, needed - scale);
    const units = fits ? unitsOf(canonicalDecimal(text) ?? "", Math.max(needed, scale)) : Number.NaN;
    if (Number.isNaN(units)) this.#fail("out_of_range");
    return units;
  }

  /** Gives prices or sizes more decimals; false when that needs more than 53 bits. */
  #rescale(what: "price" | "size", decimals: number): boolean {
    const factor = power(decimals);
    if (what === "size") this.#sizeScale += decimals;
    else {
      this.#priceScale += decimals;
      this.#payout *= factor;
    }
    if (this.#payout > Number.MAX_SAFE_INTEGER) return false;
    const by = what === "price" ? { key: factor, size: 1 } : { key: 1, size: factor };
    const [bids, asks] = [emptySide("bids", this.#payout), emptySide("asks", this.#payout)];
    const fits = rescaleInto(bids, this.#bids, by) && rescaleInto(asks, this.#asks, by);
    this.#bids = bids;
    this.#asks = asks;
    return fits;
  }

  /** Deltas take effect. */
  get #isFollowed(): boolean {
    return this.#state === FRESH || this.#state === SETTLING;
  }

  /** Bid at or above ask. Keys of bids are negated prices; without one side a key is NaN, and nothing is crossed. */
  get #isCrossed(): boolean {
    return this.#asks.bestKey + this.#bids.bestKey <= 0;
  }

  #change(levels: BookLevels, times: BookTimes, relative: boolean): BookState {
    if (!this.#isFollowed) return this.#state;
    if (this.#isLate(times)) this.#fail("crossed");
    else if (this.#apply(levels, relative)) this.#settle(times);
    return this.#close(times);
  }

  /** The instant that had crossed the book is over, and crossed it stayed. */
  #isLate({ venueAt }: BookTimes): boolean {
    return this.#state === SETTLING && venueAt !== this.#venueAt;
  }

  /** What has become of the book by levels that were taken. */
  #settle({ venueAt }: BookTimes): void {
    if (!this.#isCrossed) this.#state = FRESH;
    else if (venueAt === undefined) this.#fail("crossed");
    else this.#state = SETTLING;
  }

  #close({ receivedAt, venueAt }: BookTimes): BookState {
    this.#receivedAt = receivedAt;
    this.#venueAt = venueAt ?? Number.NaN;
    return this.#state;
  }
}

/** A bid for NO is an ask for YES. */
const isBid = (leg: keyof BookLevels): boolean => leg === "bids" || leg === "noAsks";

const momentOf = (at: number): Micros | undefined => (Number.isNaN(at) ? undefined : micros(at));
