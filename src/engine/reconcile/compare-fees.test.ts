import { describe, expect, test } from "vitest";
import { at, FoldedDesk } from "../../../test/support/folded-desk.ts";
import { decimalText } from "../../domain/decimal.ts";
import { compareFees } from "./compare-fees.ts";
import type { Compared } from "./compared.ts";
import { readReconciliation } from "./read-reconciliation.ts";

const DAY = 86_400;
const HOUR = 3_600;
const ETH = { venue: "binance", symbol: "ETHUSDT" };

class Desk extends FoldedDesk {
  #said = 0;

  constructor() {
    super();
    this.fact(0, { type: "instrument", ...ETH, kind: "linear", base: "ETH", quote: "USDT" });
  }

  /** Fills of one contract at 100 that say these fees. */
  fees(seconds: number, fees: readonly (string | undefined)[], more: object = {}): this {
    for (const fee of fees) {
      const fill = { type: "fill", fill_id: `f${++this.#said}`, ...ETH, side: "buy", size: 1, price: "100" };
      this.fact(seconds, { ...fill, ...(fee === undefined ? {} : { fee }), ...more });
    }
    return this;
  }

  /** Income rows as the venue writes them: paid is below 0. */
  rows(seconds: number, amounts: readonly string[], more: object = {}): this {
    for (const amount of amounts) {
      const row = { type: "income", income_type: "COMMISSION", amount, currency: "USDT", venue: "binance" };
      // A file or a venue told it of then: it is no sign of life of the bot.
      this.late(seconds, seconds, { ...row, transaction_id: `t${++this.#said}`, origin: "import", ...more });
    }
    return this;
  }

  /** A day on which both say the same, so that what lies between two of them is covered. */
  edge(day: number, more: object = {}): this {
    return this.fees(day * DAY + HOUR, ["0.04"], more).rows(day * DAY + HOUR, ["-0.04"], more);
  }

  rowsAt(seconds: number): Compared[] {
    const course = compareFees(this.state, at(seconds));
    for (;;) {
      const step = course.next();
      if (step.done === true) return step.value;
    }
  }

  compared(seconds: number) {
    return this.rowsAt(seconds).map(({ date, currency, ours, theirs, difference, isApart }) => ({
      ...{ date, currency, isApart },
      ...{ ours: decimalText(ours), theirs: decimalText(theirs), difference: decimalText(difference) },
    }));
  }
}

/** 2026-02-24 is day 0. */
const covered = () => new Desk().edge(0).edge(3);
const LATER = 3 * DAY + 2 * HOUR;

