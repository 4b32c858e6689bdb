import { add, compare, type Decimal, type DecimalText, decimal, negate, ZERO } from "../domain/decimal.ts";
import { contentId, type Occurrences } from "./content-id.ts";
import { type ImportItem, told, Unmappable } from "./format.ts";
import type { Fields } from "./json-fields.ts";
import { type activityEnvelope, type Contract, POLYMARKET } from "./polymarket-contract.ts";

type Envelope = ReturnType<typeof activityEnvelope>;

interface Paid {
  readonly line: number;
  readonly envelope: Envelope;
  readonly amount: DecimalText;
  readonly slug: string | undefined;
  readonly hash: string;
}

interface Market {
  /** What the wallet's trades leave it with, by symbol. */
  readonly held: Map<string, Decimal>;
  readonly paid: Paid[];
  readonly outcomes: Map<string, string | undefined>;
  /** False once something changed the holdings that the file gives no numbers of. */
  isClear: boolean;
  isSettled: boolean;
}

/** Markets that are remembered, and redemptions that wait for the trades that explain them. Bounds memory. */
const MARKETS_MAX = 20_000;
const WAITING_MAX = 100_000;
const FURTHER = "a further redemption of a market that is told as settled";

/**
 * Tells how markets settled from what the wallet was paid. A redemption names the market and the amount, not the outcome
 * that won; a winner pays 1 for each contract held, so when the payments come to exactly what the wallet holds of one
 * outcome, that one won. Where they do not (the file begins after the position did) the payment is told as income.
 */
export class Redemptions {
  readonly #markets = new Map<string, Market>();
  readonly #occurrences: Occurrences;
  #waiting = 0;

  constructor(occurrences: Occurrences) {
    this.#occurrences = occurrences;
  }

  trade({ condition, symbol, outcome }: Contract, side: string, size: DecimalText): void {
    const market = this.#marketOf(condition);
    if (market === undefined) return;
    const { held, outcomes } = market;
    const change = side === "buy" ? decimal(size) : negate(decimal(size));
    held.set(symbol, add(held.get(symbol) ?? ZERO, change));
    outcomes.set(symbol, outcome);
  }

  /** What follows from a redemption; nothing as long as it may yet be told which outcome won. */
  redeem(row: Fields, envelope: Envelope): readonly ImportItem[] {
    const amount = row.needDecimal("usdcSize");
    const { line } = row;
    if (amount === "0") return [{ line, leftOut: "a redemption that paid nothing" }];
    const market = this.#marketOf(row.needText("conditionId"));
    const paid = { line, envelope, amount, slug: row.text("slug"), hash: row.needText("transactionHash") };
    if (market === undefined) return [this.#income(paid)];
    if (market.isSettled) return [{ line, leftOut: FURTHER }];
    if (this.#waiting >= WAITING_MAX) throw new Unmappable("too many redemptions wait for the trades of their market");
    this.#waiting++;
    market.paid.push(paid);
    return this.#settled(market);
  }

  /** The holdings of a market changed by an unknown amount: its redemptions no longer tell which outcome won. */
  blur(condition: string): void {
    const market = this.#marketOf(condition);
    if (market !== undefined) market.isClear = false;
  }

  end(): readonly ImportItem[] {
    const items = [...this.#markets.values()].flatMap((market) => {
      if (market.isSettled) return [];
      const settled = this.#settled(market);
      return settled.length > 0 ? settled : market.paid.map((paid) => this.#income(paid));
    });
    this.#markets.clear();
    return items;
  }

  /** Undefined for a market beyond those that are remembered. */
  #marketOf(condition: string): Market | undefined {
    const known = this.#markets.get(condition);
    if (known !== undefined || this.#markets.size >= MARKETS_MAX) return known;
    const market: Market = { held: new Map(), paid: [], outcomes: new Map(), isClear: true, isSettled: false };
    this.#markets.set(condition, market);
    return market;
  }

  #settled(market: Market): ImportItem[] {
    const [first, ...others] = market.paid;
    const winner = winnerOf(market);
    if (first === undefined || winner === undefined) return [];
    market.isSettled = true;
    this.#waiting -= market.paid.length;
    const outcome = market.outcomes.get(winner)?.toLowerCase();
    const settlements = [...market.held.keys()].map((symbol) =>
      told(first.line, {
        type: "settlement",
        ...first.envelope,
        id: `settlement:${contentId([first.hash, symbol].join("\t"))}`,
        venue: POLYMARKET,
        symbol,
        outcome,
        payout_per_unit: symbol === winner ? "1" : "0",
        transaction_hash: first.hash,
      }),
    );
    return [...settlements, ...others.map(({ line }) => ({ line, leftOut: FURTHER }))];
  }

  #income({ line, envelope, amount, slug, hash }: Paid): ImportItem {
    const said = ["REDEEM", hash, slug ?? "", amount].join("\t");
    const transaction = `${hash}:${this.#occurrences.idOf(said)}`;
    return told(line, {
      type: "income",
      ...envelope,
      id: `income:${transaction}`,
      venue: POLYMARKET,
      symbol: slug,
      income_type: "REDEEM",
      amount,
      currency: "USDC",
      transaction_id: transaction,
    });
  }
}

/** The outcome of which the wallet holds exactly as much as it was paid; undefined when none or more than one is so. */
function winnerOf({ held, paid, isClear }: Market): string | undefined {
  if (!isClear) return undefined;
  const total = paid.reduce((sum, { amount }) => add(sum, decimal(amount)), ZERO);
  const candidates = [...held].filter(([, size]) => compare(size, total) === 0);
  return candidates.length === 1 ? candidates[0]?.[0] : undefined;
}
