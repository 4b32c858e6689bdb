import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { micros } from "../../src/base/time.ts";
import {
  add,
  canonicalDecimal,
  type Decimal,
  decimal,
  decimalToNumber,
  isZero,
  multiply,
  negate,
  subtract,
  ZERO,
} from "../../src/domain/decimal.ts";
import { heldCost } from "../../src/domain/ledger/average-cost.ts";
import { netOf, NO_FLOW, withFlow } from "../../src/domain/ledger/flow.ts";
import { EMPTY_HOLDING, nowOf, takeEntry } from "../../src/domain/ledger/holding.ts";
import { beginDay, takeDayEquity, utilization, worstDailyLoss } from "../../src/metrics/daily-loss.ts";
import { currentDrawdown, emptyDrawdown, maxDrawdown, takeEquity } from "../../src/metrics/drawdown.ts";
import { requireTestData, testData } from "../support/test-data.ts";

interface Golden {
  readonly starting_capital: number;
  readonly totals: Readonly<Record<string, number>>;
  readonly max_drawdown_pct: number;
  readonly current_drawdown_pct: number;
  readonly drawdown_limit_pct: number;
  readonly drawdown_limit_utilisation: number;
  readonly daily_loss_limit_pct: number;
  readonly days: readonly {
    readonly day: string;
    readonly start_equity: number;
    readonly end_equity: number;
    readonly worst_intraday_loss_pct: number;
    readonly daily_loss_limit_utilisation: number;
    readonly breached: boolean;
  }[];
}

const exact = (text: string): Decimal => decimal(canonicalDecimal(text) ?? "0");
const near = (actual: unknown, expected: number, what: string): void =>
  expect(Math.abs(Number(actual) - expected), `${what}: ${String(actual)} instead of ${expected}`).toBeLessThanOrEqual(
    1e-9 * Math.max(1, Math.abs(expected)),
  );

requireTestData("goldens/ledger")("Fills, funding and marks add up to the equity of the reference", () => {
  const golden = JSON.parse(readFileSync(testData("goldens/ledger/ledger.json"), "utf8")) as Golden;
  const rows = readFileSync(testData("goldens/ledger/events.csv"), "utf8").trim().split("\n").slice(1);
  let holding = EMPTY_HOLDING;
  let paidFunding = NO_FLOW;
  let mark = ZERO;

  const position = () => nowOf(holding).open.position;
  const totals = () => nowOf(holding).all;
  const unrealized = (): Decimal => subtract(multiply(position().quantity, mark), heldCost(position()));
  const netFees = (): Decimal => negate(netOf(totals().fees));
  const netPnl = (): Decimal => add(subtract(add(totals().realized, unrealized()), netFees()), netOf(paidFunding));

  interface Row {
    readonly at: number;
    readonly type: string | undefined;
    readonly side: string | undefined;
    readonly qty: string;
    readonly price: string;
    readonly fee: string;
    readonly funding: string;
    readonly marked: string;
  }

  const book = ({ at, type, side, qty, price, fee, funding, marked }: Row): void => {
    mark = exact(marked);
    if (type === "funding") paidFunding = withFlow(paidFunding, exact(funding));
    if (type !== "fill") return;
    const size = exact(qty);
    const seq = nowOf(holding).seq + 1;
    holding = takeEntry(holding, {
      seq,
      key: String(seq),
      at: micros(at * 1000),
      session: micros(0),
      side: side === "buy" ? "buy" : "sell",
      size,
      value: multiply(size, exact(price)),
      fee: exact(fee),
      isMaker: undefined,
    });
  };

  test("Equity, drawdown and the loss of each day, event by event", () => {
    const drawdown = emptyDrawdown();
    let daily = beginDay(golden.starting_capital);
    const worst = new Map<string, number>();
    let day = "";
    let equity = golden.starting_capital;
    takeEquity(drawdown, 0, equity);
    for (const row of rows) {
      const [ts = "", type, side, qty = "", price = "", fee = "", funding = "", marked = ""] = row.split(",");
      const at = Number(ts);
      const today = new Date(at).toISOString().slice(0, 10);
      if (today !== day) {
        day = today;
        daily = beginDay(equity);
      }
      book({ at, type, side, qty, price, fee, funding, marked });
      equity = golden.starting_capital + decimalToNumber(netPnl());
      takeEquity(drawdown, at, equity);
      takeDayEquity(daily, equity);
      worst.set(day, Number(worstDailyLoss(daily).value));
    }
    near(maxDrawdown(drawdown).value, -golden.max_drawdown_pct / 100, "max drawdown");
    near(currentDrawdown(drawdown).value, -golden.current_drawdown_pct / 100, "current drawdown");
    const limit = golden.drawdown_limit_pct / 100;
    near(
      utilization(maxDrawdown(drawdown), limit).value,
      golden.drawdown_limit_utilisation,
      "drawdown against its limit",
    );
    for (const each of golden.days) {
      near(worst.get(each.day), each.worst_intraday_loss_pct / 100, `worst loss of ${each.day}`);
      const used = utilization({ value: worst.get(each.day) ?? 0, n: 1 }, golden.daily_loss_limit_pct / 100);
      near(used.value, each.daily_loss_limit_utilisation, `limit of ${each.day}`);
      expect(Number(used.value) >= 1, each.day).toBe(each.breached);
    }
    near(equity, golden.totals["end_equity"] ?? 0, "equity at the end");
  });

  test("Each total, exactly", () => {
    const expected = (name: string): number => golden.totals[name] ?? Number.NaN;
    const { received, paid } = paidFunding;
    near(decimalToNumber(totals().realized), expected("realized_gross_ac"), "realised");
    near(decimalToNumber(unrealized()), expected("unrealized"), "unrealised");
    near(decimalToNumber(totals().fees.paid), expected("fees_paid"), "fees paid");
    near(decimalToNumber(totals().fees.received), expected("rebates_received"), "rebates");
    near(decimalToNumber(netFees()), expected("fees_net"), "net fees");
    near(decimalToNumber(received), expected("funding_received"), "funding received");
    near(decimalToNumber(paid), expected("funding_paid"), "funding paid");
    near(decimalToNumber(netPnl()), expected("net_pnl"), "net profit");
    near(decimalToNumber(position().quantity), expected("end_position"), "position");
    expect(isZero(subtract(netPnl(), exact(String(expected("net_pnl")))))).toBe(true);
  });
});
