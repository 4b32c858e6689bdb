import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Micros } from "../../src/base/time.ts";
import {
  canonicalDecimal,
  type Decimal,
  decimal,
  decimalToNumber,
  divide,
  isZero,
  multiply,
  subtract,
  ZERO,
  add,
} from "../../src/domain/decimal.ts";
import { heldCost } from "../../src/domain/ledger/average-cost.ts";
import { FifoLots } from "../../src/domain/ledger/fifo.ts";
import { type ClosedTrade, NO_TRADE, trade } from "../../src/domain/ledger/trades.ts";
import { requireTestData, testData } from "../support/test-data.ts";

interface Golden {
  readonly mark_price: number;
  readonly totals: Readonly<Record<string, number | string>>;
  readonly per_fill: readonly {
    readonly i: number;
    readonly realized_ac: number;
    readonly realized_fifo: number;
    readonly position: number;
    readonly avg_entry_price_ac: number | null;
  }[];
  readonly closing_fills_ac_with_prorata_fees: {
    readonly n: number;
    readonly sum_pnl_net: number;
    readonly rows: readonly {
      readonly exit_fill: number;
      readonly size: number;
      readonly entry_fees: number;
      readonly exit_fees: number;
      readonly pnl_net: number;
      readonly direction: string;
      readonly position_id: number;
    }[];
  };
}

interface Row {
  readonly side: "buy" | "sell";
  readonly size: Decimal;
  readonly price: Decimal;
  readonly fee: Decimal;
}

const exact = (text: string): Decimal => {
  const canonical = canonicalDecimal(text);
  if (canonical === undefined) throw new Error(`not a decimal: ${text}`);
  return decimal(canonical);
};

function rowsOf(name: string): Row[] {
  const [header = "", ...lines] = readFileSync(testData("goldens/positions", `${name}.csv`), "utf8")
    .trim()
    .split("\n");
  const at = Object.fromEntries(header.split(",").map((column, index) => [column, index]));
  return lines.map((line) => {
    const cell = (column: string): string => line.split(",")[at[column] ?? -1] ?? "";
    return {
      side: cell("side") === "buy" ? "buy" : "sell",
      size: exact(cell("qty")),
      price: exact(cell("price")),
      fee: exact(cell("fee") === "" ? "0" : cell("fee")),
    };
  });
}

/** vectorbt, which made the rows of closing fills, takes what is nearly zero for zero (metrics.md §2). */
const NEAR_ZERO_OF_VECTORBT = 4e-9;

const near = (actual: Decimal | number, expected: number, what: string): void => {
  const value = typeof actual === "number" ? actual : decimalToNumber(actual);
  expect(Math.abs(value - expected), `${what}: ${value} instead of ${expected}`).toBeLessThanOrEqual(
    (what.startsWith("pnl of") ? NEAR_ZERO_OF_VECTORBT : 1e-9) * Math.max(1, Math.abs(expected)),
  );
};

const folder = testData("goldens/positions");
const names = existsSync(folder)
  ? readdirSync(folder)
      .filter((file) => file.endsWith(".json"))
      .map((file) => file.slice(0, -5))
  : [];

requireTestData("goldens/positions")("Positions and profit as the reference implementations have them", () => {
  describe.each(names)("%s", (name) => {
    const golden = JSON.parse(readFileSync(testData("goldens/positions", `${name}.json`), "utf8")) as Golden;
    const rows = rowsOf(name);
    let open = NO_TRADE;
    const closings: (ClosedTrade & { readonly fill: number })[] = [];
    const wanted = new Map(golden.per_fill.map((each) => [each.i, each]));
    let realized = ZERO;
    let fees = ZERO;

    test("Each fill realises what the references say, at average cost", () => {
      rows.forEach((row, index) => {
        const booked = { side: row.side, size: row.size, value: multiply(row.price, row.size) };
        const traded = trade(open, { ...booked, fee: row.fee, at: index as Micros });
        const { closing } = traded;
        open = traded.open;
        if (closing !== undefined) closings.push({ ...closing, fill: index });
        realized = add(realized, closing?.grossPnl ?? ZERO);
        fees = add(fees, row.fee);
        const expected = wanted.get(index);
        if (expected === undefined) return;
        near(closing?.grossPnl ?? ZERO, expected.realized_ac, `realized_ac of ${index}`);
        const { quantity } = open.position;
        near(quantity, expected.position, `position after ${index}`);
        if (!isZero(quantity))
          near(divide(heldCost(open.position), quantity, 18), expected.avg_entry_price_ac ?? 0, `average of ${index}`);
      });
    });

    test("The totals tie out: realised and unrealised are cash and position at the mark", () => {
      const mark = exact(String(golden.mark_price));
      const unrealized = subtract(multiply(open.position.quantity, mark), heldCost(open.position));
      near(realized, Number(golden.totals["realized_gross_ac"]), "realized_gross_ac");
      near(unrealized, Number(golden.totals["unrealized_ac"]), "unrealized_ac");
      near(fees, Number(golden.totals["fees"]), "fees");
      near(subtract(add(realized, unrealized), fees), Number(golden.totals["total_pnl_net"]), "total_pnl_net");
    });

    test("Each fill realises what the references say, first in first out, and the totals tie out", () => {
      const lots = new FifoLots();
      let sum = ZERO;
      rows.forEach(({ side, size, price, fee }, index) => {
        const closing = lots.take({ side, size, value: multiply(price, size), fee, at: index as Micros });
        sum = add(sum, closing?.grossPnl ?? ZERO);
        const expected = wanted.get(index);
        if (expected === undefined) return;
        near(closing?.grossPnl ?? ZERO, expected.realized_fifo, `realized_fifo of ${index}`);
        near(lots.quantity, expected.position, `position after ${index}`);
      });
      const unrealized = subtract(multiply(lots.quantity, exact(String(golden.mark_price))), lots.cost);
      near(sum, Number(golden.totals["realized_gross_fifo"]), "realized_gross_fifo");
      near(unrealized, Number(golden.totals["unrealized_fifo"]), "unrealized_fifo");
      near(add(sum, unrealized), Number(golden.totals["total_pnl_gross"]), "total_pnl_gross");
    });

    test("Closing fills carry their fees in proportion", () => {
      const { n, sum_pnl_net, rows: expected } = golden.closing_fills_ac_with_prorata_fees;
      expect(closings).toHaveLength(n);
      near(
        closings.reduce((sum, { netPnl }) => add(sum, netPnl), ZERO),
        sum_pnl_net,
        "sum_pnl_net",
      );
      const byFill = new Map(closings.map((closing) => [closing.fill, closing]));
      for (const row of expected) {
        const closing = byFill.get(row.exit_fill);
        if (closing === undefined) throw new Error(`no closing at ${row.exit_fill}`);
        near(closing.size, row.size, `size of ${row.exit_fill}`);
        near(closing.fees, row.entry_fees + row.exit_fees, `fees of ${row.exit_fill}`);
        near(closing.netPnl, row.pnl_net, `pnl of ${row.exit_fill}`);
        expect(closing.direction).toBe(row.direction);
      }
    });
  });
});
