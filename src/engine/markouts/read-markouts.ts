import { MICROS_PER_SECOND } from "../../base/time.ts";
import { decimalToNumber } from "../../domain/decimal.ts";
import type { Interval } from "../../metrics/inference/bootstrap.ts";
import { type Measure, measured, unknown } from "../../metrics/measure.ts";
import { type MarkoutMeasures, MarkoutTally } from "../../metrics/microstructure/markout-tally.ts";
import {
  MARKOUT_HORIZONS_S,
  type MarkoutCut,
  type MarkoutGroup,
  type MarkoutPoint,
  type WireEstimate,
} from "../../protocol/api-execution.ts";
import type { WireMeasure } from "../../protocol/api-money.ts";
import type { DeskState } from "../desk-state.ts";
import { termsOf, unnamedCurrency } from "../ledgers.ts";
import { isInPart, type Part } from "../part.ts";
import { wire } from "../trade-readings.ts";
import { type CutPart, cutInto } from "./cuts.ts";
import { type FillTable, type Missing, missingOf, type TableFill, type TableInstrument } from "./fill-table.ts";

/** Which fills of a table: all that are given must hold. Times in µs, `from` inclusive, `to` not. */
export interface MarkoutFilter extends Part {
  readonly bot?: string | undefined;
  readonly side?: "buy" | "sell" | undefined;
  readonly liquidity?: "maker" | "taker" | undefined;
  readonly from: number;
  readonly to: number;
}

/** What a table is read with besides: what instruments are, and the moment that it is read. */
export interface TableContext {
  readonly desk: DeskState;
  readonly now: number;
}

/** The markouts of some fills, all together and cut into groups. */
export interface MarkoutsRead {
  readonly all: MarkoutGroup;
  readonly groups: MarkoutGroup[];
}

/** The markouts of the fills of a table; in parts, so that other work has its turn between them. */
export function* readingMarkouts(
  table: FillTable,
  { by, ...filter }: MarkoutFilter & { readonly by?: MarkoutCut | undefined },
  context: TableContext,
): Generator<void, MarkoutsRead> {
  const fills = chosenFills(table, filter, context.desk);
  yield;
  const all = yield* groupOf({ key: "all", fills }, context);
  const groups: MarkoutGroup[] = [];
  for (const part of by === undefined ? [] : cutInto(fills, by, context.desk))
    groups.push(yield* groupOf(part, context));
  return { all, groups };
}

/** Those of a table that stand, in order of time. */
export function chosenFills(table: FillTable, filter: MarkoutFilter, desk: DeskState): TableFill[] {
  table.settle();
  const { bot, from, to } = filter;
  const side = filter.side === undefined ? undefined : filter.side === "buy" ? 1 : -1;
  const isMaker = filter.liquidity === undefined ? undefined : filter.liquidity === "maker";
  return table.fills.filter(
    (fill) =>
      !fill.isVoided &&
      fill.at >= from &&
      fill.at < to &&
      (bot === undefined || fill.bot === bot) &&
      isInPart(desk, filter, fill.instrument.venue, fill.instrument.symbol) &&
      (side === undefined || fill.side === side) &&
      (isMaker === undefined || fill.isMaker === isMaker),
  );
}

/** What an instrument's prices are in money. */
interface Money {
  readonly currency: string;
  readonly kind: string;
  readonly multiplier: number;
}

/** What fills were worth at one moment after them, and why that of some is not known. */
export interface Reached {
  readonly measures: MarkoutMeasures;
  readonly missing: Readonly<Record<Missing, number>>;
}

/** A group of fills with what their instruments are. */
export class MarkedGroup {
  readonly #fills: readonly TableFill[];
  readonly #context: TableContext;
  readonly #money = new Map<TableInstrument, Money>();

