/** One of our fields, and how the columns are called that files have for it. */
export interface AliasedField {
  readonly field: string;
  /** Compared without case, spaces and underscores. */
  readonly names: readonly string[];
  /** Taken only where no column has one of `names`. */
  readonly otherwise?: readonly string[];
  /** Without it a file is not of the format. */
  readonly isRequired?: true;
}

const common: readonly AliasedField[] = [
  {
    field: "symbol",
    names: ["symbol", "pair", "trading_pair"],
    otherwise: ["market", "instrument", "ticker", "coin", "contract"],
    isRequired: true,
  },
  { field: "venue", names: ["venue", "exchange", "broker"] },
  { field: "bot", names: ["bot", "bot_name", "bot_id"] },
  { field: "strategy", names: ["strategy", "strategy_name"] },
  { field: "account", names: ["account", "account_id", "subaccount"] },
  { field: "fee", names: ["fee", "fees", "commission", "total_fee", "total_fees", "fee_paid", "fees_paid"] },
  { field: "fee_currency", names: ["fee_currency", "fee_asset", "fee_coin", "commission_asset"] },
];

const SIZE = ["size", "qty", "quantity", "amount", "contracts", "position_size", "base_amount"];
const ANY_TIME = ["timestamp", "time", "date", "datetime", "ts"];

/** `trades.csv`: one row, one position from its entry to its exit. */
export const tradeAliases: readonly AliasedField[] = [
  ...common,
  { field: "side", names: ["side", "direction", "position_side", "trade_side"], isRequired: true },
  {
    field: "entry_price",
    names: ["entry_price", "entry", "open_price", "open_rate", "avg_entry_price"],
    isRequired: true,
  },
  {
    field: "exit_price",
    names: ["exit_price", "exit", "close_price", "close_rate", "avg_exit_price"],
    isRequired: true,
  },
  { field: "size", names: SIZE, isRequired: true },
  {
    field: "exit_time",
    names: ["exit_time", "exit_date", "exit_timestamp", "close_time", "closed_at", "close_date", "close_timestamp"],
    otherwise: ANY_TIME,
    isRequired: true,
  },
  {
    field: "entry_time",
    names: ["entry_time", "entry_date", "entry_timestamp", "open_time", "opened_at", "open_date", "open_timestamp"],
  },
  {
    field: "pnl",
    names: [
      "pnl",
      "realized_pnl",
      "realised_pnl",
      "profit",
      "net_pnl",
      "net_profit",
      "profit_abs",
      "pnl_usd",
      "pnl_usdt",
    ],
  },
  { field: "gross_pnl", names: ["gross_pnl", "gross_profit"] },
  { field: "trade_id", names: ["trade_id", "id", "position_id", "deal_id", "ticket"] },
  { field: "reason", names: ["reason", "exit_reason", "close_reason", "exit_type"] },
];

/** `orders.csv`: one row, one order as it ended. */
export const orderAliases: readonly AliasedField[] = [
  ...common,
  {
    field: "order_id",
    names: ["order_id", "id"],
    otherwise: ["client_order_id", "exchange_order_id"],
    isRequired: true,
  },
  { field: "side", names: ["side", "direction", "order_side"], isRequired: true },
  { field: "size", names: [...SIZE, "orig_qty", "order_qty", "order_size"], isRequired: true },
  { field: "status", names: ["status", "state", "order_status"], isRequired: true },
  {
    field: "time",
    names: ["created_at", "create_time", "order_time", "order_date", "placed_at", "submitted_at", "entry_time"],
    otherwise: ANY_TIME,
    isRequired: true,
  },
  {
    field: "end_time",
    names: ["end_time", "update_time", "updated_at", "filled_at", "fill_time", "closed_at", "close_time", "done_at"],
  },
  { field: "price", names: ["price", "limit_price", "order_price"] },
  {
    field: "avg_price",
    names: ["avg_price", "average_price", "average", "fill_price", "filled_price", "executed_price", "avg_fill_price"],
  },
  {
    field: "filled_size",
    names: ["filled_size", "filled_qty", "filled_quantity", "filled_amount", "filled", "executed_qty", "cum_qty"],
  },
  { field: "order_type", names: ["order_type", "type", "ord_type"] },
  { field: "reduce_only", names: ["reduce_only", "is_reduce_only", "close_only"] },
  { field: "time_in_force", names: ["time_in_force", "tif"] },
  { field: "reason", names: ["reason", "reject_reason", "cancel_reason", "error", "message"] },
];
