import { micros, type Micros } from "../../base/time.ts";
import type { DecimalText } from "../../domain/decimal.ts";
import { isoFromMicros } from "../../base/time.ts";
import {
  type Attempt,
  centsOf,
  fillEvent,
  type Leg,
  midOf,
  opportunityEvent,
  orderEndEvent,
  outcomeEvent,
  placedEvent,
  troubleEvent,
} from "../arbitrage-attempt.ts";
import {
  ARBITRAGE_BOT,
  ArbitrageMarkets,
  eventIdOf,
  knownVenue,
  type Outcome,
  outcomeOf,
  symbolOf,
} from "../arbitrage-market.ts";
import { type ImportFormat, type ImportItem, type ImportOptions, told, Unmappable } from "../format.ts";
import { hasColumns, type Row, tableItems } from "../table.ts";

const COLUMNS = [
  "decision_ts",
  "execution_id",
  "status",
  "interval_start_ts",
  "interval_end_ts",
  "leg_a_venue",
  "leg_a_filled",
  "leg_b_venue",
  "leg_b_filled",
  "expected_edge_net",
];

const STATUSES = new Set(["success", "leg_a_failed", "unwound", "both_legs_failed"]);
const QUOTES = [
  { prefix: "poly", venue: "polymarket" },
  { prefix: "kalshi", venue: "kalshi" },
] as const;

/** Beyond a day an age is a missing time subtracted from now, not an age. */
const QUOTE_AGE_MS_MAX = 86_400_000;

/** The table of attempts of the Polymarket–Kalshi arbitrage bot: one row, one attempt with both legs. */
export const arbitrageAttempts: ImportFormat = {
  name: "arbitrage-attempts",
  about: "arb_executions.csv of the Polymarket-Kalshi arbitrage bot, one attempt a row",
  detect: (head) => hasColumns(head, COLUMNS),
  open: (input) => {
    const markets = new ArbitrageMarkets();
    return tableItems(input, COLUMNS, (row) => attemptItems(row, input.options, markets));
  },
};

function attemptItems(row: Row, options: ImportOptions, markets: ArbitrageMarkets): ImportItem[] {
  const attempt = attemptOf(row, options);
  const [a, b] = [legOf(row, "A"), legOf(row, "B")];
  const status = row.need("status");
  if (!STATUSES.has(status)) throw new Unmappable("the status is unknown", status);
  const token = row.get("leg_a_market_id");
  const tokens = token === undefined || a.venue !== "polymarket" ? {} : { [a.outcome]: token };
  const { line } = row;
  return [
    ...markets.tell(line, attempt.envelope, attempt.interval, tokens),
    ...quoteItems(row, attempt),
    ...decisionItems(row, attempt),
    ...legItems(row, attempt, a),
    ...legItems(row, attempt, b),
    ...unwindItems(row, attempt),
    outcomeEvent(attempt, status, row.needDecimal("realized_pnl"), { line, ts: row.needTime("execution_end_ts") }),
  ];
}

function attemptOf(row: Row, options: ImportOptions): Attempt {
  const edge = row.number("expected_edge_net");
  return {
    envelope: {
      bot: options.bot ?? ARBITRAGE_BOT,
      mode: options.mode ?? (row.flag("dry_run") === true ? "paper" : "live"),
      strategy: "arbitrage",
    },
    executionId: row.need("execution_id"),
    interval: { start: row.needTime("interval_start_ts"), end: row.needTime("interval_end_ts") },
    edgeCents: edge === undefined ? undefined : centsOf(edge),
  };
}

const columnOf = (leg: Leg): string => `leg_${leg.name.toLowerCase()}`;

const legOf = (row: Row, name: "A" | "B"): Leg => ({
  name,
  venue: knownVenue(row.need(`leg_${name.toLowerCase()}_venue`)),
  outcome: outcomeOf(row.need(`leg_${name.toLowerCase()}_side`)),
});

/** Both venues' quotes of both contracts at the decision, as marks. */
function quoteItems(row: Row, attempt: Attempt): ImportItem[] {
  return QUOTES.flatMap(({ prefix, venue }) => {
    const ts = row.time(`${prefix}_ts_local`) ?? row.needTime("decision_ts");
    const venueTs = exchangeTime(row, prefix);
    return (["yes", "no"] as const).map((outcome) => {
      const mid = midAt(row, prefix, outcome);
      if (mid === undefined) return { line: row.line, leftOut: "a quote with one side only has no mid" };
      return told(row.line, {
        type: "mark",
        ...attempt.envelope,
        ts: isoFromMicros(ts),
        id: `${attempt.executionId}:mark:${venue}:${outcome}`,
        venue,
        symbol: symbolOf(attempt.interval, outcome),
        price: mid,
        bid: row.decimal(`${prefix}_${outcome}_bid`),
        ask: row.decimal(`${prefix}_${outcome}_ask`),
        bid_size: row.decimal(`${prefix}_${outcome}_bid_size`),
        ask_size: row.decimal(`${prefix}_${outcome}_ask_size`),
        venue_ts: venueTs,
      });
    });
  });
}

/** The venue's time of a quote; undefined when the file has 0 for a missing one. */
function exchangeTime(row: Row, prefix: string): string | undefined {
  const at: Micros = row.time(`${prefix}_ts_exchange`) ?? micros(0);
  return at === 0 ? undefined : isoFromMicros(at);
}

