import { describe, expect, test } from "vitest";
import type { BotView, HealthAnswer } from "../protocol/api.ts";
import type { CommandView } from "../protocol/api-control.ts";
import type { EquityRow } from "../protocol/api-money.ts";
import type { ReconciliationAnswer } from "../protocol/api-reconciliation.ts";
import { type DeskSeen, needsYou } from "./needs-you.ts";

const BOT = {
  ...{ bot: "mm", mode: "live", liveness: "alive", status: "running", stuck: false },
  ...{ last_seen_age_s: 2, expected_interval_s: 5, progress_age_s: 1, risk: {} },
} as unknown as BotView;
const HUB = { store_ok: true, queue_events: 0, queue_limit: 100 } as HealthAnswer["hub"];
const FEED = { venue: "kalshi", status: "healthy", halted: false, connected: true, last_message_age_s: 1 };
const COURSE = {
  ...{ bot: "mm", delivered_at: "2026-11-21T14:00:00Z", acknowledged_at: null, verified_at: null },
  ...{ late: ["acknowledged"], error: null, orders_since: 0, over: false },
};
const HALT = { command_id: "h", action: "halt", standing: true, proof: "verified", bots: [COURSE] };

const NOTHING: DeskSeen = {
  ...{ bots: [], commands: [], health: undefined, equity: undefined, reconciliation: undefined },
  elapsedS: (atMs) => (60_000 - atMs) / 1_000,
};
const bot = (changes: Partial<BotView>) => ({ data: { ...BOT, ...changes }, atMs: 50_000 });
const feed = (changes: object) => ({ data: { hub: HUB, venues: [{ ...FEED, ...changes }] }, atMs: 50_000 }) as never;
const seen = (changes: Partial<DeskSeen>): unknown[] =>
  needsYou({ ...NOTHING, ...changes }).map(({ tone, of, says, to }) => [tone, of, says, to]);

describe("What needs somebody", () => {
  test("is nothing while all is well, and while nothing is known", () => {
    expect(seen({})).toEqual([]);
    expect(seen({ bots: [bot({}), bot({ liveness: "stopped" })], health: feed({}) })).toEqual([]);
  });

  test("is a bot that is silent, stuck, halted or in error, with an age that goes on", () => {
    expect(seen({ bots: [bot({ liveness: "stale", last_seen_age_s: 31 })] })).toEqual([
      ["stale", "mm", "No contact for 41 s, expected every 5 s", "/bots/$bot"],
    ]);
    expect(seen({ bots: [bot({ stuck: true }), bot({ bot: "a", status: "halted", reason: "daily loss" })] })).toEqual([
      ["bad", "a", "Halted: daily loss", "/bots/$bot"],
      ["stale", "mm", "Heartbeats come, no progress for 11 s", "/bots/$bot"],
    ]);
  });

  test("is a bot whose loss is over its limit, or that says itself that it is at risk, until it has stopped", () => {
    const limits = { drawdown_limit: 0.05, daily_loss_limit: 0.03 };
    const equity = (drawdown: number | null, dailyLoss: number, changes: object = {}) => ({
      ...{ bot: "mm", mode: "live", venue: null, ...limits, ...changes },
      ...{ drawdown: { value: drawdown, n: 9 }, daily_loss: { value: dailyLoss, n: 9 } },
    });
    const risks = (rows: readonly object[], changes: object = {}): unknown[] =>
      seen({ bots: [bot(changes)], equity: rows as EquityRow[] });
    expect(risks([equity(0.4, 0.031), equity(0.3, 0, { venue: "bybit" })])).toEqual([
      ["bad", "mm", "Drawdown 40.00 %, limit 5.0 %; Loss of the day 3.10 %, limit 3.0 %", "/bots/$bot"],
    ]);
    expect(risks([equity(0.049, 0), equity(0.06, 0, { venue: "bybit" })])).toEqual([
      ["bad", "mm", "Drawdown on bybit 6.00 %, limit 5.0 %", "/bots/$bot"],
    ]);
    expect(risks([equity(null, 0), equity(0.4, 0, { mode: "paper" }), equity(0.4, 0, { bot: "other" })])).toEqual([]);
    expect(risks([equity(0.4, 0)], { status: "stopped" })).toEqual([]);
    expect(risks([], { risk: { order_book_stale: true, risk_reasons: ["drift"] } })).toEqual([
      ["stale", "mm", "Reports risk: its order book is stale, drift", "/bots/$bot"],
    ]);
    expect(risks([], { risk: { order_book_stale: false, risk_reasons: [] } })).toEqual([]);
  });

  test("is a bot that paused by itself, and not one that was told to", () => {
    const control = { state: "paused" } as NonNullable<BotView["control"]>;
    expect(seen({ bots: [bot({ status: "paused", reason: "news" })] })).toEqual([
      ["stale", "mm", "Paused: news", "/bots/$bot"],
    ]);
    expect(seen({ bots: [bot({ status: "paused", control })] })).toEqual([]);
  });

  test("is a command that went wrong with a bot, in one line, as long as it holds anything", () => {
    const says = (changes: object): unknown => {
      const command = { ...HALT, bots: [{ ...COURSE, ...changes }] } as CommandView;
      expect(seen({ commands: [{ ...command, standing: false }] })).toEqual([]);
      return seen({ commands: [command] });
    };
    const late = ["acknowledged", "verified"];
    expect(says({ late })).toEqual([["bad", "mm", "Told to halt and late: not acknowledged yet", "/controls"]]);
    expect(says({ late: [] })).toEqual([]);
    expect(says({ late, orders_since: 2 })).toEqual([
      ["bad", "mm", "2 orders placed after it acknowledged to halt", "/controls"],
    ]);
    expect(says({ late, error: "no route" })).toEqual([["bad", "mm", "Could not halt: no route", "/controls"]]);
  });

  test("is a feed that is not well, and a hub that is not, before what is only late", () => {
    const down = feed({ status: "down", last_message_age_s: 4 });
    const late = bot({ liveness: "stale" });
    expect(seen({ bots: [late], health: down })).toEqual([
      ["bad", "kalshi", "kalshi feed is down, last message 14 s ago", "/health"],
      ["stale", "mm", "No contact for 12 s, expected every 5 s", "/bots/$bot"],
    ]);
    const full = { data: { hub: { ...HUB, store_ok: false }, venues: [] }, atMs: 0 };
    const says = expect.stringMatching(/^The store does not take events/);
    expect(seen({ health: full })).toEqual([["bad", "hub", says, "/health"]]);
  });

  test("is what differs between ledger and venue, counted for each venue, and an account that cannot be read", () => {
    const row = (venue: string, state: string) => ({ venue, state });
    const reconciliation = {
      reconciliation: [
        row("binance", "differs"),
        row("binance", "agrees"),
        row("binance", "differs"),
        row("x", "differs"),
      ],
      accounts: [
        { venue: "kalshi", problem: "/portfolio/orders: HTTP 503" },
        { venue: "binance", problem: null },
      ],
    } as ReconciliationAnswer;
    expect(seen({ reconciliation })).toEqual([
      ["bad", "binance", "2 quantities differ between ledger and venue", "/reconciliation"],
      ["bad", "x", "1 quantity differs between ledger and venue", "/reconciliation"],
      ["stale", "kalshi", "/portfolio/orders: HTTP 503", "/reconciliation"],
    ]);
  });
});
