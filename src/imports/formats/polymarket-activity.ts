import { Occurrences, Told } from "../content-id.ts";
import { type ImportFormat, type ImportInput, type ImportItem, mapped, refused, told, Unmappable } from "../format.ts";
import { Fields } from "../json-fields.ts";
import { hasNames } from "../json-items.ts";
import { jsonRows } from "../json-text.ts";
import { activityEnvelope, type Contract, contractOf, POLYMARKET } from "../polymarket-contract.ts";
import { Redemptions } from "../polymarket-redemptions.ts";

/** Paid to the wallet for no position of its own. */
const PAYMENTS = new Set(["REWARD", "MAKER_REBATE", "REFERRAL_REWARD", "YIELD"]);
/** These open or close all outcomes of a market at once, without a price for any of them. */
const SETS = new Set(["SPLIT", "MERGE", "CONVERSION"]);

/** What one wallet did on Polymarket, as its public activity list tells it. */
export const polymarketActivity: ImportFormat = {
  name: "polymarket-activity",
  about: "a wallet's activity on Polymarket, a JSON array or one a line",
  detect: (head) => hasNames(head, ["conditionId"], ["transactionHash"], ["usdcSize"]),
  open,
};

async function* open(input: ImportInput): AsyncGenerator<ImportItem, void> {
  const activity = new Activity(input);
  for await (const found of jsonRows(input.chunks)) {
    input.rowRead();
    const { line } = found;
    if ("problem" in found) yield refused(line, found.problem.reason, found.problem.detail);
    else yield* mapped(line, () => activity.take(new Fields(line, found.value)));
  }
  yield* activity.end();
}

class Activity {
  readonly #options: ImportInput["options"];
  readonly #occurrences = new Occurrences();
  readonly #instruments = new Told();
  readonly #redemptions = new Redemptions(this.#occurrences);

  constructor({ options }: ImportInput) {
    this.#options = options;
  }

  take(row: Fields): readonly ImportItem[] {
    const type = row.needText("type").toUpperCase();
    if (type === "TRADE") return this.#trade(row);
    if (type === "REDEEM") return this.#redemptions.redeem(row, activityEnvelope(row, this.#options));
    if (PAYMENTS.has(type)) return [this.#payment(row, type)];
    if (!SETS.has(type)) throw new Unmappable("the type has no mapping", type);
    this.#redemptions.blur(row.needText("conditionId"));
    throw new Unmappable("it moves all outcomes of a market at once, and the row has no price of any", type);
  }

  end(): readonly ImportItem[] {
    return this.#redemptions.end();
  }

  #trade(row: Fields): readonly ImportItem[] {
    const contract = contractOf(row);
    const envelope = activityEnvelope(row, this.#options);
    const [side, price, size] = [row.needSide("side"), row.needDecimal("price"), row.needDecimal("size")];
    const hash = row.needText("transactionHash");
    const said = [hash, contract.token, row.needTime("timestamp"), side, price, size].join("\t");
    // One transaction may match several orders of the wallet, at the same price too.
    const fillId = `${hash}:${this.#occurrences.idOf(said)}`;
    const fill = told(row.line, {
      type: "fill",
      ...envelope,
      id: `fill:${fillId}`,
      fill_id: fillId,
      venue: POLYMARKET,
      symbol: contract.symbol,
      side,
      price,
      size,
      usdc_size: row.decimal("usdcSize"),
      transaction_hash: hash,
    });
    const instrument = this.#instrument(row, contract, envelope);
    this.#redemptions.trade(contract, side, size);
    return [...instrument, fill];
  }

  #instrument(row: Fields, contract: Contract, envelope: ReturnType<typeof activityEnvelope>): ImportItem[] {
    const { symbol, token, condition, outcome } = contract;
    if (!this.#instruments.isNew(`${envelope.mode}:${symbol}`)) return [];
    return [
      told(row.line, {
        type: "instrument",
        ...envelope,
        id: `instrument:${token}`,
        venue: POLYMARKET,
        symbol,
        kind: "binary",
        quote: "USDC",
        payout: "1",
        event_id: row.text("eventSlug"),
        outcome: outcome?.toLowerCase(),
        title: row.text("title") ?? row.text("slug"),
        token_id: token,
        condition_id: condition,
        market_slug: row.text("slug"),
      }),
    ];
  }

  #payment(row: Fields, type: string): ImportItem {
    const hash = row.needText("transactionHash");
    const amount = row.needDecimal(["usdcSize", "size"]);
    const transaction = `${hash}:${this.#occurrences.idOf([hash, type, amount].join("\t"))}`;
    return told(row.line, {
      type: "income",
      ...activityEnvelope(row, this.#options),
      id: `income:${transaction}`,
      venue: POLYMARKET,
      income_type: type,
      amount,
      currency: "USDC",
      transaction_id: transaction,
    });
  }
}
