import { canonicalDecimal, type DecimalText } from "../domain/decimal.ts";
import { type ImportFormat, type ImportInput, type ImportItem, type ImportMode, told, Unmappable } from "./format.ts";
import { type Occurrences, Told } from "./content-id.ts";
import type { Fields } from "./json-fields.ts";
import { hasLineWith, lineItems } from "./json-items.ts";

/**
 * What the files of the fill-quality run have in common: a paper market maker and taker on Kraken's spot and futures
 * venues. Its files say `spot` and `fut` and name no market, so the symbols are SPOT and FUT.
 */
export interface RunMarket {
  readonly venue: string;
  readonly symbol: string;
}

const MARKETS: Readonly<Record<string, RunMarket & { readonly kind: "spot" | "linear" }>> = {
  spot: { venue: "kraken", symbol: "SPOT", kind: "spot" },
  fut: { venue: "kraken-futures", symbol: "FUT", kind: "linear" },
};

export const RUN_CURRENCY = "USD";
const SIZE_DECIMALS = 8;

export function runMarket(name: string): RunMarket {
  const market = Object.hasOwn(MARKETS, name) ? MARKETS[name] : undefined;
  if (market === undefined) throw new Unmappable("the venue is neither spot nor fut", name);
  return { venue: market.venue, symbol: market.symbol };
}

export interface RunEnvelope {
  readonly bot: string;
  readonly mode: ImportMode;
  readonly strategy: string;
}

export const runEnvelope = ({ options }: ImportInput): RunEnvelope => ({
  bot: options.bot ?? "fill-quality",
  mode: options.mode ?? "paper",
  strategy: "market-making",
});

/** The id of an order, the same from every file of a run. */
export const runOrderId = (row: Fields): string => `${row.text("run_id") ?? "run"}:${row.needText("oid")}`;

/** A size as the run's own table of fills rounds it, so that both files say the same. */
export function runSize(row: Fields, name: string): DecimalText {
  const size = canonicalDecimal(Number(row.needDecimal(name)).toFixed(SIZE_DECIMALS));
  if (size === undefined) throw new Unmappable(`${name} is too large`, row.text(name));
  return size;
}

/** Whether an order or a fill made the market. */
export function isMaker(row: Fields): boolean {
  const kind = row.needText("kind");
  if (kind !== "maker" && kind !== "taker") throw new Unmappable("kind is neither maker nor taker", kind);
  return kind === "maker";
}

/** Tells the instrument of a row once in an import. */
export class RunInstruments {
  readonly #told = new Told();

  tell(line: number, envelope: RunEnvelope & { readonly ts: string }, name: string): ImportItem[] {
    const { venue, symbol } = runMarket(name);
    if (!this.#told.isNew(name)) return [];
    const kind = MARKETS[name]?.kind;
    const id = `instrument:${venue}:${symbol}`;
    const settle = kind === "linear" ? RUN_CURRENCY : undefined;
    return [
      told(line, {
        type: "instrument",
        ...envelope,
        id,
        venue,
        symbol,
        kind,
        quote: RUN_CURRENCY,
        settle,
        category: "crypto",
      }),
    ];
  }
}

/** The bot's own measure of a fill some time after it, the same from both files that have it. */
export const markoutMetric = (row: Fields, envelope: RunEnvelope, time: string): ImportItem =>
  told(row.line, {
    type: "metric",
    ...envelope,
    ts: row.needIso(time),
    id: `markout:${runOrderId(row)}:${row.needText("horizon")}`,
    name: "markout_bps",
    value: row.needNumber("markout_bps"),
    unit: "bps",
    labels: { venue: runMarket(row.needText("venue")).venue, horizon: row.needText("horizon") },
    order_id: runOrderId(row),
  });

/** A format of the run's NDJSON files, known by the fields of its lines. */
export const runFormat = (
  name: string,
  about: string,
  fields: readonly string[],
  mapper: (input: ImportInput) => (row: Fields) => readonly ImportItem[],
): ImportFormat => ({
  name,
  about,
  detect: (head) => hasLineWith(head, fields),
  open: (input) => lineItems(input, mapper(input)),
});

/** An order may fill more than once: price and size tell its fills apart, and how often they were said. */
export const runFillId = (orderId: string, price: string, size: string, occurrences: Occurrences): string =>
  `${orderId}:${occurrences.idOf([orderId, price, size].join("\t"))}`;