describe("fees of a day that is over", () => {
  test("are what fills say, less rebates, against what the venue's income says, to the last digit", () => {
    const desk = covered()
      // Paid 0.04 and 0.044, less a rebate of 0.01: 0.074, and the venue has the same three rows.
      .fees(DAY + 1, ["0.04", "0.044", "-0.01"])
      .rows(DAY + 1, ["-0.04", "-0.044", "0.01"])
      // The bot says 0.04 twice: 0.08. The venue took 0.04 and 0.05: 0.09, which is 0.01 more.
      .fees(2 * DAY + 1, ["0.04", "0.04"])
      .rows(3 * DAY - 1, ["-0.04", "-0.05"]);
    expect(desk.compared(LATER)).toEqual([
      { date: "2026-02-25", currency: "USDT", ours: "0.074", theirs: "0.074", difference: "0", isApart: false },
      { date: "2026-02-26", currency: "USDT", ours: "0.08", theirs: "0.09", difference: "0.01", isApart: true },
    ]);
    expect(desk.rowsAt(LATER)[1]).toMatchObject({
      ...{ kind: "fees", mode: "live", venue: "binance", account: "mm", bots: ["mm"], symbol: "" },
      detail: "2 fills, 2 rows of commission",
      readAt: at(3 * DAY),
    });
    expect(desk.rowsAt(LATER)[1]?.drift).toBeCloseTo(0.01 / 0.09, 12);
  });

  test("may differ by a thousandth and by what rounding makes of each row, and no more", () => {
    // A thousandth of 100.1 is 0.1001, and a row and a fill more are 0.00000002.
    const of = (amount: string) => covered().fees(DAY, ["100"]).rows(DAY, [amount]).compared(LATER)[0];
    expect(of("-100.1")).toMatchObject({ difference: "0.1", isApart: false });
    expect(of("-100.11")).toMatchObject({ difference: "0.11", isApart: true });
    const dust = (amount: string) => covered().fees(DAY, ["0.00000001"]).rows(DAY, [amount]).compared(LATER)[0];
    expect(dust("-0.00000003")).toMatchObject({ isApart: false });
    expect(dust("-0.00000004")).toMatchObject({ difference: "0.00000003", isApart: true });
  });

  test("that one side leaves out altogether are apart, in every currency that either names", () => {
    const desk = covered()
      .fees(DAY, ["0.05"])
      .rows(DAY, ["-0.00008"], { currency: "BNB" })
      .fees(2 * DAY, ["0.00009"], { fee_currency: "BNB" })
      .rows(2 * DAY, ["-0.00009"], { currency: "BNB" });
    expect(desk.compared(LATER)).toEqual([
      { date: "2026-02-25", currency: "USDT", ours: "0.05", theirs: "0", difference: "-0.05", isApart: true },
      { date: "2026-02-25", currency: "BNB", ours: "0", theirs: "0.00008", difference: "0.00008", isApart: true },
      { date: "2026-02-26", currency: "BNB", ours: "0.00009", theirs: "0.00009", difference: "0", isApart: false },
    ]);
  });

  test("that come late, or are taken back, count on their day", () => {
    const desk = covered().fees(DAY, ["0.05"]).rows(DAY, ["-0.05", "-0.02"]);
    expect(desk.compared(LATER)).toMatchObject([{ difference: "0.02" }]);
    const late = { type: "fill", fill_id: "late", ...ETH, side: "sell", size: 1, price: "100", fee: "0.02" };
    expect(desk.late(LATER, DAY + 60, late).compared(LATER)).toMatchObject([{ ours: "0.07", isApart: false }]);
    const voids = { bot: "mm", ...late };
    desk.fact(LATER, { type: "fill.voided", venue: "binance", fill_id: "late", reason: "broken", voids });
    expect(desk.compared(LATER)).toMatchObject([{ ours: "0.05", difference: "0.02" }]);
  });
});

test("a difference that was told is over when nothing is left of it on either side", () => {
  const desk = covered().fees(DAY, ["0.05"]);
  const told = {
    type: "reconciliation",
    bot: "deskwatch",
    kind: "fees",
    venue: "binance",
    of_bots: ["mm"],
    mode: "live",
  };
  const day = { account: "mm", currency: "USDT", date: "2026-02-25", ours: "0.05", theirs: "0", difference: "-0.05" };
  desk.fact(LATER, { ...told, ...day });
  const fill = { bot: "mm", type: "fill", fill_id: "f5", ...ETH, side: "buy", size: 1, price: "100", fee: "0.05" };
  desk.fact(LATER, { type: "fill.voided", venue: "binance", fill_id: "f5", reason: "broken", voids: fill });
  expect(desk.compared(LATER)).toEqual([
    { date: "2026-02-25", currency: "USDT", ours: "0", theirs: "0", difference: "0", isApart: false },
  ]);
});

