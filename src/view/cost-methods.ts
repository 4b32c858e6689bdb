import type { PerformanceAnswer, PerformanceRow } from "../protocol/api-money.ts";
import { madeAmount, moneyShown } from "./performance-rows.ts";
import { type Shown, unknownValue } from "./shown.ts";

/** One amount counted both ways. */
export interface CostLine {
  readonly term: string;
  readonly average: Shown;
  readonly fifo: Shown;
  /** First in, first out less average cost. */
  readonly difference: Shown;
}

/** What a bot made of all time in one currency, at average cost and with the oldest lots closed first. */
export interface CostComparison {
  readonly currency: string;
  readonly lines: readonly CostLine[];
  /** Whether realised and not realised add up to the same, in words. */
  readonly words: string;
}

/** Compares both ways of one bot and mode; each currency by itself. */
export function costComparisons(average: PerformanceAnswer, fifo: PerformanceAnswer): CostComparison[] {
  const isSameMoment = average.as_of_seq === fifo.as_of_seq;
  return average.rows.flatMap((row): CostComparison[] => {
    const other = fifo.rows.find((each) => each.currency === row.currency && each.mode === row.mode);
    return other === undefined ? [] : [compared(row, other, isSameMoment)];
  });
}

/** Sums of amounts that were rounded to doubles one by one. */
const SAME_WITHIN = 1e-6;

function compared(average: PerformanceRow, fifo: PerformanceRow, isSameMoment: boolean): CostComparison {
  const [sum, other] = [sumOf(average), sumOf(fifo)];
  return {
    currency: average.currency,
    lines: [
      line("Realised", average.realized, fifo.realized, shownOf("realised", average, fifo)),
      line("Not realised", average.unrealized, fifo.unrealized, shownOf("unrealised", average, fifo)),
      line("Both together", sum, other, [amountOf(sum), amountOf(other)]),
    ],
    words: wordsOf(sum, other, isSameMoment),
  };
}

const sumOf = ({ realized, unrealized }: PerformanceRow): number | null =>
  realized === null || unrealized === null ? null : realized + unrealized;

const amountOf = (value: number | null): Shown =>
  value === null ? unknownValue("one of the two is not known") : madeAmount(value);

const shownOf = (
  name: "realised" | "unrealised",
  ...rows: readonly [PerformanceRow, PerformanceRow]
): [Shown, Shown] => [moneyShown(rows[0])[name], moneyShown(rows[1])[name]];

function line(term: string, average: number | null, fifo: number | null, shown: readonly [Shown, Shown]): CostLine {
  const difference = average === null || fifo === null ? null : rounded(fifo - average, average);
  return { term, average: shown[0], fifo: shown[1], difference: amountOf(difference) };
}

/** What only rounding parts is no difference. */
const rounded = (difference: number, of: number): number =>
  Math.abs(difference) <= SAME_WITHIN * Math.max(1, Math.abs(of)) ? 0 : difference;

function wordsOf(average: number | null, fifo: number | null, isSameMoment: boolean): string {
  if (average === null || fifo === null) return "What is not realised is not known: the sums cannot be compared.";
  if (rounded(fifo - average, average) === 0)
    return "Both add up to the same: only when a profit counts as realised differs.";
  return isSameMoment
    ? "The sums differ: that is an error of the hub, please report it."
    : "The sums are of different moments: read again.";
}
