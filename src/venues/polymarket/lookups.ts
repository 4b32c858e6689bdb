import type { VenueContext } from "../core/ports.ts";
import type { MarketInfo } from "./market-info.ts";
import { MARKETS_MAX, type PolymarketRest } from "./rest.ts";

/** Names that fall due together are asked for together. */
const GATHER_MS = 100;
const RETRY_MS = 60_000;

export interface LookupsOptions {
  readonly context: VenueContext;
  readonly rest: PolymarketRest;
  /** What the venue says of a market, at once; undefined when it has none of that name. */
  readonly found: (name: string, info: MarketInfo | undefined) => void;
  /** The same with its fees, which take a request for each market. */
  readonly complete: (name: string, info: MarketInfo) => void;
}

/** Asks what the venue says of markets, many at a time, when each falls due. */
export class Lookups {
  readonly #options: LookupsOptions;
  readonly #timers = new Map<string, () => void>();
  readonly #due = new Set<string>();
  #cancelGather: (() => void) | undefined;
  #isStopped = false;

  constructor(options: LookupsOptions) {
    this.#options = options;
  }

  /** Asks for a market in so long, in place of any other time. */
  need(name: string, inMs: number): void {
    if (this.#isStopped) return;
    this.forget(name);
    const { timers } = this.#options.context;
    this.#timers.set(
      name,
      timers.after(() => {
        this.#timers.delete(name);
        this.#due.add(name);
        this.#cancelGather ??= timers.after(() => this.#ask(), GATHER_MS);
      }, inMs),
    );
  }

  forget(name: string): void {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
    this.#due.delete(name);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelGather?.();
    for (const cancel of this.#timers.values()) cancel();
  }

  #ask(): void {
    this.#cancelGather = undefined;
    const names = [...this.#due];
    this.#due.clear();
    for (let from = 0; from < names.length; from += MARKETS_MAX) void this.#read(names.slice(from, from + MARKETS_MAX));
  }

  async #read(names: readonly string[]): Promise<void> {
    const { rest, found, complete } = this.#options;
    const markets = await rest.markets(names);
    if (this.#isStopped) return;
    if (markets === undefined) {
      for (const name of names) this.need(name, RETRY_MS);
      return;
    }
    for (const name of names) found(name, markets.get(name));
    for (const [name, info] of markets) {
      const whole = await rest.withFees(info);
      if (this.#isStopped) return;
      complete(name, whole);
    }
  }
}
