import type { VenueContext } from "../core/ports.ts";
import type { KalshiMetadata } from "./metadata.ts";

/** What the venue says of a market is read again this often: fees change, markets close. */
const EVERY_MS = 3_600_000;
/** Changes of one market come in bursts. */
const CHANGED_AFTER_MS = 2_000;
/** Markets that are watched no longer and have not been settled: those of longest ago are forgotten first. */
const LEFT_MAX = 1_000;

/** Tells what markets are: those that are watched, and those that were, until they are final. */
export class KnownMarkets {
  readonly #context: VenueContext;
  readonly #metadata: KalshiMetadata;
  readonly #left = new Set<string>();
  readonly #changed = new Set<string>();
  #watched: ReadonlySet<string>;
  #cancelRound: (() => void) | undefined;
  #cancelChanged: (() => void) | undefined;

  constructor(context: VenueContext, metadata: KalshiMetadata, tickers: readonly string[]) {
    this.#context = context;
    this.#metadata = metadata;
    this.#watched = new Set(tickers);
  }

  start(): void {
    this.#cancelRound = this.#context.timers.after(() => this.start(), EVERY_MS);
    this.#metadata.forget();
    void this.#tell([...this.#watched, ...this.#left]);
  }

  stop(): void {
    this.#cancelRound?.();
    this.#cancelChanged?.();
  }

  /** These are watched from now on. */
  set(tickers: readonly string[]): void {
    const before = this.#watched;
    this.#watched = new Set(tickers);
    for (const ticker of before) if (!this.#watched.has(ticker)) this.#left.add(ticker);
    for (const ticker of tickers) this.#left.delete(ticker);
    for (const ticker of this.#left) if (this.#left.size > LEFT_MAX) this.#left.delete(ticker);
    void this.#tell(tickers.filter((ticker) => !before.has(ticker)));
  }

  /** The venue says that something has become of a market, of whichever there are. */
  changed(ticker: string): void {
    if (!this.#watched.has(ticker) && !this.#left.has(ticker)) return;
    this.#changed.add(ticker);
    this.#cancelChanged ??= this.#context.timers.after(() => {
      this.#cancelChanged = undefined;
      const changed = [...this.#changed];
      this.#changed.clear();
      void this.#tell(changed);
    }, CHANGED_AFTER_MS);
  }

  async #tell(tickers: readonly string[]): Promise<void> {
    if (tickers.length === 0) return;
    const { missing, final } = await this.#metadata.tell(tickers);
    for (const ticker of final) this.#left.delete(ticker);
    const unknown = missing.filter((ticker) => this.#watched.has(ticker));
    if (unknown.length > 0)
      this.#context.feed.error("/markets", `nothing is known of ${unknown.slice(0, 5).join(", ")}`);
  }
}
