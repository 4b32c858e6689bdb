import { contentId } from "../content-id.ts";
import { type ImportFormat, type ImportInput, type ImportItem, mapped, refused, told, Unmappable } from "../format.ts";
import { Fields, isObject } from "../json-fields.ts";
import { hasNames } from "../json-items.ts";
import { jsonRows } from "../json-text.ts";
import { parseExactJson } from "../../protocol/exact-json.ts";

const VENUE = "binance-futures";
const DEPTH_MAX = 8;

/**
 * Rows of Binance's `/fapi/v1/income`: an array, NDJSON, or either kept inside another object, also as a JSON text in a
 * string. Amounts are signed as the venue has them: received > 0, paid < 0.
 */
export const binanceIncome: ImportFormat = {
  name: "binance-income",
  about: "income rows of Binance USD-M futures (/fapi/v1/income), a JSON array or one a line",
  detect: (head) => /"incomeType\\*"/.test(head) && /"tranId\\*"/.test(head) && hasNames(head),
  open,
};

async function* open(input: ImportInput): AsyncGenerator<ImportItem, void> {
  for await (const row of jsonRows(input.chunks)) {
    if ("problem" in row) {
      input.rowRead();
      yield refused(row.line, row.problem.reason, row.problem.detail);
      continue;
    }
    const found = [...incomeRows(row.value, 0)];
    if (found.length === 0) {
      input.rowRead();
      yield refused(row.line, "no income row");
    }
    for (const value of found) {
      input.rowRead();
      yield* mapped(row.line, () => [incomeOf(new Fields(row.line, value), input)]);
    }
  }
}

/** The income rows in a value, however deep they are kept. */
function* incomeRows(value: unknown, depth: number): Generator<unknown, void> {
  if (depth > DEPTH_MAX) return;
  if (isObject(value)) {
    if (Object.hasOwn(value, "incomeType")) yield value;
    else for (const part of Object.values(value)) yield* incomeRows(part, depth + 1);
  } else if (Array.isArray(value)) for (const part of value) yield* incomeRows(part, depth + 1);
  else if (typeof value === "string" && /^\s*\[.*"incomeType"/s.test(value))
    yield* incomeRows(jsonIn(value), depth + 1);
}

function jsonIn(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    // A text that only looks like rows has none.
    return undefined;
  }
}

function incomeOf(row: Fields, { options }: ImportInput): ImportItem {
  const type = row.needText("incomeType");
  const transaction = row.needText("tranId");
  const isExact = typeof row.get("tranId") === "string" || Number.isSafeInteger(row.get("tranId"));
  if (!isExact || !/^\d+$/.test(transaction)) throw new Unmappable("tranId is not an exact integer", transaction);
  const currency = row.needText("asset");
  const symbol = row.text("symbol");
  return told(row.line, {
    type: "income",
    bot: options.bot ?? VENUE,
    mode: options.mode ?? "live",
    ts: row.needIso("time"),
    id: `income:${contentId([type, transaction, currency, symbol ?? ""].join("\t"))}`,
    venue: VENUE,
    symbol,
    income_type: type,
    amount: row.needDecimal("income"),
    currency,
    transaction_id: transaction,
    trade_id: row.text("tradeId"),
    info: row.text("info"),
  });
}