function midAt(row: Row, prefix: string, outcome: Outcome): DecimalText | undefined {
  const bid = row.decimal(`${prefix}_${outcome}_bid`);
  const ask = row.decimal(`${prefix}_${outcome}_ask`);
  if (bid === undefined || ask === undefined) return undefined;
  const oneSided = ["bid", "ask"].some((side) => row.decimal(`${prefix}_${outcome}_${side}_size`) === "0");
  return oneSided ? undefined : midOf(bid, ask);
}

function decisionItems(row: Row, attempt: Attempt): ImportItem[] {
  const { line } = row;
  const gross = row.number("opp_edge_gross");
  const [polyAge, kalshiAge] = [quoteAge(row, "poly"), quoteAge(row, "kalshi")];
  const found = {
    edge_gross_cents: gross === undefined ? undefined : centsOf(gross),
    cost: row.decimal("opp_cost"),
    size: row.decimal("opp_qty"),
    legs: [0, 1].map((index) => ({
      venue: row.get(`opp_leg${index}_venue`),
      outcome: row.get(`opp_leg${index}_side`),
      price: row.decimal(`opp_leg${index}_price`),
      size: row.decimal(`opp_leg${index}_size`),
    })),
    time_to_expiry_ms: row.number("time_to_expiry_ms"),
    poly_quote_age_ms: polyAge,
    kalshi_quote_age_ms: kalshiAge,
    cross_venue_yes_spread: row.number("cross_venue_yes_spread"),
    cross_venue_no_spread: row.number("cross_venue_no_spread"),
  };
  const net = row.number("opp_edge_net");
  const detected = { ...attempt, edgeCents: net === undefined ? attempt.edgeCents : centsOf(net) };
  const leftOut = [polyAge, kalshiAge].includes(undefined)
    ? [{ line, leftOut: "a quote age that is a missing time subtracted" }]
    : [];
  return [
    opportunityEvent(detected, "detected", { line, ts: row.needTime("decision_ts") }, found),
    opportunityEvent(attempt, "approved", { line, ts: row.needTime("execution_start_ts") }),
    ...leftOut,
  ];
}

function quoteAge(row: Row, prefix: string): number | undefined {
  const age = row.number(`${prefix}_quote_age_ms`);
  return age === undefined || Math.abs(age) > QUOTE_AGE_MS_MAX ? undefined : age;
}

/** The order of a leg and what became of it; nothing when the bot never sent it. */
function legItems(row: Row, attempt: Attempt, leg: Leg): ImportItem[] {
  const column = columnOf(leg);
  const sentAt = row.time(`${column}_submit_ts`);
  if (sentAt === undefined) return [];
  const { line } = row;
  const size = row.needDecimal(`${column}_qty`);
  const prefix = leg.venue === "polymarket" ? "poly" : "kalshi";
  const arrival = { arrival_mid: midAt(row, prefix, leg.outcome) };
  const placed = placedEvent(
    attempt,
    leg,
    { line, ts: sentAt, price: row.needDecimal(`${column}_limit_price`), size },
    {
      ...arrival,
      time_in_force: row.get(`${column}_tif`),
      decided_at: row.iso("decision_ts"),
      sent_at: isoFromMicros(sentAt),
    },
  );
  if (row.flag(`${column}_filled`) !== true) return [placed, unfilledItem(row, attempt, leg)];
  const filling = {
    line,
    ts: row.needTime(`${column}_fill_ts`),
    price: row.needDecimal(`${column}_fill_price`),
    size: row.needDecimal(`${column}_fill_qty`),
  };
  // What is immediate-or-cancel never rests, so it cannot have made the market.
  const isMaker = row.get(`${column}_tif`) === "IOC" ? false : undefined;
  const filled = fillEvent(attempt, leg, filling, { ...arrival, is_maker: isMaker });
  if (Number(filling.size) >= Number(size)) return [placed, filled];
  const end = { line, ts: filling.ts, filledSize: filling.size, reason: undefined };
  return [placed, filled, orderEndEvent(attempt, leg, "cancelled", end)];
}

/** Leg A is immediate-or-cancel and found nothing; leg B was refused by its venue, which the unwind's reason quotes. */
function unfilledItem(row: Row, attempt: Attempt, leg: Leg): ImportItem {
  const reason = reasonOf(row)?.replace(/^[^:]*failed: /, "");
  const refusedByVenue = leg.name === "B" && reason !== undefined;
  return orderEndEvent(attempt, leg, refusedByVenue ? "rejected" : "cancelled", {
    line: row.line,
    ts: row.needTime("execution_end_ts"),
    filledSize: "0",
    reason: refusedByVenue ? reason : undefined,
  });
}

/** The table's writer put semicolons for the commas of the venue's JSON; so it reads as the log has it. */
const reasonOf = (row: Row): string | undefined => row.get("unwind_reason")?.replaceAll('";"', '","');

function unwindItems(row: Row, attempt: Attempt): ImportItem[] {
  if (row.flag("had_unwind") !== true) return [];
  const { line } = row;
  const message = reasonOf(row) ?? "the filled leg was unwound";
  return [
    troubleEvent(
      attempt,
      "unwind",
      { line, ts: row.needTime("execution_end_ts"), message },
      { unwind_realized_loss: row.decimal("unwind_realized_loss"), event_id: eventIdOf(attempt.interval) },
    ),
    { line, leftOut: "an unwind's sale: this file has neither its price nor its size (the bot's event log has)" },
  ];
}
