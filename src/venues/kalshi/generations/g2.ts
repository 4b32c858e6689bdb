import type { BookLevel } from "../../../domain/order-book.ts";
import type { Json, KalshiGeneration } from "../messages.ts";
import { countedLevels, textLevels } from "./fields.ts";
import { g1 } from "./g1.ts";
import { g3 } from "./g3.ts";

/**
 * From late 2025 to spring 2026: cents beside dollars, counts beside fixed-point sizes. Only the newer of the two can
 * tell a fraction of a cent or of a contract, so it counts wherever it is there.
 */
export const g2: KalshiGeneration = {
  snapshot: (msg) => {
    const [yes, no] = [finestLevels(msg, "yes"), finestLevels(msg, "no")];
    const read = g3.snapshot({ market_ticker: msg["market_ticker"] });
    return read && yes && no && { ...read, yes, no };
  },
  delta: (msg) => g3.delta(msg) ?? mixedDelta(msg),
  ticker: (msg) => {
    const [newer, older] = [g3.ticker(msg), g1.ticker(msg)];
    if (newer === undefined || older === undefined) return undefined;
    const { last, bid, ask } = newer;
    return { ...newer, last: last ?? older.last, bid: bid ?? older.bid, ask: ask ?? older.ask };
  },
  trade: (msg) => g3.trade(msg) ?? g1.trade(msg),
  fill: (msg) => g3.fill(msg) ?? g1.fill(msg),
  position: (msg) => g3.position(msg) ?? g1.position(msg),
};

function finestLevels(msg: Json, side: "yes" | "no"): readonly BookLevel[] | undefined {
  const fixedPoint = msg[`${side}_dollars_fp`];
  if (Array.isArray(fixedPoint)) return textLevels(fixedPoint);
  return countedLevels(msg[`${side}_dollars`] ?? msg[side]);
}

/** Price in dollars, size still as a count. */
function mixedDelta(msg: Json): ReturnType<KalshiGeneration["delta"]> {
  const older = g1.delta(msg);
  const price = msg["price_dollars"];
  return older && { ...older, price: typeof price === "string" ? price : older.price };
}
