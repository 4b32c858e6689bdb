import { ok, type Result } from "../../base/result.ts";
import { canonicalDecimal, type Decimal, decimal, sign } from "../../domain/decimal.ts";
import { tradeAliases } from "../../imports/column-aliases.ts";
import type { Fills, Quotes } from "../../metrics/microstructure/columns.ts";
import { FillLedger, type FillStep, type FillTotals } from "../../view/report/fill-ledger.ts";
import type { TradeSeries } from "../../view/report/trade-series.ts";
import type { FileRead } from "./read-series.ts";
import { BadRow, readTable, type TableRow } from "./table-file.ts";

/** How a file may call one of our columns: as the golden values do, or as bots do. */
const aliases = (own: string, field: string): readonly string[] => [
  own,
  ...tradeAliases
    .filter((each) => each.field === field)
    .flatMap(({ names, otherwise = [] }) => [...names, ...otherwise]),
];

const CLOSED = aliases("close_ts_ms", "exit_time");
const OPENED = aliases("open_ts_ms", "entry_time");
const NET = aliases("pnl_net", "pnl");
const GROSS = aliases("pnl_gross", "gross_pnl");
const FEE = aliases("fee", "fee");

/** Reads closed trades, one a row: `open_ts_ms,close_ts_ms,side,notional,…,pnl_net`, or a bot's own trades.csv. */
export async function readTrades(path: string): Promise<Result<FileRead<TradeSeries>, string>> {
  const trades: { openedAt: number; closedAt: number; pnl: number }[] = [];
  const read = await readTable(path, [CLOSED, [...NET, ...GROSS]], (row) => {
    const closedAt = row.time(CLOSED);
    const openedAt = OPENED.some((name) => row.text(name) !== "") ? row.time(OPENED) : Number.NaN;
    if (openedAt > closedAt) throw new BadRow("closed before it was opened");
    trades.push({ openedAt, closedAt, pnl: profitOf(row) });
  });
  if (!read.ok) return read;
  trades.sort((a, b) => a.closedAt - b.closedAt);
  const value = {
    openedAt: Float64Array.from(trades, ({ openedAt }) => openedAt),
    closedAt: Float64Array.from(trades, ({ closedAt }) => closedAt),
    pnl: Float64Array.from(trades, ({ pnl }) => pnl),
    source: path,
  };
  return ok({ value, outcome: read.value });
}

/** What is after fees where the file says it, else the gross profit less the fee. */
function profitOf(row: TableRow): number {
  const net = NET.find((name) => row.has(name));
  if (net !== undefined) return row.number(net);
  const gross = row.number(GROSS.find((name) => row.has(name)) ?? "pnl_gross");
  const fee = FEE.find((name) => row.has(name));
  if (fee === undefined) throw new BadRow("a gross profit without a fee: a column pnl_net or fee is needed");
  return gross - row.number(fee);
}

const QUANTITY = ["qty", "quantity", "size", "amount"] as const;
const TIMES = ["ts_ms", "ts", "time", "timestamp"] as const;

/** Reads fills of one instrument in their order: `i,side,qty,price,fee`. Exact. */
export async function readLedgerFills(
  path: string,
): Promise<Result<FileRead<{ readonly totals: FillTotals; readonly steps: readonly FillStep[] }>, string>> {
  const ledger = new FillLedger();
  const steps: FillStep[] = [];
  const read = await readTable(path, [["side"], QUANTITY, ["price"]], (row) => {
    const quantity = exact(row, quantityColumn(row));
    if (sign(quantity) <= 0) throw new BadRow("the quantity is not above 0");
    const fee = row.has("fee") ? exact(row, "fee") : undefined;
    steps.push(ledger.take({ side: sideOf(row), quantity, price: exact(row, "price"), fee }));
  });
  return read.ok ? ok({ value: { totals: ledger.totals, steps }, outcome: read.value }) : read;
}

const quantityColumn = (row: TableRow): string => QUANTITY.find((name) => row.has(name)) ?? "qty";

