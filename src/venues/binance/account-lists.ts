import { absolute, decimal, decimalText, isZero, subtract, ZERO } from "../../domain/decimal.ts";
import type { VenueBalances, VenuePosition } from "../../domain/venue-account.ts";
import { exact, isRecord, isText, type Json, listOf } from "./account-fields.ts";

/** What `GET /fapi/v3/positionRisk` lists, without what is flat; undefined when an entry cannot be read. */
export const positionsIn = (body: unknown): VenuePosition[] | undefined =>
  listOf(body, positionOf)?.filter(({ size }) => size !== "0");

function positionOf(entry: Json): VenuePosition | undefined {
  const { symbol } = entry;
  const size = exact(entry["positionAmt"]);
  if (!isText(symbol) || size === undefined) return undefined;
  return { symbol, ...sidedOf(size, entry["positionSide"]), ...pricesOf(entry) };
}

function sidedOf(size: string, side: unknown): Pick<VenuePosition, "size" | "positionSide"> {
  if (side === "LONG") return { size: signed(size, "long"), positionSide: "long" };
  if (side === "SHORT") return { size: signed(size, "short"), positionSide: "short" };
  return { size };
}

function pricesOf(entry: Json): Pick<VenuePosition, "entryPrice" | "markPrice"> {
  const [entryPrice, markPrice] = [exact(entry["entryPrice"]), exact(entry["markPrice"])];
  return { ...(entryPrice === undefined ? {} : { entryPrice }), ...(markPrice === undefined ? {} : { markPrice }) };
}

function signed(size: string, side: "long" | "short"): string {
  const amount = absolute(decimal(size));
  return decimalText(side === "long" ? amount : subtract(ZERO, amount));
}

/** What `GET /fapi/v3/account` says of money; undefined when it cannot be read. */
export function balancesIn(body: unknown): VenueBalances | undefined {
  if (!isRecord(body)) return undefined;
  const assets = listOf(body["assets"], (entry) => {
    const { asset: currency } = entry;
    const [total, margin] = [exact(entry["walletBalance"]), exact(entry["marginBalance"])];
    if (!isText(currency) || total === undefined) return undefined;
    const available = exact(entry["availableBalance"]);
    return { currency, total, margin: margin ?? total, ...(available === undefined ? {} : { available }) };
  });
  if (assets === undefined) return undefined;
  const owned = assets.filter(({ total, margin }) => total !== "0" || margin !== "0");
  const [equity, maintenance] = [exact(body["totalMarginBalance"]), exact(body["totalMaintMargin"])];
  return {
    balances: owned.map(({ margin: _margin, ...asset }) => asset),
    ...(equity === undefined ? {} : { equity, equityCurrency: currencyOf(owned, equity) }),
    ...marginRatioOf(equity, maintenance),
  };
}

/** Sums are of USDT alone, but in multi-assets mode of everything in USD. */
function currencyOf(owned: readonly { readonly currency: string; readonly margin: string }[], equity: string): string {
  const tether = owned.find(({ currency }) => currency === "USDT")?.margin ?? "0";
  const difference = absolute(subtract(decimal(tether), decimal(equity)));
  return isZero(difference) || owned.length === 0 ? "USDT" : "USD";
}

function marginRatioOf(equity: string | undefined, maintenance: string | undefined) {
  const [owned, needed] = [Number(equity), Number(maintenance)];
  if (!(owned > 0) || !(needed >= 0)) return {};
  return { marginRatio: 1 - needed / owned };
}
