import type { SimulatedEvent } from "../../src/bots/simulator/model/truth.ts";

/** Values by their names for Prometheus; a name that is not there has no value. */
export type TrueValues = Readonly<Record<string, number>>;

const HOUR_MS = 3_600_000;
const RISK_FIELDS = [
  ...["position_drift_pct", "margin_ratio", "funding_rate", "daily_loss_pct", "drawdown_pct"],
  ...["realized_pnl_today_quote", "equity_quote", "base_pct", "adverse_drift_30s"],
];
const CALIBRATIONS = ["avg_capture_bps", "realized_fill_factor", "configured_fill_factor"];
const TICKS = { tick_duration_seconds: "duration_s", tick_indicator_seconds: "indicator_s" };

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

/**
 * What the names of source documents 1 and 3 are of each simulated bot, counted from the simulator's own words with plain
 * numbers and by other rules than the hub's: everything at once, and nothing as it goes. `nowMs`: when it is asked.
 */
export function trueValues(events: readonly SimulatedEvent[], nowMs: number): Map<string, TrueValues> {
  const usd = new Map<unknown, number>([["USD", 1]]);
  for (const event of events)
    if (event.type === "rate" && event["per"] === "USD") usd.set(event["currency"], Number(event["price"]));
  const bots = Map.groupBy(events, ({ bot }) => bot);
  return new Map([...bots].map(([bot, own]) => [bot, ofBot(own, { usd, nowMs })]));
}

interface Terms {
  readonly usd: ReadonlyMap<unknown, number>;
  readonly nowMs: number;
}

function ofBot(events: readonly SimulatedEvent[], { usd, nowMs }: Terms): TrueValues {
  const of = (type: string) => events.filter((event) => event.type === type);
  const fills = of("fill");
  const inUsd = (event: SimulatedEvent, currency: unknown, amount: unknown): number =>
    Number(amount ?? 0) * (usd.get(currency ?? event["currency"]) ?? Number.NaN);
  const fees = fills.map((fill) => inUsd(fill, fill["fee_currency"], fill["fee"]));
  const funding = of("income")
    .filter((row) => row["income_type"] === "FUNDING_FEE")
    .map((row) => inUsd(row, row["currency"], row["amount"]));
  const known: Record<string, number | undefined> = {
    hbot_bot_fills_total: fills.length,
    hbot_bot_ws_reconnect_total: of("feed").filter(({ kind }) => kind === "reconnecting").length,
    hbot_bot_maker_ratio: mean(fills.map((fill) => (fill["is_maker"] === true ? 1 : 0))),
    fees_paid_total: sum(fees.map((fee) => Math.max(0, fee))),
    funding_received_total: sum(funding.map((amount) => Math.max(0, amount))),
    funding_paid_total: sum(funding.map((amount) => Math.max(0, -amount))),
    net_funding: sum(funding),
    ...lastWords(of),
    ...ordersOf(of("order.placed"), fills),
    ...(of("settlement").length > 0 || settledElsewhere(events) ? {} : tradesOf(events, fills, { usd, nowMs })),
  };
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) =>
      value === undefined || Number.isNaN(value) ? [] : [[name, value]],
    ),
  );
}

/** Contracts that pay out make trades of their own, which are not told by fills alone. */
const settledElsewhere = (events: readonly SimulatedEvent[]): boolean =>
  events.some((event) => event.type === "instrument" && event["kind"] === "binary");

/** The newest of what the bot says of itself. */
function lastWords(of: (type: string) => readonly SimulatedEvent[]): Record<string, number | undefined> {
  const risk = of("risk").at(-1);
  const tick = of("tick").at(-1);
  const number = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));
  const said = (name: string) => of("calibration").findLast((event) => event[name] !== undefined)?.[name];
  return {
    ...Object.fromEntries(RISK_FIELDS.map((name) => [`hbot_bot_${name}`, number(risk?.[name])])),
    ...Object.fromEntries(Object.entries(TICKS).map(([name, field]) => [`hbot_bot_${name}`, number(tick?.[field])])),
    hbot_bot_tick_connector_io_seconds: number(tick?.["connector_io_s"]),
    ...Object.fromEntries(CALIBRATIONS.map((name) => [`hbot_bot_${name}`, number(said(name))])),
    hbot_bot_order_book_stale: risk?.["order_book_stale"] === true ? 1 : 0,
    hbot_bot_risk_reasons_info: (risk?.["risk_reasons"] as readonly string[] | undefined)?.length,
  };
}

function ordersOf(orders: readonly SimulatedEvent[], fills: readonly SimulatedEvent[]): Record<string, number> {
  const isExit = new Map(
    orders.map((order) => [order["order_id"], order["reduce_only"] === true || order["intent"] === "exit"]),
  );
  const entries = orders.filter((order) => isExit.get(order["order_id"]) === false);
  const met = new Set(fills.map((fill) => fill["order_id"]).filter((order) => isExit.get(order) === false));
  const slippage = (exit: boolean): number =>
    mean(
      fills
        .filter((fill) => isExit.get(fill["order_id"]) === exit && fill["arrival_mid"] !== undefined)
        .map((fill) => {
          const mid = Number(fill["arrival_mid"]);
          return ((fill["side"] === "buy" ? 1 : -1) * (Number(fill["price"]) - mid) * 10_000) / mid;
        }),
    );
  return {
    orders_placed_total: entries.length,
    orders_filled_total: met.size,
    fill_rate_pct: (100 * met.size) / entries.length,
    avg_entry_slippage_bps: slippage(false),
    avg_exit_slippage_bps: slippage(true),
  };
}

