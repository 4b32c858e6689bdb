import { describe, expect, test } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { micros } from "../../base/time.ts";
import { add, decimal, decimalToNumber, negate, subtract, ZERO } from "../../domain/decimal.ts";
import type { LedgerFill } from "../../domain/ledger/entries.ts";
import { type Terms, tradeValue, UNKNOWN_TERMS } from "../../domain/ledger/terms.ts";
import { ratioOf } from "../../metrics/inference/batched-ratio.ts";
import { executionOf, FillCourse, partOpen, type SpanPart } from "./fill-course.ts";

const LINEAR: Terms = { ...UNKNOWN_TERMS, currency: "USD" };
const INVERSE: Terms = { kind: "inverse", multiplier: decimal("100"), currency: "BTC" };

interface Wild {
  readonly terms: Terms;
  readonly fills: number;
  /** How many of ten fills say a mid. */
  readonly known: number;
  readonly seed: number;
}

/** Fills of either side in any sizes, through flat and back; the last one closes what is held where `isFlat`. */
function wild({ terms, fills, known, seed }: Wild, spans = [{ from: 0, to: Number.MAX_SAFE_INTEGER }]) {
  const random = seededRandom(seed);
  const course = new FillCourse({ spans, makesMarkets: true, termsOf: () => terms });
  for (let seq = 1; seq <= fills; seq++) {
    const mid = 100 + random.below(2_000) / 100;
    const price = decimal(String(Math.round(mid * 100 + random.below(41) - 20) / 100));
    const size = decimal(String((1 + random.below(900)) / 100));
    const value = tradeValue(terms, price, size);
    if (value === undefined) throw new Error("no value");
    const side = random.below(2) === 0 ? "buy" : "sell";
    const fill: LedgerFill = {
      ...{ seq, at: micros(seq), session: micros(0), key: `${seq}` },
      ...{ side, size, value, fee: ZERO, isMaker: undefined },
    };
    course.take("l", fill, random.below(10) < known ? String(mid) : undefined);
  }
  const parts = [...course.partsOf(0)].map(([, part]) => part);
  const [part] = parts;
  if (part === undefined) throw new Error("no part");
  return { part, course };
}

/** −Σ slippage is what execution took of what was closed, and what it took so far of what is held. */
function expectExact({ totals, after }: SpanPart, terms: Terms): void {
  const open = partOpen(terms, after, decimal("105"));
  if (open === undefined) throw new Error("nothing known");
  const execution = add(executionOf(totals), open.execution);
  expect(Math.abs(decimalToNumber(add(execution, totals.slippage)))).toBeLessThan(1e-9);
  const whole = add(add(open.signal, open.execution), open.unparted);
  expect(Math.abs(decimalToNumber(subtract(open.unrealized, whole)))).toBeLessThan(1e-9);
}

describe("A course of fills", () => {
  test.each([
    ["every mid", 10],
    ["half of the mids", 5],
    ["no mid", 0],
  ])("parts its profit without a remainder, with %s", (_, known) => {
    for (const terms of [LINEAR, INVERSE])
      for (let seed = 1; seed <= 10; seed++) {
        const { part } = wild({ terms, fills: 300, known, seed });
        expectExact(part, terms);
        const { realized, signal, unparted } = part.totals;
        if (known === 10) expect(decimalToNumber(unparted)).toBe(0);
        if (known === 0) {
          expect(decimalToNumber(signal)).toBe(0);
          expect(decimalToNumber(subtract(realized, unparted))).toBe(0);
        }
      }
  });

  test("counts a closing for the signal only where nothing of it lacks a mid, whatever that made", () => {
    const spans = [{ from: 0, to: Number.MAX_SAFE_INTEGER }];
    const course = new FillCourse({ spans, makesMarkets: true, termsOf: () => LINEAR });
    const fill = (seq: number, side: "buy" | "sell", more: Partial<LedgerFill> = {}): LedgerFill => ({
      ...{ seq, at: micros(seq), session: micros(0), key: `${seq}`, side, size: decimal("1"), value: decimal("100") },
      ...{ fee: decimal("0.1"), isMaker: undefined, ...more },
    });
    // Bought without a mid and sold at the same price: nothing is left unparted, and yet the signal is not known.
    course.take("l", fill(1, "buy"));
    course.take("l", fill(2, "sell"), "100");
    course.take("l", fill(3, "buy"), "99");
    course.take("l", fill(4, "sell", { fee: ZERO, feeless: true }), "100");
    const [part] = [...course.partsOf(0)].map(([, each]) => each);
    expect(part?.signal.n).toBe(1);
    expect(ratioOf(part === undefined ? [] : [part.signal])?.ratio).toBeCloseTo(0.01, 12);
    // A fee that nobody told is not 0.
    expect(part?.fees.n).toBe(3);
    expect(ratioOf(part === undefined ? [] : [part.fees])?.ratio).toBeCloseTo(0.001, 12);
    expect(part?.totals).toMatchObject({ fills: 4, feeless: 1 });
  });

  test("says of days and of spans what together is said of all", () => {
    const day = 86_400_000_000;
    const [whole, ...spans] = [
      { from: 0, to: Number.MAX_SAFE_INTEGER },
      { from: 0, to: 120 },
      { from: 120, to: 121 },
      { from: 121, to: Number.MAX_SAFE_INTEGER },
    ];
    if (whole === undefined) throw new Error("no span");
    const { course } = wild({ terms: LINEAR, fills: 300, known: 6, seed: 3 }, [whole, ...spans]);
    const of = (span: number): SpanPart => {
      const [found] = [...course.partsOf(span)].map(([, part]) => part);
      if (found === undefined) throw new Error("no part");
      return found;
    };
    for (const name of ["realized", "signal", "unparted", "slippage"] as const) {
      const sum = [1, 2, 3].map((span) => of(span).totals[name]).reduce(add, negate(of(0).totals[name]));
      expect(decimalToNumber(sum)).toBe(0);
    }
    expect([...of(0).days.keys()]).toEqual([Math.floor(1 / day)]);
    expect(of(1).after).toEqual(of(2).before);
    expect(of(2).after).toEqual(of(3).before);
  });
});
