import type { ExplainedRow } from "../protocol/api-money.ts";
import { madeAmount } from "./performance-rows.ts";
import { type Shown, unknownValue } from "./shown.ts";

/** A term of the explanation: what it adds to equity, and the type of the events that it is made of. */
interface Term {
  readonly name: string;
  readonly label: string;
  /** What it is, on hover. */
  readonly hint: string;
  /** The type of events behind it; undefined for what follows from positions and marks, or from the other terms. */
  readonly events: string | undefined;
  readonly of: (row: ExplainedRow) => number | null;
}

const negated = (value: number | null): number | null => (value === null || value === 0 ? value : -value);

const TERMS: readonly Term[] = [
  {
    name: "realized",
    label: "Realised",
    hint: "of what was closed, at average cost and before fees",
    events: "fill",
    of: ({ realized }) => realized,
  },
  {
    name: "unrealized",
    label: "Not realised, change",
    hint: "how the value of what is held changed, at the marks of the two moments",
    events: undefined,
    of: ({ unrealized }) => unrealized,
  },
  {
    name: "fees",
    label: "Fees",
    hint: "what was paid as −, rebates as +",
    events: "fill",
    of: ({ fees }) => negated(fees),
  },
  {
    name: "funding",
    label: "Funding",
    hint: "received as +, paid as −",
    events: "income",
    of: ({ funding }) => funding,
  },
  {
    name: "transfers",
    label: "Transfers",
    hint: "deposits as +, withdrawals as −",
    events: "income",
    of: ({ transfers }) => transfers,
  },
  {
    name: "adjustments",
    label: "Adjustments",
    hint: "made by hand, and income of other kinds",
    events: "adjustment",
    of: ({ adjustments }) => adjustments,
  },
];

/** A bar of a waterfall, from where the bars before it ended. */
export interface WaterfallBar {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly events: string | undefined;
  readonly shown: Shown;
  /** Of the width of all bars, 0 to 1; undefined where the value, or one before it, is not known. */
  readonly span: { readonly from: number; readonly to: number } | undefined;
}

/** Why equity in one currency changed. */
export interface Waterfall {
  readonly currency: string;
  readonly bots: readonly string[];
  readonly bars: readonly WaterfallBar[];
  readonly residual: WaterfallBar;
  readonly total: WaterfallBar;
  /** Where nothing is, of the width of all bars, 0 to 1. */
  readonly zero: number;
  /** Equity at the two moments, in words; undefined where none was reported. */
  readonly equityWords: string | undefined;
}

/** A waterfall for each currency, the largest change first. Currencies are never added to one another. */
export function waterfalls(rows: readonly ExplainedRow[]): Waterfall[] {
  const currencies = [...new Set(rows.map(({ currency }) => currency))];
  return currencies
    .map((currency) => rows.filter((row) => row.currency === currency))
    .map((own) => ({ fall: waterfall(own), size: Math.abs(sumOf(own, ({ explained }) => explained) ?? 0) }))
    .toSorted((a, b) => b.size - a.size)
    .map(({ fall }) => fall);
}

/** Sums of floats are told to so many parts of one. */
const DUST = 1e9;

/** The sum where every row knows its part. */
function sumOf(rows: readonly ExplainedRow[], of: (row: ExplainedRow) => number | null): number | null {
  let sum = 0;
  for (const row of rows) {
    const value = of(row);
    if (value === null) return null;
    sum += value;
  }
  return Math.round(sum * DUST) / DUST;
}

interface Step {
  readonly value: number | null;
  readonly from: number;
  readonly to: number;
  readonly isKnown: boolean;
}

function waterfall(rows: readonly ExplainedRow[]): Waterfall {
  const terms = TERMS.map((term) => ({ ...term, value: sumOf(rows, term.of) })).filter(
    ({ name, value }) => name !== "adjustments" || value !== 0,
  );
  const [change, residual] = [sumOf(rows, (row) => row.equity_change), sumOf(rows, (row) => row.residual)];
  const steps = stepsOf([...terms.map(({ value }) => value), residual]);
  const end: Step = { value: change, from: 0, to: change ?? 0, isKnown: change !== null };
  const scale = scaleOf([...steps, end]);
  const unknown = rows.find((row) => row.reason !== undefined)?.reason ?? "not known";
  const bars = terms.map(({ name, label, hint, events, value }, index) => ({
    ...{ name, label, hint, events },
    shown: value === null ? unknownValue(unknown) : madeAmount(value),
    span: scale.spanOf(steps[index]),
  }));
  const residualReason = whyNoResidual(rows);
  return {
    currency: rows[0]?.currency ?? "",
    bots: [...new Set(rows.map(({ bot }) => bot))],
    bars,
    residual: {
      name: "residual",
      label: "Residual",
      hint: "what none of the terms explains: equity change − all of them",
      events: residual === null ? undefined : "balance",
      shown: residual === null ? unknownValue(residualReason) : madeAmount(residual),
      span: scale.spanOf(steps.at(-1)),
    },
    total: {
      name: "equity",
      label: "Equity change",
      hint: "as bots or their venues reported it at the two moments",
      events: change === null ? undefined : "balance",
      shown: change === null ? unknownValue(residualReason) : madeAmount(change),
      span: scale.spanOf(end),
    },
    zero: scale.zero,
    equityWords: equityWords(rows),
  };
}

/** Each from where the one before ended; from the first that is not known on, nowhere. */
function stepsOf(values: readonly (number | null)[]): Step[] {
  const steps: Step[] = [];
  let at = 0;
  let isKnown = true;
  for (const value of values) {
    isKnown &&= value !== null;
    steps.push({ value, from: at, to: at + (value ?? 0), isKnown });
    at += value ?? 0;
  }
  return steps;
}

function scaleOf(steps: readonly Step[]) {
  const ends = steps.filter(({ isKnown }) => isKnown).flatMap(({ from, to }) => [from, to]);
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const width = high - low || 1;
  const place = (value: number): number => (value - low) / width;
  return {
    zero: place(0),
    spanOf: (step: Step | undefined) =>
      step?.isKnown === true
        ? { from: place(Math.min(step.from, step.to)), to: place(Math.max(step.from, step.to)) }
        : undefined,
  };
}

/** Which of the bots has no equity from outside, and when. */
function whyNoResidual(rows: readonly ExplainedRow[]): string {
  const without = rows.filter(({ equity_change }) => equity_change === null);
  const [first] = without;
  if (first === undefined) return rows.find((row) => row.reason !== undefined)?.reason ?? "not known";
  const never = without.every((row) => row.equity_from === null && row.equity_to === null);
  const reason = never ? "no external equity" : whyNoChange(first);
  return rows.length === 1 ? reason : `${reason} of ${[...new Set(without.map(({ bot }) => bot))].join(", ")}`;
}

function whyNoChange({ equity_from: from, equity_to: to, residual_reason: said }: ExplainedRow): string {
  if (from === null && to !== null) return "no external equity at the first moment";
  if (from !== null && to === null) return "no external equity at the second moment";
  return said ?? "no external equity";
}

function equityWords(rows: readonly ExplainedRow[]): string | undefined {
  const [from, to] = [
    sumOf(rows, ({ equity_from }) => equity_from?.equity ?? null),
    sumOf(rows, ({ equity_to }) => equity_to?.equity ?? null),
  ];
  if (from === null || to === null) return undefined;
  return `${equityText(from)} → ${equityText(to)}`;
}

const equityText = (value: number): string => {
  const { text, full } = madeAmount(value);
  return (full ?? text).replace(/^\+/, "");
};