function exact(row: TableRow, column: string): Decimal {
  const text = row.text(column);
  const canonical = canonicalDecimal(text);
  if (canonical === undefined)
    throw new BadRow(text === "" ? `${column} is empty` : `${column} is no number: ${text.slice(0, 40)}`);
  if (Math.abs(Number(canonical)) > SIZE_MAX) throw new BadRow(`${column} is too large: ${text.slice(0, 40)}`);
  return decimal(canonical);
}

/** No price, size or fee is so large. */
const SIZE_MAX = 1e15;

function sideOf(row: TableRow): "buy" | "sell" {
  const side = row.text("side").toLowerCase();
  if (side === "buy" || side === "sell") return side;
  throw new BadRow(`side is neither buy nor sell: ${side.slice(0, 40)}`);
}

/** Fills with their times, in order of time. */
export interface TimedFills {
  readonly fills: Fills;
  readonly ids: readonly string[];
}

/** Reads fills of one instrument with their times: `id,ts_ms,side,price,qty,liquidity,fee`. */
export async function readTimedFills(path: string): Promise<Result<FileRead<TimedFills>, string>> {
  const rows: { id: string; at: number; side: number; price: number; quantity: number; fee: number; maker: number }[] =
    [];
  const read = await readTable(path, [TIMES, ["side"], QUANTITY, ["price"]], (row) => {
    const quantity = row.number(quantityColumn(row));
    const price = row.number("price");
    if (quantity <= 0 || price <= 0) throw new BadRow("price and quantity have to be above 0");
    const fee = row.has("fee") ? row.number("fee") : Number.NaN;
    const id = row.text("id") || row.text("i") || String(rows.length);
    rows.push({
      id,
      at: row.time(TIMES),
      side: sideOf(row) === "buy" ? 1 : -1,
      price,
      quantity,
      fee,
      maker: makerOf(row),
    });
  });
  if (!read.ok) return read;
  rows.sort((a, b) => a.at - b.at);
  const fills = {
    at: Float64Array.from(rows, ({ at }) => at),
    side: Int8Array.from(rows, ({ side }) => side),
    price: Float64Array.from(rows, ({ price }) => price),
    quantity: Float64Array.from(rows, ({ quantity }) => quantity),
    fee: Float64Array.from(rows, ({ fee }) => fee),
    maker: Int8Array.from(rows, ({ maker }) => maker),
  };
  return ok({ value: { fills, ids: rows.map(({ id }) => id) }, outcome: read.value });
}

/** 1 maker, 0 taker, −1 not said. */
function makerOf(row: TableRow): number {
  const said = (row.text("liquidity") || row.text("is_maker") || row.text("trade_type")).toLowerCase();
  if (said === "maker" || said === "true" || said === "1") return 1;
  if (said === "taker" || said === "false" || said === "0") return 0;
  if (said === "") return -1;
  throw new BadRow(`neither maker nor taker: ${said.slice(0, 40)}`);
}

/** Reads quotes of one instrument: `ts_ms,bid,ask`. */
export async function readQuotes(path: string): Promise<Result<FileRead<Quotes>, string>> {
  const [times, bids, asks]: [number[], number[], number[]] = [[], [], []];
  let isSorted = true;
  const read = await readTable(path, [TIMES, ["bid"], ["ask"]], (row) => {
    const [at, bid, ask] = [row.time(TIMES), row.number("bid"), row.number("ask")];
    if (bid < 0 || ask <= 0) throw new BadRow("bid or ask is below 0");
    if (bid > ask) throw new BadRow(`the book is crossed: bid ${bid}, ask ${ask}`);
    if (at < (times.at(-1) ?? Number.NEGATIVE_INFINITY)) isSorted = false;
    times.push(at);
    bids.push(bid);
    asks.push(ask);
  });
  if (!read.ok) return read;
  const order = isSorted ? undefined : times.map((_, index) => index).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0));
  const column = (values: readonly number[]): Float64Array =>
    order === undefined ? Float64Array.from(values) : Float64Array.from(order, (index) => values[index] as number);
  return ok({ value: { at: column(times), bid: column(bids), ask: column(asks) }, outcome: read.value });
}
