import { add, type Decimal, decimalToNumber, isZero, subtract, ZERO } from "../../domain/decimal.ts";
import { type Measure, measured, unknown } from "../../metrics/measure.ts";
import { fixed } from "../number-format.ts";
import { type Chart, thinned } from "./chart.ts";
import { type FillStep, type FillTotals, unrealizedAt } from "./fill-ledger.ts";
import { type Figure, type FigureUnit, figuresJson, numberJson, type Report } from "./report.ts";

/** Fills of one instrument as they were booked. */
export interface BookedFills {
  readonly totals: FillTotals;
  readonly steps: readonly FillStep[];
  readonly mark: Decimal | undefined;
  readonly source: string;
}

const NO_MARK = "no mark: say the price with --mark";
const NO_FEES = "the file has no column fee";
/** JSON lists every fill up to so many, beyond only each so-manieth. */
const STEPS_LISTED = 10_000;

/** What fills of one instrument made (metrics.md §2), by average cost and first in first out. */
export function fillsReport(fills: BookedFills): Report {
  const figures = totalFigures(fills);
  const { metrics, reasons } = figuresJson(figures);
  const { totals, steps, mark, source } = fills;
  const every = Math.max(1, Math.ceil(steps.length / STEPS_LISTED));
  return {
    title: "Fills",
    about: [
      source,
      `${fixed(steps.length, 0)} fills`,
      mark === undefined ? "no mark" : `marked at ${decimalToNumber(mark)}`,
    ],
    groups: [{ title: "Totals", figures }],
    tables: [],
    charts: () => chartsOf(steps),
    notes: [],
    json: {
      report: "fills",
      n: steps.length,
      totals: metrics,
      reasons,
      closing_fills_ac_with_prorata_fees: {
        n: totals.closings,
        sum_pnl_net: totals.closedNet === undefined ? null : decimalToNumber(totals.closedNet),
      },
      step: every,
      per_fill: steps.flatMap((step, i) => (i % every === 0 ? [stepJson(step, i)] : [])),
    },
  };
}

const stepJson = ({ realizedAc, realizedFifo, position, averagePrice }: FillStep, i: number): object => ({
  i,
  realized_ac: numberJson(realizedAc),
  realized_fifo: numberJson(realizedFifo),
  position: numberJson(position),
  avg_entry_price_ac: numberJson(averagePrice),
});

function totalFigures({ totals, steps, mark }: BookedFills): readonly Figure[] {
  const n = steps.length;
  const { position, fees } = totals;
  const ac = unrealizedOf(position, totals.costAc, mark);
  const fifo = unrealizedOf(position, totals.costFifo, mark);
  const gross = ac === undefined ? undefined : add(totals.realizedAc, ac);
  const net = gross === undefined || fees === undefined ? undefined : subtract(gross, fees);
  const of = (value: Decimal | undefined, reason: string): Measure =>
    value === undefined ? unknown(reason, n) : measured(decimalToNumber(value), n);
  const average: Measure = isZero(position)
    ? unknown("nothing is held", n)
    : measured(decimalToNumber(totals.costAc) / decimalToNumber(position), n);
  const entries: readonly (readonly [string, string, FigureUnit, Measure])[] = [
    ["realized_gross_ac", "Realised, average cost", "money", of(totals.realizedAc, "")],
    ["realized_gross_fifo", "Realised, first in first out", "money", of(totals.realizedFifo, "")],
    ["unrealized_ac", "Not realised, average cost", "money", of(ac, NO_MARK)],
    ["unrealized_fifo", "Not realised, first in first out", "money", of(fifo, NO_MARK)],
    ["total_pnl_gross", "Profit before fees", "money", of(gross, NO_MARK)],
    ["fees", "Fees, rebates taken off", "amount", of(fees, NO_FEES)],
    ["total_pnl_net", "Profit after fees", "money", of(net, gross === undefined ? NO_MARK : NO_FEES)],
    ["end_position", "Held at the end", "quantity", of(position, "")],
    ["end_avg_price_ac", "Average price of what is held", "price", average],
  ];
  return entries.map(([name, title, unit, measure]) => ({ name, title, unit, measure }));
}

/** What is flat has nothing unrealised, mark or not. */
function unrealizedOf(position: Decimal, cost: Decimal, mark: Decimal | undefined): Decimal | undefined {
  if (isZero(position)) return ZERO;
  return mark === undefined ? undefined : unrealizedAt(position, cost, mark);
}

function chartsOf(steps: readonly FillStep[]): readonly Chart[] {
  if (steps.length < 2) return [];
  const x = Float64Array.from(steps, (_, index) => index);
  const sums = (of: (step: FillStep) => number): Float64Array => {
    let sum = 0;
    return Float64Array.from(steps, (step) => (sum += of(step)));
  };
  const common = { kind: "line", xUnit: "count", unit: "money" } as const;
  return [
    {
      ...common,
      title: "Realised before fees",
      about: "Sum of what each fill realised",
      isFilled: false,
      lines: [
        thinned({ label: "average cost", tone: "main", x, y: sums(({ realizedAc }) => realizedAc) }),
        thinned({ label: "first in, first out", tone: "other", x, y: sums(({ realizedFifo }) => realizedFifo) }),
      ],
    },
    {
      ...common,
      title: "Position",
      about: "What was held after each fill",
      isFilled: true,
      lines: [thinned({ label: "position", tone: "main", x, y: Float64Array.from(steps, ({ position }) => position) })],
    },
  ];
}
