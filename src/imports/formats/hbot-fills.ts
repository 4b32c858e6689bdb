import { Occurrences, Told } from "../content-id.ts";
import { type ImportFormat, type ImportItem, type ImportOptions, told } from "../format.ts";
import { hbotInstrument, hbotMarket, isoOf } from "../hbot-row.ts";
import { hasColumns, type Row, tableItems } from "../table.ts";

const COLUMNS = [
  "ts",
  "bot_variant",
  "exchange",
  "trading_pair",
  "side",
  "price",
  "amount_base",
  "order_id",
  "is_maker",
];

/** Its `*_pct` columns are ratios (0.00425 stands 0.425 % from the mid), so one of them is this many basis points. */
const BPS_PER_RATIO = 10_000;

/** The fills of the paper market maker: one row, one fill. */
export const hbotFills: ImportFormat = {
  name: "hbot-paper-fills",
  about: "fills.csv of the hbot paper market maker",
  detect: (head) => hasColumns(head, COLUMNS),
  open: (input) => {
    const instruments = new Told();
    const occurrences = new Occurrences();
    return tableItems(input, COLUMNS, (row) => [
      ...hbotInstrument(row, hbotMarket(row, input.options), instruments),
      fillOf(row, input.options, occurrences),
    ]);
  },
};

function fillOf(row: Row, options: ImportOptions, occurrences: Occurrences): ImportItem {
  const { envelope, venue, symbol, quote } = hbotMarket(row, options);
  const ts = isoOf(row);
  const orderId = row.need("order_id");
  const [side, price, size] = [
    row.need("side").toLowerCase(),
    row.needDecimal("price"),
    row.needDecimal("amount_base"),
  ];
  // An order may fill more than once and the file has no fill ids: what was filled when tells the fills of an order apart.
  const fillId = `${orderId}:${occurrences.idOf([venue, symbol, orderId, ts, side, price, size].join("\t"))}`;
  const fee = row.decimal("fee_quote");
  const spread = row.number("expected_spread_pct");
  return told(row.line, {
    type: "fill",
    ...envelope,
    ts,
    id: `fill:${fillId}`,
    fill_id: fillId,
    order_id: orderId,
    venue,
    symbol,
    side,
    price,
    size,
    is_maker: row.flag("is_maker"),
    fee,
    fee_currency: fee === undefined ? undefined : quote,
    mid: row.decimal("mid_ref"),
    expected_spread_bps: spread === undefined ? undefined : spread * BPS_PER_RATIO,
    adverse_drift_30s: row.number("adverse_drift_30s"),
    notional_quote: row.decimal("notional_quote"),
    realized_pnl_quote: row.decimal("realized_pnl_quote"),
    bot_state: row.get("state"),
    fee_source: row.get("fee_source"),
  });
}
