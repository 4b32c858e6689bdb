import { contentId, Told } from "../content-id.ts";
import { type ImportFormat, type ImportItem, type ImportOptions, told } from "../format.ts";
import { hbotInstrument, hbotMarket, hbotStatus, type HbotMarket, isoOf, reasonsOf } from "../hbot-row.ts";
import { hasColumns, type Row, tableItems } from "../table.ts";

const COLUMNS = [
  "ts",
  "bot_variant",
  "exchange",
  "trading_pair",
  "state",
  "mid",
  "equity_quote",
  "base_pct",
  "risk_reasons",
];

/** The bot's own gauges, with their units; ratios as the bot writes them. */
const GAUGES: Readonly<Record<string, string>> = {
  target_base_pct: "ratio",
  spread_pct: "ratio",
  spread_floor_pct: "ratio",
  net_edge_pct: "ratio",
  skew: "ratio",
  market_spread_pct: "ratio",
  market_spread_bps: "bps",
  best_bid_size: "base",
  best_ask_size: "base",
  turnover_today_x: "x",
  cancel_per_min: "1/min",
  fees_paid_today_quote: "quote",
  maker_fee_pct: "ratio",
  taker_fee_pct: "ratio",
};

/** The minute rows of the paper market maker: state, risk, balances, mark and gauges of each minute. */
export const hbotMinutes: ImportFormat = {
  name: "hbot-paper-minutes",
  about: "minute rows of the hbot paper market maker",
  detect: (head) => hasColumns(head, COLUMNS),
  open: (input) => {
    const instruments = new Told();
    return tableItems(input, COLUMNS, (row) => [
      ...hbotInstrument(row, hbotMarket(row, input.options), instruments),
      ...minuteOf(row, input.options),
    ]);
  },
};

function minuteOf(row: Row, options: ImportOptions): ImportItem[] {
  const market = hbotMarket(row, options);
  const base = { ...market.envelope, ts: isoOf(row) };
  const rowId = contentId(row.fields.join("\t"));
  const { venue, symbol } = market;
  const mid = row.decimal("mid");
  return [
    told(row.line, { type: "bot.state", ...base, id: `state:${rowId}`, ...stateOf(row) }),
    told(row.line, { type: "risk", ...base, id: `risk:${rowId}`, venue, symbol, ...riskOf(row) }),
    told(row.line, {
      type: "balance",
      ...base,
      id: `balance:${rowId}`,
      venue,
      source: "bot",
      ...balanceOf(row, market),
    }),
    ...(mid === undefined
      ? []
      : [told(row.line, { type: "mark", ...base, id: `mark:${rowId}`, venue, symbol, price: mid })]),
    ...gaugesOf(row, base, rowId),
  ];
}

function stateOf(row: Row) {
  const [ordersActive, fillsToday] = [row.number("orders_active"), row.number("fills_count_today")];
  return {
    status: hbotStatus(row),
    reason: row.get("risk_reasons"),
    counters: {
      ...(ordersActive === undefined ? {} : { orders_active: ordersActive }),
      ...(fillsToday === undefined ? {} : { fills_count_today: fillsToday }),
    },
    regime: row.get("regime"),
    soft_pause_edge: row.flag("soft_pause_edge"),
    fee_source: row.get("fee_source"),
  };
}

const riskOf = (row: Row) => ({
  equity_quote: row.number("equity_quote"),
  base_pct: row.number("base_pct"),
  daily_loss_pct: row.number("daily_loss_pct"),
  drawdown_pct: row.number("drawdown_pct"),
  adverse_drift_30s: row.number("adverse_drift_30s"),
  risk_reasons: reasonsOf(row.get("risk_reasons")),
});

function balanceOf(row: Row, { base, quote }: HbotMarket) {
  const totals = [
    { currency: base, total: row.decimal("base_balance") },
    { currency: quote, total: row.decimal("quote_balance") },
  ];
  const equity = row.decimal("equity_quote");
  return {
    balances: totals.filter(({ total }) => total !== undefined),
    equity,
    equity_currency: equity === undefined ? undefined : quote,
  };
}

function gaugesOf(row: Row, base: { bot: string; ts: string }, rowId: string): ImportItem[] {
  return Object.entries(GAUGES).flatMap(([name, unit]) => {
    const value = row.number(name);
    return value === undefined
      ? []
      : [told(row.line, { type: "metric", ...base, id: `metric:${name}:${rowId}`, name, value, unit })];
  });
}
