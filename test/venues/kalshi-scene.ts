import { afterEach, beforeEach } from "vitest";
import { kalshi } from "../../src/venues/kalshi/kalshi.ts";
import { FakeKalshi } from "../fakes/fake-kalshi.ts";
import { Watching, type WatchingOptions } from "../fakes/watching.ts";
import { waitUntil } from "../support/wait-until.ts";

export const FED = "KXFED-27APR-T4.25";
export const CPI = "KXCPI-27MAR-T0.3";

/** A fake Kalshi with two markets, new for each test of a file, and the connector that watches it. */
export class KalshiScene {
  #venue: FakeKalshi | undefined;
  #desk: Watching | undefined;

  constructor() {
    beforeEach(() => this.#begin());
    afterEach(() => this.#end());
  }

  get venue(): FakeKalshi {
    if (this.#venue === undefined) throw new Error("only inside of a test");
    return this.#venue;
  }

  watch(
    settings: Readonly<Record<string, string>> = {},
    more: Partial<Pick<WatchingOptions, "markets" | "secrets" | "speed">> = {},
  ): Watching {
    this.#desk?.stop();
    this.#desk = new Watching({
      kind: kalshi,
      markets: [FED],
      secrets: this.venue.secrets,
      // A busy machine must not look like a venue that does not answer.
      settings: { ...this.venue.settings, read_tokens_per_second: "10000", answer_ms: "60000", ...settings },
      ...more,
    });
    return this.#desk;
  }

  isRight(on: Watching, ticker = FED): boolean {
    const { bids, asks } = this.venue.market(ticker);
    return on.equals(ticker, bids, asks);
  }

  untilRight(on: Watching, ticker = FED): Promise<void> {
    return waitUntil(`the book of ${ticker} is the venue's`, () => this.isRight(on, ticker));
  }

  async #begin(): Promise<void> {
    this.#venue = await FakeKalshi.start([FED, CPI]);
    for (const ticker of [FED, CPI]) {
      const market = this.#venue.market(ticker);
      for (const [price, size] of [
        [800, 30_000],
        [2_200, 33_300],
        [4_500, 1_250],
      ] as const)
        market.put("yes", price, size);
      for (const [price, size] of [
        [5_300, 2_000],
        [5_000, 14_650],
      ] as const)
        market.put("no", price, size);
    }
  }

  async #end(): Promise<void> {
    this.#desk?.stop();
    this.#desk = undefined;
    await this.#venue?.close();
  }
}
