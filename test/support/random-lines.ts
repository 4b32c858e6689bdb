import { type Random, seededRandom } from "../../src/base/random.ts";

/** When the first of random lines was said. */
export const DAY_MS = Date.UTC(2026, 2, 1);

type Said = Record<string, unknown>;
type Say = (n: number, which: Said, before: Said, random: Random) => Said;

const ORDER_FIRST = 9_000_000_000_000_000;

const newFill: Say = (n, which, _, random) => ({
  type: "fill",
  ...which,
  fill_id: random.below(5) > 0 ? `f${n}` : n,
  side: "buy",
  price: 10 + random.below(5),
  size: "1.50",
  ...(random.below(2) > 0 ? { id: `e${n}` } : {}),
});
const again: Say = (_n, _which, before) => before;
const withFee: Say = (_n, _which, before, random) => ({
  ...before,
  fee: "0.01",
  fee_currency: "USD",
  id: `again-${random.below(40)}`,
});
const otherwise: Say = (n, _, before, random) => ({ ...before, price: 20 + random.below(5), id: `c${n}` });
const voided: Say = (n, which, before) => ({
  type: "fill.voided",
  bot: before["bot"],
  ts: which["ts"],
  venue: "x",
  fill_id: before["fill_id"],
  reason: `r${n}`,
});
const voidedAhead: Say = (n, { bot, ts }, _, random) => ({
  type: "fill.voided",
  bot,
  ts,
  venue: "x",
  fill_id: `f${n + random.below(40)}`,
  reason: "never was",
});
const mark: Say = (n, which) => ({ type: "mark", ...which, price: "11.5", id: `m${n}` });
const placed: Say = (n, which) => ({
  type: "order.placed",
  ...which,
  order_id: ORDER_FIRST + n,
  side: "sell",
  price: 1,
  size: 2,
  order_type: "limit",
});
const cancelled: Say = (n, { bot, ts }, _, random) => ({
  type: "order.cancelled",
  bot,
  ts,
  order_id: ORDER_FIRST + n - random.below(9),
});
const notWhole: Say = (_, { bot, ts }) => ({ type: "fill", bot, ts });
const income: Say = (_n, { bot, ts }, _before, random) => ({
  type: "income",
  bot,
  ts,
  venue: "x",
  income_type: "FEE",
  amount: "-0.1",
  currency: "USD",
  transaction_id: `t${random.below(30)}`,
});
const SAID: readonly [Say, ...Say[]] = [
  again,
  withFee,
  otherwise,
  voided,
  voidedAhead,
  mark,
  placed,
  cancelled,
  notWhole,
  income,
];

/** Statements that meet: again, with more, otherwise, taken back before and after; some of them are no events at all. */
export function randomLines(seed: number, count: number): string[] {
  const random = seededRandom(seed);
  const fills: Said[] = [];
  const ahead = new Set<unknown>();
  return Array.from({ length: count }, (_, n) => {
    const ts = new Date(DAY_MS + n * 1000).toISOString();
    const which = { bot: `mm-${random.below(3)}`, ts, venue: "x", symbol: `S${random.below(3)}` };
    const before = fills.at(-1 - random.below(8));
    const say = before === undefined || random.below(3) === 0 ? newFill : random.pick(SAID);
    const event = say(n, which, before ?? {}, random);
    if (say === voidedAhead) ahead.add(event["fill_id"]);
    if (say === newFill && !ahead.has(event["fill_id"])) fills.push(event);
    // More that is said of a fill that was taken back makes its ledger anew.
    if (say === voided) fills.splice(fills.lastIndexOf(before ?? {}), 1);
    return JSON.stringify(event);
  });
}
