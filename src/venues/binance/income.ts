import { microsFromMs } from "../../base/time.ts";
import { canonicalDecimal } from "../../domain/decimal.ts";
import type { IncomeRange, VenueIncome, VenueReading } from "../../domain/venue-account.ts";
import type { BinanceApi } from "./account-api.ts";

const PATH = "/fapi/v1/income";
const WEIGHT = 30;
const ROWS = 1_000;
/** Longer windows are not documented. */
const WINDOW_MS = 7 * 86_400_000;
/** Pages of one millisecond that are read at most. */
const PAGES_MAX = 20;

type Json = Readonly<Record<string, unknown>>;
type Page = { readonly ok: true; readonly rows: readonly Json[] } | { readonly ok: false; readonly reason: string };

/**
 * Everything that the account was paid or paid between two moments. The venue tells 1,000 rows at a time, in order of
 * their time: the next page begins with the millisecond at which the last one ended, for several rows share one.
 */
export async function readIncome(
  api: BinanceApi,
  url: string,
  { fromMs, toMs, type }: IncomeRange,
): Promise<VenueReading<readonly VenueIncome[]>> {
  const found = new Map<string, VenueIncome>();
  const ask = (start: number, end: number, page: number): Promise<Page> =>
    askPage(api, url, { startTime: start, endTime: end, page, ...(type === undefined ? {} : { incomeType: type }) });
  for (let start = fromMs; start <= toMs; ) {
    const end = Math.min(toMs, start + WINDOW_MS - 1);
    const page = await ask(start, end, 1);
    if (!page.ok) return page;
    const last = take(found, page.rows);
    if (last === undefined) return { ok: false, reason: `${PATH}: an entry that cannot be read` };
    if (page.rows.length < ROWS) start = end + 1;
    else if (last > start) start = last;
    else {
      const whole = await wholeMillisecond(found, (number) => ask(start, start, number));
      if (whole !== undefined) return { ok: false, reason: whole };
      start += 1;
    }
  }
  return { ok: true, at: microsFromMs(toMs), value: [...found.values()] };
}

/** More rows of one millisecond than a page takes; why they could not all be had, else undefined. */
async function wholeMillisecond(
  found: Map<string, VenueIncome>,
  ask: (page: number) => Promise<Page>,
): Promise<string | undefined> {
  for (let number = 1; number <= PAGES_MAX; number++) {
    const page = await ask(number);
    if (!page.ok) return page.reason;
    if (page.rows.length > 0 && take(found, page.rows) === undefined) return `${PATH}: an entry that cannot be read`;
    if (page.rows.length < ROWS) return undefined;
  }
  return `${PATH}: more than ${PAGES_MAX * ROWS} rows of one millisecond`;
}

async function askPage(
  api: BinanceApi,
  url: string,
  {
    page,
    ...filter
  }: { readonly startTime: number; readonly endTime: number; readonly page: number; readonly incomeType?: string },
): Promise<Page> {
  const given = { ...filter, limit: ROWS, ...(page === 1 ? {} : { page }) };
  const query = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
  const answer = await api.ask({ url, path: PATH, weight: WEIGHT, query });
  if (!answer.ok) return { ok: false, reason: `${PATH}: ${answer.error.message}` };
  const rows: unknown = answer.value.body;
  return Array.isArray(rows) ? { ok: true, rows } : { ok: false, reason: `${PATH}: an answer that cannot be read` };
}

/** Keeps the rows, each once; the time of the last, 0 without any, undefined where one cannot be read. */
function take(found: Map<string, VenueIncome>, rows: readonly unknown[]): number | undefined {
  let last = 0;
  for (const row of rows) {
    const income = incomeOf(row);
    if (income === undefined) return undefined;
    const { type, transactionId, currency, symbol, amount, at } = income;
    found.set(
      [type, transactionId, currency, symbol, transactionId === undefined ? `${amount} ${at}` : ""].join("\t"),
      income,
    );
    last = Math.max(last, at / 1_000);
  }
  return last;
}

function incomeOf(row: unknown): VenueIncome | undefined {
  if (typeof row !== "object" || row === null) return undefined;
  const { incomeType: type, income, asset: currency, symbol, tranId, tradeId, time } = row as Json;
  const amount = typeof income === "string" || typeof income === "number" ? canonicalDecimal(income) : undefined;
  if (!isText(type) || amount === undefined || !isText(currency) || typeof time !== "number") return undefined;
  const id = typeof tranId === "number" ? String(tranId) : tranId;
  return {
    type,
    amount,
    currency,
    at: microsFromMs(time),
    ...(isText(symbol) ? { symbol } : {}),
    ...(isText(id) ? { transactionId: id } : {}),
    ...(isText(tradeId) ? { tradeId } : {}),
  };
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
