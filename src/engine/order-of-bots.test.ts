import { expect, test } from "vitest";
import { at, FoldedDesk } from "../../test/support/folded-desk.ts";
import type { State } from "./fold.ts";
import { readConcentration } from "./read-concentration.ts";
import { readEventPositions } from "./read-event-positions.ts";
import { readExposure } from "./read-exposure.ts";
import { readPerformance } from "./read-performance.ts";
import { readPairs, readPositions } from "./read-positions.ts";

const fill = (bot: string, symbol: string, more: object = {}) => ({
  ...{ type: "fill", bot, fill_id: `${bot} ${symbol}`, venue: "v", symbol, side: "buy", price: "1", size: 1 },
  ...more,
});

/** What five bots hold without a price, and most of it without a currency; `more`: what each did besides. */
function folded(more: (bot: string) => readonly Record<string, unknown>[] = () => []): State {
  const desk = new FoldedDesk();
  for (const symbol of ["N", "O"])
    desk.fact(0, { type: "instrument", bot: "z", venue: "v", symbol, kind: "spot", quote: "USD", event_id: "E" });
  for (const [index, bot] of ["c", "a", "e", "b", "d"].entries())
    for (const said of [fill(bot, `M-${5 - index}`), fill(bot, "O"), fill(bot, "N"), ...more(bot)])
      desk.fact(index, said);
  return desk.state;
}

/** One that said no size, in a market of its own. */
const pairTrade = (bot: string) => [{ type: "fill", bot, fill_id: "p", pair_id: `pair-${bot}`, pnl_cents: 150 }];

const turned = <V>(map: ReadonlyMap<string, V>): Map<string, V> => new Map([...map].reverse());

/** As a start from a snapshot may bring them: bots, and what each holds, in another order. */
const inAnotherOrder = (state: State): State => ({
  ...state,
  bots: turned(
    new Map(
      [...state.bots].map(([name, bot]) => [name, { ...bot, ledgers: turned(bot.ledgers), pairs: turned(bot.pairs) }]),
    ),
  ),
});

function answers(state: State) {
  const positions = readPositions(state, at(9), { mode: "live" });
  return {
    exposure: readExposure(state, "live"),
    performance: readPerformance(state, at(9), { window: "all" }),
    concentration: readConcentration(state, [...state.bots.values()], "live"),
    events: readEventPositions(state, positions, readPairs(state, { mode: "live" })),
  };
}

test.each([
  ["of what is held", folded(), "no instrument event names the quote currency of M-1"],
  ["with pair trades", folded(pairTrade), "1 fills of pair-a said no size"],
])("says the same, reasons too, in whatever order the bots of a desk are: %s", (_, state, reason) => {
  const said = answers(state);
  expect(said.exposure.total.reason).toBe(reason);
  expect(said.events.length).toBeGreaterThan(5);
  expect(answers(inAnotherOrder(state))).toEqual(said);
});
