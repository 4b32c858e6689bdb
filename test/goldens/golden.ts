import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { Measure } from "../../src/metrics/measure.ts";
import { testData } from "../support/test-data.ts";

/** A golden value: JSON writes what is not finite as a text. */
export type GoldenValue = number | string | boolean | null;

/** The cells of a CSV file of the test data, by column. */
export function columnsOf(path: string): Record<string, string[]> {
  const [header = "", ...lines] = readFileSync(testData(path), "utf8").trim().split("\n");
  const names = header.split(",");
  const rows = lines.map((line) => line.split(","));
  return Object.fromEntries(names.map((name, index) => [name, rows.map((row) => row[index] ?? "")]));
}

/** A column of a CSV file as numbers. */
export const numbersOf = (path: string, column: string): Float64Array =>
  Float64Array.from(columnsOf(path)[column] ?? [], Number);

const REL = 1e-9;
const ABS = 1e-12;

/** The bounds that a text such as `rel 1e-8 (abs 1e-12)` states. */
function boundsOf(tolerance: string | undefined): { rel: number; abs: number } {
  const stated = (kind: string): number | undefined => {
    const match = new RegExp(`${kind} ([0-9.e-]+)`).exec(tolerance ?? "");
    return match === null ? undefined : Number(match[1]);
  };
  const [rel, abs] = [stated("rel"), stated("abs")];
  return { rel: rel ?? (abs === undefined ? REL : 0), abs: abs ?? ABS };
}

/** Holds a number against its golden value: "NaN" and null are no number, "Infinity" is unbounded. */
export function expectNear(actual: number | undefined, wanted: GoldenValue, tolerance?: string): void {
  if (wanted === null || wanted === "NaN") return expect(actual === undefined || Number.isNaN(actual)).toBe(true);
  const expected = Number(wanted);
  if (!Number.isFinite(expected)) return expect(actual).toBe(expected);
  const { rel, abs } = boundsOf(tolerance);
  expect(
    Math.abs((actual ?? Number.NaN) - expected),
    `${actual} instead of ${expected} (${tolerance ?? "default"})`,
  ).toBeLessThanOrEqual(Math.max(rel * Math.abs(expected), abs));
}

/** Holds a measure against its golden value. */
export function expectGolden(actual: Measure | undefined, wanted: GoldenValue, tolerance?: string): void {
  expect(actual).toBeDefined();
  const value = actual?.value === "unbounded" ? Number.POSITIVE_INFINITY : actual?.value;
  expectNear(value, typeof wanted === "boolean" ? Number(wanted) : wanted, tolerance);
}
