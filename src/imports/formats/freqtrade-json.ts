import { RecordCells } from "../cells.ts";
import { Told } from "../content-id.ts";
import { type ImportFormat, type ImportInput, type ImportItem, refused, WrongFormat } from "../format.ts";
import { freqtradeItems } from "../freqtrade.ts";
import { isObject, type JsonObject } from "../json-fields.ts";
import { jsonDocument } from "../json-text.ts";

/**
 * Trades of freqtrade as JSON: `show-trades --print-json` and `/api/v1/trades` (orders within their trades), or its tables
 * `trades` and `orders` as two lists. Lines count trades and orders in the order in which they stand.
 */
export const freqtradeJson: ImportFormat = {
  name: "freqtrade-json",
  about: "trades with their orders of freqtrade, as JSON",
  detect: (head) => /^\s*[{[]/.test(head) && head.includes('"open_rate"') && head.includes('"stake_amount"'),
  open,
};

async function* open(input: ImportInput): AsyncGenerator<ImportItem, void> {
  const { trades, orders } = documentOf(await jsonDocument(input.chunks));
  const course = { options: input.options, instruments: new Told() };
  const ofTrade = Map.groupBy(orders, (order) => String(order["ft_trade_id"]));
  let line = 0;
  const cells = (fields: JsonObject): RecordCells => {
    input.rowRead();
    return new RecordCells(++line, fields);
  };
  for (const fields of trades) {
    const id = String(fields["trade_id"] ?? fields["id"]);
    const trade = cells({ ...fields, id });
    const own = [...recordsOf(fields["orders"]), ...(ofTrade.get(id) ?? [])].map(cells);
    ofTrade.delete(id);
    yield* freqtradeItems({ trade, orders: own }, course);
  }
  for (const lost of [...ofTrade.values()].flat())
    yield refused(cells(lost).line, "the trade of the order is not in the file", String(lost["ft_trade_id"]));
}

function documentOf(document: unknown): {
  readonly trades: readonly JsonObject[];
  readonly orders: readonly JsonObject[];
} {
  if (Array.isArray(document)) return { trades: recordsOf(document), orders: [] };
  if (!isObject(document) || !Array.isArray(document["trades"])) throw new WrongFormat("no list of trades in it");
  return { trades: recordsOf(document["trades"]), orders: recordsOf(document["orders"]) };
}

/** What is no object has no fields, and its row is refused for that. */
const recordsOf = (value: unknown): JsonObject[] =>
  Array.isArray(value) ? value.map((entry: unknown) => (isObject(entry) ? entry : {})) : [];
