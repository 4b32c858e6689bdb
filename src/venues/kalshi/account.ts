import { isoFromMicros, microsFromMs } from "../../base/time.ts";
import { putBounded } from "../../base/bounded-map.ts";
import type { DecimalText } from "../../domain/decimal.ts";
import type { VenueContext } from "../core/ports.ts";
import { askPages, type KalshiApi } from "./api.ts";
import { g3 } from "./generations/g3.ts";
import type { KalshiFill, KalshiPosition } from "./messages.ts";

export interface KalshiAccountOptions {
  readonly context: VenueContext;
  /** How the account is called in events, so that fills that a bot reports too count once. */
  readonly account: string;
  readonly ask: KalshiApi;
  readonly everyMs: number;
}

/** Fills whose ids are remembered, so that none is told twice by stream and list. */
const FILLS_MAX = 20_000;
/** Lists lag behind the stream, and fills of the same second belong together. */
const OVERLAP_S = 300;
/** Of a stream of position changes one snapshot a second is told. */
const TELL_POSITIONS_MS = 1_000;
/** Positions in one snapshot, as the hub takes them. */
const POSITIONS_MAX = 10_000;

/**
 * Fills and positions of one account. Neither channel numbers its messages, so both lists are read again and again: what
 * the stream missed comes that way.
 */
export class KalshiAccount {
  readonly #options: KalshiAccountOptions;
  readonly #told = new Map<string, true>();
  readonly #positions = new Map<string, DecimalText>();
  #knowsPositions = false;
  #readSinceS: number;
  #cancelRead = (): void => undefined;
  #cancelTell: (() => void) | undefined;
  #isStopped = false;

  constructor(options: KalshiAccountOptions) {
    this.#options = options;
    this.#readSinceS = Math.floor(options.context.clock.now() / 1_000_000);
  }

  start(): void {
    void this.#read();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelRead();
    this.#cancelTell?.();
  }

  filled(fill: KalshiFill): void {
    if (this.#told.has(fill.fillId)) return;
    putBounded(this.#told, fill.fillId, true, FILLS_MAX);
    const { context, account } = this.#options;
    const { yesPrice, orderId, isTaker, fee, atMs } = fill;
    context.sink.tell({
      type: "fill",
      venue: context.venue,
      account,
      fill_id: fill.fillId,
      symbol: fill.ticker,
      side: fill.side === "yes" ? "buy" : "sell",
      price: yesPrice,
      size: fill.size,
      ...(orderId === undefined ? {} : { order_id: orderId }),
      ...(isTaker === undefined ? {} : { is_maker: !isTaker }),
      ...(fee === undefined ? {} : { fee, fee_currency: "USD" }),
      ...(atMs === undefined ? {} : { ts: isoFromMicros(microsFromMs(atMs)) }),
    });
  }

  moved({ ticker, size }: KalshiPosition): void {
    if (size === "0") this.#positions.delete(ticker);
    else this.#positions.set(ticker, size);
    // A part of the positions is not told: it would read as if the others were closed.
    if (!this.#knowsPositions) return;
    this.#cancelTell ??= this.#options.context.timers.after(() => {
      this.#cancelTell = undefined;
      this.#tellPositions();
    }, TELL_POSITIONS_MS);
  }

  async #read(): Promise<void> {
    await this.#readFills();
    await this.#readPositions();
    if (this.#isStopped) return;
    const { context, everyMs } = this.#options;
    this.#cancelRead = context.timers.after(() => void this.#read(), everyMs);
  }

  async #readFills(): Promise<void> {
    const startS = Math.floor(this.#options.context.clock.now() / 1_000_000);
    const path = `/portfolio/fills?limit=200&min_ts=${this.#readSinceS - OVERLAP_S}`;
    const { entries, failure } = await askPages(this.#options.ask, path, "fills");
    if (this.#isStopped) return;
    // The list has the newest first.
    for (const entry of entries.reverse()) {
      const fill = g3.fill(withTime(entry));
      if (fill === undefined) this.#options.context.feed.malformed("fills", "a fill with missing fields");
      else this.filled(fill);
    }
    if (failure === undefined) this.#readSinceS = startS;
  }

  async #readPositions(): Promise<void> {
    const path = "/portfolio/positions?limit=1000";
    const { entries, failure } = await askPages(this.#options.ask, path, "market_positions");
    if (this.#isStopped || failure !== undefined) return;
    this.#positions.clear();
    for (const entry of entries) {
      const position = g3.position(entry);
      if (position !== undefined && position.size !== "0") this.#positions.set(position.ticker, position.size);
    }
    this.#knowsPositions = true;
    this.#tellPositions();
  }

  #tellPositions(): void {
    const { context, account } = this.#options;
    const { venue } = context;
    const positions = [...this.#positions].slice(0, POSITIONS_MAX).map(([symbol, size]) => ({ venue, symbol, size }));
    context.sink.tell({ type: "position.snapshot", account, positions, source: "venue" });
  }
}

/** The list writes the time of a fill as `created_time`. */
const withTime = (entry: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  "ts" in entry || "ts_ms" in entry ? entry : { ...entry, ts: entry["created_time"] };
