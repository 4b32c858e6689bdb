import { describe, expect, test } from "vitest";
import { at, FoldedDesk } from "../../../test/support/folded-desk.ts";
import { MICROS_PER_DAY, micros } from "../../base/time.ts";
import { Statistics } from "./statistics.ts";

const DAY_S = 86_400;
const DAYS = 10;
const FIRST_DAY = at(0) / MICROS_PER_DAY;
const SCOPE = { bot: undefined, mode: "live", firstDay: FIRST_DAY, endDay: FIRST_DAY + DAYS } as const;
const OF_BOT = { ...SCOPE, bot: "mm" } as const;

/** A desk that ten days are asked of, two hours after they are over, and how often rollups are read for them. */
class ReadDays {
  readonly desk = new FoldedDesk();
  reads = 0;
  #now = at(DAYS * DAY_S + 7_200);
  readonly statistics: Statistics;

  constructor() {
    const read = () => {
      this.reads++;
      return Promise.resolve({ seq: this.desk.state.desk.seq, isWhole: true, pasts: [] });
    };
    this.statistics = new Statistics({
      state: this.desk.state,
      rollups: { upTo: () => Promise.resolve(), read },
      clock: { now: () => this.#now },
      timers: { breathe: () => Promise.resolve() },
    });
  }

  /** How often they are read to answer once more. */
  async readsFor(scope: typeof SCOPE | typeof OF_BOT = OF_BOT): Promise<number> {
    const before = this.reads;
    const { seq } = await this.statistics.daily(scope);
    expect(seq).toBe(this.desk.state.desk.seq);
    return this.reads - before;
  }

  set now(second: number) {
    this.#now = at(second);
  }
}

/** Seconds after the ten days. */
const today = (second: number): number => DAYS * DAY_S + second;
const balance = (equity: number, more: object = {}) => ({
  ...{ type: "balance", venue: "v", balances: [], equity, equity_currency: "USDT" },
  ...more,
});
const fill = (id: string) => ({
  ...{ type: "fill", fill_id: id, venue: "v", symbol: "A", side: "buy", price: 100, size: 1, fee: 1 },
});
const income = (id: string, type: string) => ({
  ...{ type: "income", venue: "v", income_type: type, transaction_id: id, amount: 5, currency: "USDT" },
});

/** With an equity of the fifth day and one of today. */
async function told(): Promise<ReadDays> {
  const days = new ReadDays();
  days.desk.fact(5 * DAY_S, balance(1_000)).fact(today(60), balance(1_010));
  expect([await days.readsFor(), await days.readsFor()]).toEqual([1, 0]);
  return days;
}

describe("the days of statistics are kept", () => {
  test("while fills, funding and equities of today are told, and say as of which fact", async () => {
    const days = await told();
    days.desk.fact(today(70), fill("a"));
    // The first fill says in which currency the bot trades.
    expect([await days.readsFor(), await days.readsFor()]).toEqual([1, 0]);
    for (let index = 0; index < 5; index++) {
      days.desk.fact(today(80 + index), fill(`b${index}`)).fact(today(80 + index), balance(1_020 + index));
      days.desk.fact(today(80 + index), income(`i${index}`, "FUNDING_FEE"));
      days.desk.fact(today(80 + index), { type: "log", level: "info", message: "x" });
      // Income of a currency says for the first time that there is any.
      expect(await days.readsFor()).toBe(index === 0 ? 1 : 0);
    }
  });

  test("while other bots tell what they do, but not for the whole desk where these report an equity for the first time", async () => {
    const days = await told();
    expect(await days.readsFor(SCOPE)).toBe(1);
    days.desk.fact(today(70), { ...fill("a"), bot: "other" });
    expect([await days.readsFor(), await days.readsFor(SCOPE)]).toEqual([0, 0]);
    days.desk.fact(today(80), { ...balance(50), bot: "other" });
    expect([await days.readsFor(), await days.readsFor(SCOPE)]).toEqual([0, 1]);
  });

  test("until something comes in or goes out, whenever that was", async () => {
    const days = await told();
    days.desk.late(today(70), 6 * DAY_S, income("t", "TRANSFER"));
    expect([await days.readsFor(), await days.readsFor()]).toEqual([1, 0]);
    days.desk.late(today(80), 7 * DAY_S, income("d", "DEPOSIT"));
    expect(await days.readsFor()).toBe(1);
  });

  test("until a rate of its money changes", async () => {
    const days = await told();
    days.desk.fact(today(70), { type: "rate", currency: "USDT", per: "USD", price: "0.999" });
    expect([await days.readsFor(), await days.readsFor()]).toEqual([1, 0]);
    days.desk.fact(today(71), { type: "rate", currency: "EUR", per: "USD", price: "1.1" });
    expect(await days.readsFor()).toBe(0);
    days.desk.fact(today(72), { type: "rate", currency: "USDT", per: "USD", price: "1.001" });
    expect(await days.readsFor()).toBe(1);
  });

  test("until an equity of one of them comes late, where none that is newer was told", async () => {
    const days = new ReadDays();
    days.desk.fact(5 * DAY_S, balance(1_000));
    expect([await days.readsFor(), await days.readsFor()]).toEqual([1, 0]);
    days.desk.late(today(70), 8 * DAY_S, balance(900));
    expect([await days.readsFor(), await days.readsFor()]).toEqual([1, 0]);
    days.desk.fact(today(80), balance(950, { venue: "w" }));
    expect([await days.readsFor(), await days.readsFor()]).toEqual([1, 0]);
  });

  test("not at all where they end at this very moment, as facts ahead of the clock are read with them", async () => {
    const days = new ReadDays();
    days.now = DAYS * DAY_S;
    days.desk.fact(5 * DAY_S, balance(1_000));
    expect([await days.readsFor(), await days.readsFor()]).toEqual([1, 1]);
  });

  test("not where they could not be read", async () => {
    const days = new ReadDays();
    const refused = new Statistics({
      state: days.desk.state,
      rollups: { upTo: () => Promise.reject(new Error("far behind")), read: () => Promise.reject(new Error("unread")) },
      clock: { now: () => micros(at(today(60))) },
      timers: { breathe: () => Promise.resolve() },
    });
    for (let round = 0; round < 2; round++) await expect(refused.daily(OF_BOT)).rejects.toThrow("far behind");
  });
});
