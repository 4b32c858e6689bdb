import { describe, expect, test } from "vitest";
import type { ExplainedRow } from "../protocol/api-money.ts";
import { waterfalls } from "./pnl-waterfall.ts";

const at = "2026-03-01T00:00:00.000Z";

/** 100 − 20 − 8 + 3 + 50 + 0 = 125 explained, of 130: a residual of 5. */
const row = (changes: Partial<ExplainedRow> = {}): ExplainedRow => ({
  bot: "a",
  mode: "live",
  currency: "USD",
  realized: 100,
  unrealized: -20,
  fees: 8,
  funding: 3,
  transfers: 50,
  adjustments: 0,
  explained: 125,
  equity_from: { equity: 1000, at, accounts: 1 },
  equity_to: { equity: 1130, at, accounts: 1 },
  equity_change: 130,
  residual: 5,
  ...changes,
});

const noEquity = { equity_from: null, equity_to: null, equity_change: null, residual: null } as const;

const only = (rows: readonly ExplainedRow[]) => {
  const [fall] = waterfalls(rows);
  if (fall === undefined) throw new Error("no waterfall");
  return fall;
};

describe("waterfalls", () => {
  test("each bar begins where the one before ended, and the residual ends at the change of equity", () => {
    const { bars, residual, total, zero } = only([row()]);
    const spans = [...bars, residual].map(({ span }) => span);
    // From the lowest (0) to the highest (130): 130 wide.
    expect(zero).toBe(0);
    expect(spans.map((span) => span && [span.from * 130, span.to * 130].map(Math.round))).toEqual([
      [0, 100],
      [80, 100],
      [72, 80],
      [72, 75],
      [75, 125],
      [125, 130],
    ]);
    expect(total.span).toEqual({ from: 0, to: 1 });
    expect(bars.map(({ shown }) => shown.text)).toEqual(["+100.00", "−20.00", "−8.00", "+3.00", "+50.00"]);
  });

  test("what is lost hangs below nothing", () => {
    const { bars, zero } = only([
      row({ realized: -100, unrealized: 0, fees: 0, funding: 0, transfers: 0, ...noEquity }),
    ]);
    expect(zero).toBe(1);
    expect(bars[0]?.span).toEqual({ from: 0, to: 1 });
  });

  test("bots of one currency are added, those of another stand by themselves, the largest change first", () => {
    const falls = waterfalls([
      row(),
      row({ bot: "b", currency: "BTC", explained: 0.1 }),
      row({ bot: "c", realized: 1 }),
    ]);
    expect(falls.map(({ currency, bots }) => [currency, ...bots])).toEqual([
      ["USD", "a", "c"],
      ["BTC", "b"],
    ]);
    expect(falls[0]?.bars[0]?.shown.text).toBe("+101.00");
    expect(falls[0]?.residual.shown.text).toBe("+10.00");
  });

  test("without equity from outside there is no residual and no change, and never 0", () => {
    const { residual, total, equityWords } = only([row(noEquity)]);
    for (const bar of [residual, total]) {
      expect(bar.shown).toMatchObject({ text: "—", reason: "no external equity" });
      expect(bar.span).toBeUndefined();
      expect(bar.events).toBeUndefined();
    }
    expect(equityWords).toBeUndefined();
  });

  test("says at which of the two moments there was none, and of which bot", () => {
    const late = row({ ...noEquity, equity_to: row().equity_to });
    expect(only([late]).residual.shown.reason).toBe("no external equity at the first moment");
    const gone = row({ ...noEquity, equity_from: row().equity_from });
    expect(only([gone]).residual.shown.reason).toBe("no external equity at the second moment");
    expect(only([row(), row({ ...noEquity, bot: "b" })]).residual.shown.reason).toBe("no external equity of b");
    const other = row({ equity_change: null, residual: null, residual_reason: "other accounts reported at the end" });
    expect(only([other]).total.shown.reason).toBe("other accounts reported at the end");
  });

  test("after a term that is not known nothing has a place", () => {
    const unmarked = row({ unrealized: null, explained: null, residual: null, reason: "no mark and no book of X" });
    const { bars, residual, total } = only([unmarked]);
    expect(bars.map(({ span }) => span !== undefined)).toEqual([true, false, false, false, false]);
    expect(bars[1]?.shown.reason).toBe("no mark and no book of X");
    expect(residual.shown.reason).toBe("no mark and no book of X");
    expect(total.shown.text).toBe("+130.00");
  });

  test("adjustments have a bar only when there are some", () => {
    const names = (changes: Partial<ExplainedRow>) => only([row(changes)]).bars.map(({ name }) => name);
    expect(names({})).not.toContain("adjustments");
    expect(names({ adjustments: 2 })).toContain("adjustments");
  });

  test("sums of floats are told without their dust", () => {
    const { bars } = only([
      row({ realized: 0.1 }),
      row({ bot: "b", realized: 0.2 }),
      row({ bot: "c", realized: -0.3 }),
    ]);
    expect(bars[0]?.shown.text).toBe("0.00");
  });
});
