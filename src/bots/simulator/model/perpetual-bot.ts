import type { Random } from "../../../base/random.ts";
import type { BotAccount } from "./bot-account.ts";
import { between, delayMs, happens, wholeBetween } from "./chance.ts";
import { mustClose } from "./leave.ts";
import { heldValue } from "./ledger.ts";
import { moneyUnits, rounded } from "./instrument.ts";
import { lotsWorth, takeNow, tellBook } from "./market-maker.ts";
import type { PerpetualMarket } from "./perpetual-market.ts";

const CYCLE_MS = 5_000;
const ENTER_EVERY_MS = 420_000;
const STALE_EVERY_MS = 480_000;
const CRASH_EVERY_MS = 9_000_000;
/** Entering stops below the first, and a part is sold below the second. */
const MARGIN_TO_ENTER = 0.17;
const MARGIN_TO_REDUCE = 0.12;
const CLIP = 0.6;
const DRAWDOWN_LIMIT = 0.08;
const TOP_UP_BELOW = 0.45;

/**
 * Buys every dip of one perpetual with leverage while it declines, loses its nerve, sells a part and buys again: a bot that
 * pays fees and needs somebody to look after it.
 */
export class PerpetualBot {
  readonly #account: BotAccount;
  readonly #market: PerpetualMarket;
  readonly #random: Random;
  #staleSinceMs: number | undefined;
  #breached = false;
  #enterMs = 0;
  #release = 1;