interface Trade {
  readonly net: number;
  readonly hours: number;
}

/** What is open of an instrument: signed size and cost, the fees of its entry, since when, and what it made so far. */
interface Open {
  readonly size: number;
  readonly cost: number;
  readonly fee: number;
  readonly since: number;
  readonly made: number;
}

const FLAT: Open = { size: 0, cost: 0, fee: 0, since: 0, made: 0 };
const DUST = 1e-9;

interface Fill {
  readonly at: number;
  readonly price: number;
  readonly signed: number;
  readonly fee: number;
}

const fillOf = (fill: SimulatedEvent): Fill => ({
  at: Date.parse(fill.ts),
  price: Number(fill["price"]),
  signed: (fill["side"] === "buy" ? 1 : -1) * Number(fill["size"]),
  fee: Number(fill["fee"] ?? 0),
});

interface Closed {
  readonly trades: Trade[];
  readonly held: [number, number][];
}

/** What one instrument's fills closed, at average cost: each closing fill, or each way from flat to flat. */
function closedBy(fills: readonly SimulatedEvent[], isMaker: boolean): Closed {
  const closed: Closed = { trades: [], held: [] };
  let open = FLAT;
  for (const fill of fills.map(fillOf)) {
    const against = Math.sign(open.size) === -Math.sign(fill.signed);
    const closing = against ? Math.min(Math.abs(open.size), Math.abs(fill.signed)) : 0;
    const share = closing / Math.abs(fill.signed);
    if (closing > 0) open = close(open, fill, { closing, isMaker, closed });
    if (share < 1 - DUST) open = grown(open, fill, 1 - share);
  }
  if (open.size !== 0) closed.held.push([open.since, Number.POSITIVE_INFINITY]);
  return closed;
}

interface Closing {
  readonly closing: number;
  readonly isMaker: boolean;
  readonly closed: Closed;
}

function close(open: Open, fill: Fill, { closing, isMaker, closed }: Closing): Open {
  const net = netOf(open, fill, closing);
  const after = reduced(open, closing, net);
  const hours = (fill.at - open.since) / HOUR_MS;
  if (isMaker) closed.trades.push({ net, hours });
  if (after.size !== 0) return after;
  if (!isMaker) closed.trades.push({ net: after.made, hours });
  closed.held.push([open.since, fill.at]);
  return FLAT;
}

function netOf({ size, cost, fee }: Open, fill: Fill, closing: number): number {
  const part = closing / Math.abs(size);
  return (
    fill.price * closing * Math.sign(size) - cost * part - fee * part - (fill.fee * closing) / Math.abs(fill.signed)
  );
}

function reduced({ size, cost, fee, since, made }: Open, closing: number, net: number): Open {
  const left = size - Math.sign(size) * closing;
  const kept = 1 - closing / Math.abs(size);
  if (Math.abs(left) < DUST) return { ...FLAT, since, made: made + net };
  return { size: left, cost: cost * kept, fee: fee * kept, since, made: made + net };
}

const grown = ({ size, cost, fee, since, made }: Open, fill: Fill, share: number): Open => ({
  size: size + fill.signed * share,
  cost: cost + fill.price * fill.signed * share,
  fee: fee + fill.fee * share,
  since: size === 0 ? fill.at : since,
  made,
});

function tradesOf(
  events: readonly SimulatedEvent[],
  fills: readonly SimulatedEvent[],
  { usd, nowMs }: Terms,
): Record<string, number> {
  const started = events.find(({ type }) => type === "bot.started");
  const isMaker = started?.["makes_markets"] === true;
  const rate = usd.get(events.find(({ type }) => type === "instrument")?.["quote"]) ?? Number.NaN;
  const each = [...Map.groupBy(fills, (fill) => fill["symbol"]).values()].map((own) => closedBy(own, isMaker));
  const trades = each.flatMap((one) => one.trades);
  const wins = trades.filter(({ net }) => net > 0).map(({ net }) => net);
  const losses = trades.filter(({ net }) => net < 0).map(({ net }) => -net);
  const factor = losses.length === 0 && wins.length > 0 ? Number.POSITIVE_INFINITY : sum(wins) / sum(losses);
  const startedMs = Date.parse(started?.ts ?? "");
  return {
    trades_closed_total: trades.length,
    win_rate_pct: (100 * wins.length) / trades.length,
    expectancy_per_trade: mean(trades.map(({ net }) => net)) * rate,
    profit_factor_session: factor,
    profit_factor_7d: factor,
    profit_factor_30d: factor,
    avg_holding_time_hours: mean(trades.map(({ hours }) => hours)),
    time_in_market_pct:
      (100 *
        union(
          each.flatMap(({ held }) => held),
          nowMs,
        )) /
      (nowMs - startedMs),
  };
}

/** How long any of the intervals holds until `end`. */
function union(intervals: readonly [number, number][], end: number): number {
  let [total, covered] = [0, Number.NEGATIVE_INFINITY];
  for (const [from, to] of intervals.toSorted(([a], [b]) => a - b)) {
    const until = Math.min(to, end);
    total += Math.max(0, until - Math.max(from, covered));
    covered = Math.max(covered, until);
  }
  return total;
}