describe("a day is compared once", () => {
  const day1 = () => new Desk().edge(0).fees(DAY, ["0.05"]).rows(DAY, ["-0.07"]);

  test("it is over for an hour, and both tell of the day after", () => {
    const desk = day1();
    expect(desk.compared(2 * DAY + 2 * HOUR)).toEqual([]);
    desk.edge(2);
    expect(desk.compared(2 * DAY + HOUR - 1)).toEqual([]);
    expect(desk.compared(2 * DAY + HOUR)).toMatchObject([{ date: "2026-02-25" }]);
  });

  test("the bot is heard of after it: what it did not tell yet is not missing", () => {
    const desk = day1().rows(2 * DAY + 1, ["-0.01"]);
    expect(desk.compared(LATER)).toEqual([]);
    desk.fact(2 * DAY + 5, { type: "bot.state", status: "running" });
    expect(desk.compared(LATER)).toMatchObject([{ date: "2026-02-25" }]);
  });

  test("not on the first day of either: what was before its first word is not known", () => {
    expect(new Desk().edge(1).fees(0, ["0.01"]).edge(2).edge(3).compared(LATER)).toMatchObject([
      { date: "2026-02-26" },
    ]);
    expect(new Desk().edge(1).rows(0, ["-0.01"]).edge(2).edge(3).compared(LATER)).toMatchObject([
      { date: "2026-02-26" },
    ]);
  });

  test("not by rows of another kind, which do not tell whether commissions were read", () => {
    const funding = { income_type: "FUNDING_FEE" };
    expect(
      day1()
        .rows(2 * DAY, ["-0.01"], funding)
        .fees(2 * DAY, ["0.01"])
        .compared(LATER),
    ).toEqual([]);
  });

  test("not where fills say no fees at all, nor where nobody named the currency of one", () => {
    const silent = new Desk();
    for (const day of [0, 1, 2, 3]) silent.fees(day * DAY, [undefined]).rows(day * DAY, ["-0.04"]);
    expect(silent.compared(LATER)).toEqual([]);
    const unnamed = covered()
      .fees(DAY, ["0.05"], { symbol: "NOBODYKNOWS" })
      .fees(2 * DAY, ["0.05"]);
    expect(unnamed.compared(LATER)).toMatchObject([{ date: "2026-02-26" }]);
  });
});

describe("an account", () => {
  test("is of its mode and venue", () => {
    const desk = covered()
      .fees(DAY, ["0.05"])
      .fees(DAY, ["9"], { mode: "paper" })
      .fees(DAY, ["9"], { venue: "kraken" })
      .fees(DAY, ["9"], { account: "other" })
      .rows(DAY, ["-0.05"]);
    expect(desk.compared(LATER)).toMatchObject([{ ours: "0.05", isApart: false }]);
  });

  test("is one for the bots that name it alike, whoever tells its income", () => {
    const main = { account: "main" };
    const desk = new Desk().edge(0, main).edge(3, main);
    desk
      .fees(DAY, ["0.05"], main)
      .fees(DAY, ["0.02"], { ...main, bot: "arb" })
      .rows(DAY, ["-0.07"], main);
    expect(desk.compared(LATER)).toMatchObject([{ ours: "0.07", theirs: "0.07", isApart: false }]);
    expect(desk.rowsAt(LATER)).toMatchObject([{ account: "main", bots: ["arb", "mm"] }]);
  });

  test("is one for bots of which the hub reads that they share it", () => {
    const read = { type: "position.snapshot", positions: [], source: "venue", read_by: "hub", venue: "binance" };
    const shared = { ...read, mode: "live", shared_by: ["mm", "arb"] };
    const desk = covered().fees(DAY, ["0.05"]).fees(DAY, ["0.02"], { bot: "arb" }).rows(DAY, ["-0.07"]);
    expect(desk.compared(LATER)).toMatchObject([{ ours: "0.05", isApart: true }]);
    desk.fact(LATER, shared).fact(LATER, { ...shared, bot: "arb" });
    expect(desk.compared(LATER)).toMatchObject([{ ours: "0.07", isApart: false }]);
  });
});

test("of days that agree the newest is shown, and every one that differs", () => {
  const desk = new Desk();
  for (let day = 0; day < 9; day++) desk.edge(day);
  desk.fees(4 * DAY, ["1"]);
  const shown = readReconciliation(desk.state, { kind: "fees" }, desk.rowsAt(9 * DAY));
  expect(shown.map(({ date, state, difference }) => [date, state, difference])).toEqual([
    ["2026-02-28", "settling", "-1"],
    ["2026-03-03", "agrees", "0"],
  ]);
});