  constructor(account: BotAccount, market: PerpetualMarket) {
    this.#account = account;
    this.#market = market;
    this.#random = account.desk.random(`${account.plan.bot} trades`);
    account.onOrders(() => this.#close());
  }

  /** Closes all that it holds at the market, when it is to. */
  #close(): void {
    const { instrument } = this.#market;
    const held = this.#account.ledger.lots(instrument);
    if (held === 0 || !mustClose(this.#account.orders, instrument.venue)) return;
    takeNow(this.#account, this.#market, { lots: -held, top: this.#market.top(), reason: "reduce" });
  }

  begin(): void {
    const { desk } = this.#account;
    this.#account.tell("feed", { venue: this.#market.instrument.venue, kind: "connected", channel: "book" });
    desk.after(900, () => desk.every(CYCLE_MS, this.#random, () => this.#cycle()));
    this.#again(STALE_EVERY_MS, () => this.#staleFeed());
    this.#again(CRASH_EVERY_MS, () => this.#crash());
  }

  /** Equity against what is held: the further from 0, the further from liquidation; 1 when nothing is held. */
  get marginRatio(): number {
    const held = Math.abs(heldValue(this.#account.ledger.holding(this.#market.instrument)));
    return held === 0 ? 1 : Math.max(0, this.#account.ledger.equity() / held);
  }

  risk(): Record<string, unknown> {
    const stale = this.#staleSinceMs !== undefined;
    const margin = this.marginRatio;
    const { drawdown } = this.#account.condition();
    const reasons = [
      ...(stale ? ["order_book_stale"] : []),
      ...(drawdown >= DRAWDOWN_LIMIT ? ["drawdown_limit"] : []),
      ...(margin < MARGIN_TO_REDUCE * 1.2 ? ["margin_low"] : []),
    ];
    return {
      margin_ratio: rounded(margin, 5),
      funding_rate: 0.0001,
      order_book_stale: stale,
      position_drift_pct: rounded(Math.min(1, drawdown * 0.4), 5),
      risk_reasons: reasons,
    };
  }

  #again(ms: number, run: () => void): void {
    const { desk } = this.#account;
    desk.after(Math.round(ms * between(this.#random, 0.6, 1.4)), () => {
      run();
      this.#again(ms, run);
    });
  }

  #cycle(): void {
    const { desk } = this.#account;
    if (!this.#account.running) return;
    this.#market.advance(desk.nowMs);
    if (this.#staleSinceMs !== undefined) return;
    const top = this.#market.top();
    this.#account.tellMark(this.#market.instrument, top.bid, top.ask);
    tellBook(this.#account, this.#market, top);
    this.#watchDrawdown();
    const { venue } = this.#market.instrument;
    this.#close();
    if (this.marginRatio < MARGIN_TO_REDUCE) {
      if (this.#account.mayTrade(venue, true)) this.#reduce();
    } else if (desk.nowMs >= this.#enterMs && this.#account.mayTrade(venue, false)) this.#enter();
    this.#topUp();
  }

  #enter(): void {
    const { desk, ledger } = this.#account;
    this.#enterMs = desk.nowMs + Math.round(ENTER_EVERY_MS * between(this.#random, 0.6, 1.6));
    this.#account.status = "running";
    const worth = ledger.equity() * CLIP;
    const held = ledger.lots(this.#market.instrument);
    if (this.marginRatio < MARGIN_TO_ENTER)
      return takeNow(this.#account, this.#market, {
        lots: -Math.max(1, Math.floor(held * between(this.#random, 0.15, 0.35))),
        top: this.#market.top(),
        reason: "reduce",
      });
    if (worth <= 0) return;
    takeNow(this.#account, this.#market, {
      lots: lotsWorth(this.#market, worth),
      top: this.#market.top(),
      reason: "entry",
    });
  }

  #reduce(): void {
    const { ledger } = this.#account;
    const held = ledger.lots(this.#market.instrument);
    if (held <= 0) return;
    const marginRatio = rounded(this.marginRatio, 5);
    this.#account.status = "reducing";
    this.#account.tell("threshold_breach", {
      ...{ metric: "margin_ratio", value: marginRatio, limit: MARGIN_TO_REDUCE, severity: "critical" },
    });
    const lots = -Math.max(1, Math.floor(held * between(this.#random, 0.4, 0.6)));
    takeNow(this.#account, this.#market, { lots, top: this.#market.top(), reason: "reduce" });
    this.#account.counters["consecutive_losses"] = (this.#account.counters["consecutive_losses"] ?? 0) + 1;
  }

  #watchDrawdown(): void {
    const { drawdown } = this.#account.condition();
    if (drawdown >= DRAWDOWN_LIMIT && !this.#breached) {
      this.#breached = true;
      const value = rounded(drawdown, 5);
      this.#account.tell("threshold_breach", {
        ...{ metric: "drawdown_pct", value, limit: DRAWDOWN_LIMIT, severity: "high" },
      });
    } else if (drawdown < DRAWDOWN_LIMIT * 0.8) this.#breached = false;
  }

  /** Its owner believes in it, and sends more money. */
  #topUp(): void {
    const { ledger } = this.#account;
    const [{ venue, currency, start } = { venue: "", currency: "", start: 0 }] = this.#account.plan.venues;
    if (ledger.equity() > start * TOP_UP_BELOW) return;
    const units = moneyUnits(start * 0.5);
    this.#account.tell(
      "income",
      {
        ...{ income_type: "TRANSFER", amount: start * 0.5, currency, venue },
        transaction_id: this.#account.nextId("t"),
      },
      { kind: "transfer", venue, units },
    );
    this.#account.tellBalances();
  }

  #staleFeed(): void {
    const { desk } = this.#account;
    const { venue } = this.#market.instrument;
    if (this.#staleSinceMs !== undefined || !this.#account.running) return;
    this.#staleSinceMs = desk.nowMs;
    desk.after(6_000, () => {
      this.#account.tell("feed", { venue, kind: "stale", channel: "book", detail: "no message for 6 s" });
      this.#fail("feed_stale", "the order book of ETH-USDT-PERP has not moved for 6 s; no new orders");
    });
    desk.after(wholeBetween(this.#random, 15_000, 50_000), () => {
      this.#staleSinceMs = undefined;
      this.#account.tell("feed", { venue, kind: "resynced", channel: "book", detail: "snapshot taken again" });
    });
  }

  #fail(code: string, message: string): void {
    this.#account.counters["errors"] = (this.#account.counters["errors"] ?? 0) + 1;
    this.#account.tell("error", { code, message, severity: "high" });
  }

  /** It stops without a word, and comes back by itself or with a new release. */
  #crash(): void {
    const account = this.#account;
    const { desk } = account;
    if (!account.running) return;
    this.#fail("unhandled_exception", "TypeError: cannot read 'size' of an empty order book");
    account.running = false;
    desk.after(wholeBetween(this.#random, 60_000, 150_000), () => {
      if (happens(this.#random, 0.7)) account.version = `2.4.${++this.#release}`;
      account.start("restarted after a crash");
      account.tell("annotation", { title: `perp-eth ${account.version}`, text: "Restarted after a crash" });
      account.tell("feed", { venue: this.#market.instrument.venue, kind: "connected", channel: "book" });
      desk.after(delayMs(this.#random, 300), () => account.tellPositions());
    });
  }
}
