import { compareTexts } from "../base/compare-texts.ts";
import { type Decimal, ZERO, absolute, add, decimalToNumber, multiply } from "../domain/decimal.ts";
import { eitherReason } from "../metrics/measure.ts";
import type { ExposureAnswer, ExposureRow } from "../protocol/api.ts";
import type { Mode, PairHolding } from "./bot-state.ts";
import { instrumentKey } from "./desk-state.ts";
import type { State } from "./fold.ts";
import { unnamedCurrency } from "./ledgers.ts";
import { assetOf } from "./part.ts";
import { type ValuedHolding, valuedHoldings } from "./valued-holdings.ts";

const USD = "USD";
/** Where document 2's pair trades stand among the venues: they name none. */
const PAIR_TRADES = "pair trades";
const UNCATEGORISED = "uncategorised";

/** A sum of notionals at average cost: in USD as far as known, and why not where it is not. */
interface Sum {
  gross: Decimal;
  net: Decimal;
  positions: number;
  reason: string | undefined;
  /** Document 2's pair trades have no side: they count in gross, and leave net unknown. */
  sideless: boolean;
  /** Of what counts in it: modes are never added together. */
  readonly modes: Set<Mode>;
}

type Exposure = Omit<ExposureAnswer, "as_of" | "as_of_seq">;

/**
 * Money in the market: plain net position of each instrument at average cost, summed in USD where a quote currency is
 * USD or has a recorded rate to it, else named as unknown; all of it by currency besides. `mode` undefined: all modes; a
 * sum that positions of several fall into is not known then, as modes are never added together.
 */
export function readExposure(state: State, mode: string | undefined): Exposure {
  const sums = new ExposureSums();
  for (const bot of state.bots.values()) {
    for (const holding of valuedHoldings(state, bot, mode)) sums.position(state, bot.bot, holding);
    for (const pair of bot.pairs.values())
      if (mode === undefined || pair.mode === mode) sums.pair(state, bot.bot, pair);
  }
  return sums.answer();
}

class ExposureSums {
  readonly #venues = new Map<string, Sum>();
  readonly #categories = new Map<string, Sum>();
  readonly #assets = new Map<string, Sum>();
  readonly #bots = new Map<string, Sum>();
  readonly #currencies = new Map<string, Sum>();
  readonly #total = emptySum();

  position(state: State, bot: string, { held, valuation }: ValuedHolding): void {
    const { instrument, currency, notional, usdRate, reason } = valuation;
    const usd = notional === undefined || usdRate === undefined ? ZERO : multiply(notional, usdRate);
    const asset = assetOf(state.desk, held.venue, held.symbol);
    const scopes = { venue: held.venue, category: instrument?.category ?? UNCATEGORISED, asset, bot };
    for (const sum of this.#scopes(scopes)) addTo(sum, usd, held.mode, reason);
    const ofCurrency = entry(this.#currencies, currency ?? unnamedCurrency(held.symbol));
    addTo(ofCurrency, notional ?? ZERO, held.mode, notional === undefined ? reason : undefined);
  }

  pair(state: State, bot: string, pair: PairHolding): void {
    const legs = state.desk.pairs.get(pair.pairId)?.legs ?? [];
    const categories = legs.map((leg) => state.desk.instruments.get(instrumentKey(leg.venue, leg.symbol))?.category);
    const category = categories.find((name) => name !== undefined) ?? UNCATEGORISED;
    const scopes = { venue: PAIR_TRADES, category, asset: pair.pairId, bot };
    for (const sum of [...this.#scopes(scopes), entry(this.#currencies, USD)]) {
      sum.gross = add(sum.gross, pair.grossUsd);
      sum.positions++;
      sum.modes.add(pair.mode);
      sum.sideless = true;
      if (pair.unsized > 0)
        sum.reason = eitherReason(sum.reason, `${pair.unsized} fills of ${pair.pairId} said no size`);
    }
  }

  answer(): Exposure {
    return {
      by_venue: rows(this.#venues).map(([venue, row]) => ({ venue, ...row })),
      by_category: rows(this.#categories).map(([category, row]) => ({ category, ...row })),
      by_asset: rows(this.#assets).map(([asset, row]) => ({ asset, ...row })),
      by_bot: rows(this.#bots).map(([bot, row]) => ({ bot, ...row })),
      by_currency: [...this.#currencies]
        .sort(([a], [b]) => compareTexts(a, b))
        .map(([currency, sum]) => ({ currency, ...currencyRow(sum) })),
      total: rowOf(this.#total),
    };
  }

  #scopes({ venue, category, asset, bot }: Scopes): Sum[] {
    return [
      entry(this.#venues, venue),
      entry(this.#categories, category),
      entry(this.#assets, asset),
      entry(this.#bots, bot),
      this.#total,
    ];
  }
}

/** What a position counts in. */
interface Scopes {
  readonly venue: string;
  readonly category: string;
  readonly asset: string;
  readonly bot: string;
}

const emptySum = (): Sum => ({
  gross: ZERO,
  net: ZERO,
  positions: 0,
  reason: undefined,
  sideless: false,
  modes: new Set(),
});

function entry(sums: Map<string, Sum>, name: string): Sum {
  let sum = sums.get(name);
  if (sum === undefined) {
    sum = emptySum();
    sums.set(name, sum);
  }
  return sum;
}

function addTo(sum: Sum, amount: Decimal, mode: Mode, reason: string | undefined): void {
  sum.modes.add(mode);
  sum.gross = add(sum.gross, absolute(amount));
  sum.net = add(sum.net, amount);
  sum.positions++;
  sum.reason = eitherReason(sum.reason, reason);
}

/** Why a sum of several modes is not told; undefined where it is of one. */
const mixed = ({ modes }: Sum): string | undefined =>
  modes.size > 1 ? `${[...modes].sort().join(" and ")} are never added together: choose a mode` : undefined;

function currencyRow(sum: Sum): Omit<Exposure["by_currency"][number], "currency"> {
  const reason = mixed(sum) ?? sum.reason;
  if (reason !== undefined) return { gross: null, net: null, positions: sum.positions, reason };
  const net = sum.sideless ? null : decimalToNumber(sum.net);
  return { gross: decimalToNumber(sum.gross), net, positions: sum.positions };
}

function rowOf(sum: Sum): ExposureRow {
  const reason = mixed(sum) ?? sum.reason;
  if (reason !== undefined) return { gross_usd: null, net_usd: null, positions: sum.positions, reason };
  return {
    gross_usd: decimalToNumber(sum.gross),
    net_usd: sum.sideless ? null : decimalToNumber(sum.net),
    positions: sum.positions,
    ...(sum.sideless ? { reason: "pair trades name no side: they count in gross, and net is unknown" } : {}),
  };
}

const rows = (sums: Map<string, Sum>): [string, ExposureRow][] =>
  [...sums]
    .map(([name, sum]): [string, ExposureRow] => [name, rowOf(sum)])
    .sort(([a, of], [b, than]) => (than.gross_usd ?? 0) - (of.gross_usd ?? 0) || compareTexts(a, b));