  constructor(fills: readonly TableFill[], context: TableContext) {
    this.#fills = fills;
    this.#context = context;
    for (const { instrument } of fills)
      if (!this.#money.has(instrument)) this.#money.set(instrument, moneyOf(instrument, context.desk));
  }

  /** The one currency of its money. */
  get currency(): string | undefined {
    const currencies = new Set([...this.#money.values()].map(({ currency }) => currency));
    return currencies.size === 1 ? [...currencies][0] : undefined;
  }

  /** Prices of several instruments are one measure only where all are shares of 1. */
  get isOfOnePrice(): boolean {
    return this.#money.size <= 1 || [...this.#money.values()].every(({ kind }) => kind === "binary");
  }

  /** `place` as in `mids`: 0 is the fill itself. */
  at(place: number): Reached {
    const tally = new MarkoutTally();
    const missing = { pending: 0, expired: 0, unmarked: 0 };
    for (const fill of this.#fills) {
      const why = missingOf(fill, 0, this.#context.now) ?? missingOf(fill, place, this.#context.now);
      if (why === undefined) tally.add(fill.at, markedFill(fill, place, this.#money.get(fill.instrument)));
      else missing[why]++;
    }
    return { measures: tally.measures((MARKOUT_HORIZONS_S[place - 1] ?? 0) * MICROS_PER_SECOND), missing };
  }
}

function moneyOf({ venue, symbol }: TableInstrument, desk: DeskState): Money {
  const { kind, multiplier, currency } = termsOf(desk, venue, symbol);
  return { kind, multiplier: decimalToNumber(multiplier), currency: currency ?? unnamedCurrency(symbol) };
}

function markedFill(fill: TableFill, place: number, money: Money | undefined) {
  const { side, price, size, mids, fee, feeCurrency } = fill;
  const { multiplier = 1, kind, currency } = money ?? {};
  const paid = feeCurrency === undefined || feeCurrency === currency ? fee : Number.NaN;
  return {
    side,
    price,
    size,
    mid: mids[0] as number,
    later: mids[place] as number,
    multiplier,
    isInverse: kind === "inverse",
    fee: paid,
  };
}

const CURRENCIES = "money of several currencies does not add up";
const PRICES = "prices of several instruments have no mean";

function* groupOf({ key, label, fills }: CutPart, context: TableContext): Generator<void, MarkoutGroup> {
  const group = new MarkedGroup(fills, context);
  const { currency } = group;
  const inMoney = (measure: Measure): WireMeasure =>
    wire(currency === undefined && measure.value !== undefined ? unknown(CURRENCIES, measure.n) : measure);
  const capture = group.at(0);
  const reached: Reached[] = [];
  for (let place = 1; place <= MARKOUT_HORIZONS_S.length; place++) {
    yield;
    reached.push(group.at(place));
  }
  return {
    key,
    ...(label === undefined ? {} : { label }),
    fills: fills.length,
    currency: currency ?? null,
    spread_capture: {
      mean_bps: estimateOf(capture.measures.meanBps, capture.measures.meanBpsInterval),
      weighted_bps: inMoney(capture.measures.weightedBps),
      total: inMoney(capture.measures.gross),
      ...capture.missing,
    },
    adverse_drift_30s: {
      computed: wire(reached[MARKOUT_HORIZONS_S.indexOf(30)]?.measures.meanDrift ?? unknown("no markout after 30 s")),
      reported: wire(reportedDrift(fills)),
    },
    curve: reached.map(({ measures, missing }, index): MarkoutPoint => {
      const { n, meanBps, medianBps, weightedBps, meanNetBps, meanDriftBps, meanPrice, gross, net } = measures;
      return {
        horizon_s: MARKOUT_HORIZONS_S[index] ?? 0,
        n,
        ...missing,
        mean_bps: estimateOf(meanBps, measures.meanBpsInterval),
        median_bps: wire(medianBps),
        weighted_bps: inMoney(weightedBps),
        mean_net_bps: wire(meanNetBps),
        mean_drift_bps: estimateOf(meanDriftBps, measures.meanDriftInterval),
        mean_price: wire(group.isOfOnePrice || meanPrice.value === undefined ? meanPrice : unknown(PRICES, n)),
        gross: inMoney(gross),
        net: inMoney(net),
      };
    }),
  };
}

/** A number with its interval, as the wire has it. */
export function estimateOf(measure: Measure, interval: Interval): WireEstimate {
  const told = wire(measure);
  if (told.value === null) return told;
  return "reason" in interval
    ? { ...told, ci_reason: interval.reason }
    : { ...told, ci: { low: interval.low, high: interval.high, level: 0.95 } };
}

/** The mean of what fills say of their adverse drift themselves. */
function reportedDrift(fills: readonly TableFill[]): Measure {
  const said = fills.filter(({ saidDrift }) => !Number.isNaN(saidDrift));
  if (said.length === 0) return unknown("no fill says its adverse drift");
  return measured(said.reduce((sum, { saidDrift }) => sum + saidDrift, 0) / said.length, said.length);
}
