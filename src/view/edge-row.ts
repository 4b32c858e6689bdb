import type { EdgeView } from "../protocol/api.ts";
import { cents, fixed } from "./number-format.ts";
import { type Shown, plain, unknownValue } from "./shown.ts";

/** A live edge as a row. Units: cents of a contract. */
export interface EdgeRow {
  /** The title of the pair; its two markets where it has none. */
  readonly market: string;
  readonly net: Shown;
  readonly slippage: Shown;
  /** What is left after the expected slippage. */
  readonly afterSlippage: Shown;
  readonly confidence: Shown;
  readonly leader: Shown;
  readonly direction: Shown;
}

/** The cells of an edge. */
export function edgeRow(edge: EdgeView): EdgeRow {
  const slippage = edge.expected_slippage_cents;
  return {
    market: edge.title ?? `${edge.primary_market} ↔ ${edge.hedge_market}`,
    net: cents(edge.net_edge_cents, "not reported"),
    slippage: slippage === undefined ? unknownValue("the bot gave no expected slippage") : plain(fixed(slippage, 2)),
    afterSlippage: cents(
      slippage === undefined ? undefined : edge.net_edge_cents - slippage,
      "needs the expected slippage, and the bot gave none",
    ),
    confidence: edge.confidence === undefined ? unknownValue("the bot gave none") : plain(fixed(edge.confidence, 2)),
    leader: edge.leader === undefined ? unknownValue("the bot named no leading venue") : plain(edge.leader),
    direction: direction(edge),
  };
}

function direction(edge: EdgeView): Shown {
  const text = edge.direction ?? edge.best_side;
  return text === undefined ? unknownValue("the bot gave no direction") : plain(text);
}
