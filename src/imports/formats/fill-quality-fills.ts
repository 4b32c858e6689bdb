import { decimal, decimalText, multiply } from "../../domain/decimal.ts";
import { Occurrences } from "../content-id.ts";
import {
  isMaker,
  RUN_CURRENCY,
  RunInstruments,
  runEnvelope,
  runFormat,
  runMarket,
  runOrderId,
  runSize,
} from "../fill-quality.ts";
import type { ImportInput, ImportItem } from "../format.ts";
import { told } from "../format.ts";
import type { Fields } from "../json-fields.ts";
import { runFillId } from "../fill-quality.ts";

/** What a fill is measured by besides its price: kept under the run's own names. */
const MEASURES = [
  "arrival_spread_bps",
  "slippage_total_bps",
  "slippage_surprise_bps",
  "expected_slippage_center_bps",
  "delay_plus_impact_bps",
  "all_in_bps",
  "fee_bps",
  "latency_ms",
  "decision_to_fill_ms",
  "feed_lag_ms",
  "book_age_ms",
  "queue_ahead",
] as const;

const PER_BPS = decimal("0.0001");

/** The table of fills of the fill-quality run: one line, one fill with the mid at arrival and at the fill, and its fee. */
export const fillQualityFills = runFormat(
  "fill-quality-fills",
  "fills.jsonl of the fill-quality run",
  ["oid", "fill_price", "fill_qty", "fill_mid", "arrival_mid", "run_id"],
  (input) => fillMapper(input),
);

function fillMapper(input: ImportInput): (row: Fields) => readonly ImportItem[] {
  const [instruments, occurrences] = [new RunInstruments(), new Occurrences()];
  const envelope = runEnvelope(input);
  return (row) => {
    const base = { ...envelope, ts: row.needIso("ts") };
    const market = row.needText("venue");
    const [price, size] = [row.needDecimal("fill_price"), runSize(row, "fill_qty")];
    const orderId = runOrderId(row);
    const fillId = runFillId(orderId, price, size, occurrences);
    const fill = told(row.line, {
      type: "fill",
      ...base,
      id: `fill:${fillId}`,
      fill_id: fillId,
      order_id: orderId,
      quote_id: isMaker(row) ? orderId : undefined,
      ...runMarket(market),
      side: row.needSide("side"),
      price,
      size,
      is_maker: isMaker(row),
      ...feeOf(row, price, size),
      arrival_mid: row.decimal("arrival_mid"),
      mid: row.decimal("fill_mid"),
      reason: row.text("reason"),
      ...Object.fromEntries(MEASURES.map((name) => [name, row.number(name)])),
    });
    return [...instruments.tell(row.line, base, market), fill];
  };
}

/** The file has the rate only: the fee is rate × price × size, in the currency that the price is in. */
function feeOf(row: Fields, price: string, size: string) {
  const rate = row.decimal("fee_bps");
  if (rate === undefined) return {};
  const notional = multiply(decimal(price), decimal(size));
  const fee = decimalText(multiply(multiply(notional, decimal(rate)), PER_BPS));
  return { fee, fee_currency: RUN_CURRENCY };
}
