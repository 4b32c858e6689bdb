import { parseExactJson } from "../../protocol/exact-json.ts";
import { RecordCells } from "../cells.ts";
import { Told } from "../content-id.ts";
import { type ImportFormat, type ImportInput, type ImportItem, refused, WrongFormat } from "../format.ts";
import { freqtradeItems } from "../freqtrade.ts";

/** One document has to be read whole; a longer one is a database's work. */
const CHARS_MAX = 64 * 2 ** 20;

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

type Fields = Readonly<Record<string, unknown>>;

async function* open(input: ImportInput): AsyncGenerator<ImportItem, void> {
  const { trades, orders } = documentOf(await wholeText(input.chunks));
  const course = { options: input.options, instruments: new Told() };
  const ofTrade = Map.groupBy(orders, (order) => String(order["ft_trade_id"]));
  let line = 0;
  const cells = (fields: Fields): RecordCells => {
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

async function wholeText(chunks: AsyncIterable<string>): Promise<string> {
  const texts: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > CHARS_MAX)
      throw new WrongFormat(`longer than ${CHARS_MAX} characters; import freqtrade's database instead`);
    texts.push(chunk);
  }
  return texts.join("");
}

function documentOf(text: string): { readonly trades: readonly Fields[]; readonly orders: readonly Fields[] } {
  const document = jsonOf(text);
  if (Array.isArray(document)) return { trades: recordsOf(document), orders: [] };
  if (!isRecord(document) || !Array.isArray(document["trades"])) throw new WrongFormat("no list of trades in it");
  return { trades: recordsOf(document["trades"]), orders: recordsOf(document["orders"]) };
}

function jsonOf(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch (error) {
    throw new WrongFormat(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const isRecord = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What is no object has no fields, and its row is refused for that. */
const recordsOf = (value: unknown): Fields[] =>
  Array.isArray(value) ? value.map((entry: unknown) => (isRecord(entry) ? entry : {})) : [];
