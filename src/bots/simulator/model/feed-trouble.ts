import type { BotAccount } from "./bot-account.ts";
import { between, wholeBetween } from "./chance.ts";

const FREEZE_EVERY_MS = 420_000;
const GAP_EVERY_MS = 1_500_000;
const RECONNECT_EVERY_MS = 9_000_000;

/** What goes wrong with an arbitrage bot's feeds: Polymarket's freezes at times, Kalshi's has gaps and reconnects. */
export class FeedTrouble {
  readonly #account: BotAccount;
  #frozenSince: number | undefined;

  constructor(account: BotAccount) {
    this.#account = account;
  }

  /** Since when Polymarket's books stand still; undefined while they move. */
  get frozenSince(): number | undefined {
    return this.#frozenSince;
  }

  begin(): void {
    for (const { venue } of this.#account.plan.venues) this.#tell(venue, "connected", "book");
    this.#again(FREEZE_EVERY_MS, () => this.#freeze());
    this.#again(GAP_EVERY_MS, () => this.#gap());
    this.#again(RECONNECT_EVERY_MS, () => this.#reconnect());
  }

  #again(ms: number, run: () => void): void {
    const { desk, random } = this.#account;
    desk.after(Math.round(ms * between(random, 0.5, 1.5)), () => {
      run();
      this.#again(ms, run);
    });
  }

  #tell(venue: string, kind: string, detail: string): void {
    this.#account.tell("feed", { venue, kind, detail, channel: "book" });
  }

  #freeze(): void {
    const { desk, random } = this.#account;
    if (this.#frozenSince !== undefined) return;
    this.#frozenSince = desk.nowMs;
    desk.after(5_200, () => this.#tell("polymarket", "stale", "no message for 5 s"));
    desk.after(wholeBetween(random, 9_000, 26_000), () => {
      this.#frozenSince = undefined;
      this.#tell("polymarket", "resynced", "snapshot taken again");
    });
  }

  #gap(): void {
    const { desk, random } = this.#account;
    this.#tell("kalshi", "gap", `sequence ${this.#account.messages} to ${this.#account.messages + 4}`);
    desk.after(wholeBetween(random, 150, 900), () => this.#tell("kalshi", "resynced", "snapshot taken again"));
  }

  #reconnect(): void {
    const { desk, random } = this.#account;
    this.#account.reconnects++;
    this.#tell("kalshi", "disconnected", "connection reset by the venue");
    desk.after(1_000, () => this.#tell("kalshi", "reconnecting", "attempt 1"));
    desk.after(wholeBetween(random, 2_000, 6_000), () => this.#tell("kalshi", "connected", "book"));
  }
}
