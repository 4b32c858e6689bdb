import { isoFromMicros, MICROS_PER_DAY, type Micros, micros } from "../../base/time.ts";
import type { BotState, Mode } from "../../engine/bot-state.ts";
import type { CourseSpan } from "../../engine/attribution/fill-course.ts";
import { type AdverseSelection, adverseSelection } from "../../engine/attribution/adverse-selection.ts";
import { IncomeParts } from "../../engine/attribution/income-parts.ts";
import { type AttributionInput, attribute } from "../../engine/attribution/read-attribution.ts";
import type { State } from "../../engine/fold.ts";
import { chosenFills } from "../../engine/markouts/read-markouts.ts";
import { pastState } from "../../engine/rollup/past-state.ts";
import type { RolledKind } from "../../engine/rollup/rolled.ts";
import type { AttributionAnswer, AttributionRow } from "../../protocol/api-attribution.ts";
import type { Markouts } from "../markouts.ts";
import { type CourseReading, type Histories, HistoryUnreadable } from "../histories.ts";
import { momentOfEnd, type PastParts, type PastReading, readPast } from "../past.ts";
import { Overloaded, quickPrices } from "../explain.ts";
import type { Store } from "../ports.ts";
import { type EntryStore, storedIncomes } from "../stored-entries.ts";

export interface AttributionParts extends PastParts {
  readonly store: EntryStore & Pick<Store, "samples">;
  readonly histories: Histories;
  readonly tables: Markouts;
}

/** Whose profit, and of when. */
export interface AttributionFilter {
  /** Every bot when absent. */
  readonly bot?: string | undefined;
  readonly mode: Mode;
  /** 00:00 UTC of today when absent. */
  readonly from?: Micros | undefined;
  /** Now when absent, or where it is later. */
  readonly to?: Micros | undefined;
}

const KINDS: readonly RolledKind[] = ["ledger", "cash", "reported", "mark"];
/** Something may be told between the reading of the rollups and that of the fills. */
const TRIES_MAX = 4;

/** The span of a course that a read up to `to` is of: where that is now, everything that has been told. */
export const courseSpan = (from: Micros, to: Micros, now: Micros): CourseSpan => ({
  from,
  to: to >= now ? Number.MAX_SAFE_INTEGER : to,
});

/**
 * Where the profit of each bot came from, from rollups and its stored fills: one bot after the other. A bot whose fills
 * cannot be read now still has its net and costs, and is named. Rejects with `Overloaded`.
 */
export async function readAttribution(parts: AttributionParts, filter: AttributionFilter): Promise<AttributionAnswer> {
  const { bot: name, mode } = filter;
  const now = parts.clock.now();
  const end = Math.min(filter.to ?? now, now);
  const from = filter.from ?? micros(end - (end % MICROS_PER_DAY));
  const to = micros(Math.max(from, end));
  const rows: AttributionAnswer["rows"] = [];
  const unread: AttributionAnswer["unread"] = [];
  let seq = 0;
  for (const bot of namesIn(parts.state, name, mode)) {
    const read = await readBot(parts, { bot, mode, from, to, now, whole: true });
    seq = Math.max(seq, read.seq);
    rows.push(...attribute(read.input));
    if (read.input.unread !== undefined) unread.push({ bot, reason: read.input.unread });
  }
  const drift = name === undefined ? OF_ONE_BOT : await adverseOf(parts, { bot: name, mode, from, to, now });
  return {
    from: isoFromMicros(from),
    to: isoFromMicros(to),
    rows: rows.map((row) => withAdverse(row, drift)).sort((a, b) => Math.abs(b.net ?? 0) - Math.abs(a.net ?? 0)),
    unread,
    as_of: isoFromMicros(now),
    as_of_seq: seq === 0 ? parts.state.desk.seq : seq,
  };
}

/** By currency; or why it is not read. */
type Adverse = { readonly byCurrency: ReadonlyMap<string, AdverseSelection> } | { readonly reason: string };

const OF_ONE_BOT: Adverse = { reason: "is read of one bot: name it with bot" };

/** Of one bot: that of every bot at once would read the marks of all. */
async function adverseOf(
  { tables, state }: AttributionParts,
  { bot, mode, from, to, now }: BotRange,
): Promise<Adverse> {
  try {
    const end = to >= now ? Number.MAX_SAFE_INTEGER : to;
    return await tables.read({ bot, mode, from }, ({ table }) => ({
      byCurrency: adverseSelection(chosenFills(table, { bot, from, to: end }, state.desk), state.desk),
    }));
  } catch (error) {
    if (error instanceof Overloaded || error instanceof HistoryUnreadable) return { reason: error.message };
    throw error;
  }
}

const NO_MARKS = "no fill has a mid of its own and a mark 30 s later";

function withAdverse(row: AttributionRow, drift: Adverse): AttributionRow {
  const { adverse_selection_reason: _, ...memo } = row.memo;
  if ("reason" in drift) return { ...row, memo: { ...memo, adverse_selection_reason: drift.reason } };
  const found = drift.byCurrency.get(row.currency);
  return {
    ...row,
    memo:
      found === undefined
        ? { ...memo, adverse_selection_fills: 0, adverse_selection_reason: NO_MARKS }
        : {
            ...memo,
            adverse_selection: Number(found.amount.toPrecision(12)) + 0,
            adverse_selection_fills: found.fills,
          },
  };
}

/** Bots that have money of the mode. */
export const namesIn = (state: State, name: string | undefined, mode: Mode): string[] =>
  [...state.bots.values()].filter((bot) => (name ?? bot.bot) === bot.bot && hasMoney(bot, mode)).map(({ bot }) => bot);

const hasMoney = (bot: BotState, mode: Mode): boolean =>
  [bot.ledgers, bot.cash, bot.reported].some((part) =>
    [...(part as ReadonlyMap<string, { readonly mode: Mode }>).values()].some((each) => each.mode === mode),
  );

/** One bot in a range. */
export interface BotRange {
  readonly bot: string;
  readonly mode: Mode;
  readonly from: Micros;
  readonly to: Micros;
  readonly now: Micros;
  /** Only what days add up to is needed: not trades, nor how sure slippage is. */
  readonly whole?: boolean;
}

interface BotRead {
  readonly input: AttributionInput;
  readonly seq: number;
}

/** All that the profit of one bot is parted by. */
export async function readBot(parts: AttributionParts, range: BotRange): Promise<BotRead> {
  for (let tries = 1; ; tries++) {
    const { reading, course, unread } = await readOnce(parts, range);
    // What was told between the two reads is in one of them only.
    const isTold = course !== undefined && parts.state.bots.get(range.bot)?.seq !== course.bot.seq;
    if (isTold && tries < TRIES_MAX) continue;
    return { input: await inputOf(parts, range, { reading, course, unread }), seq: reading.seq };
  }
}

interface Read {
  readonly reading: PastReading;
  readonly course: CourseReading | undefined;
  readonly unread: string | undefined;
}

const ALL_TIME: CourseSpan = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** The whole days that a range is; undefined where it begins or ends within one. */
function daysOf({ from, to, now, whole = false }: BotRange): AttributionInput["days"] {
  if (!whole || from % MICROS_PER_DAY !== 0) return undefined;
  if (to >= now) return { first: from / MICROS_PER_DAY, end: Number.MAX_SAFE_INTEGER };
  return to % MICROS_PER_DAY === 0 ? { first: from / MICROS_PER_DAY, end: to / MICROS_PER_DAY } : undefined;
}

async function readOnce(parts: AttributionParts, range: BotRange): Promise<Read> {
  const { bot, mode, from, to, now } = range;
  // One course of all days serves every range of whole ones, and goes on from day to day.
  const spans = [daysOf(range) === undefined ? courseSpan(from, to, now) : ALL_TIME];
  let course: CourseReading | undefined;
  let unread: string | undefined;
  try {
    course = await parts.histories.course({ bot, mode, spans });
  } catch (error) {
    if (!(error instanceof HistoryUnreadable)) throw error;
    unread = error.message;
  }
  const reading = await readPast(parts, { bot, mode, kinds: KINDS }, [from, momentOfEnd(to, now)]);
  return { reading, course, unread };
}

async function inputOf(
  parts: AttributionParts,
  range: BotRange,
  { reading, course, unread }: Read,
): Promise<AttributionInput> {
  const { bot: name, mode, from, to, now } = range;
  const { state } = parts;
  const isNow = to >= now;
  const past = pastState(state, reading.between(0, 1), { end: to, isNow });
  const before = reading.between(undefined, 0);
  const bot = course?.bot ?? state.bots.get(name);
  if (bot === undefined) throw new RangeError(`no bot ${name}`);
  return {
    bot,
    mode,
    ledgers: bot.ledgers,
    past,
    pricesFrom: await quickPrices(parts, pastState(state, before, { end: from, isNow: false }), { name, at: from }),
    pricesTo: isNow ? past.samples : await quickPrices(parts, past, { name, at: to }),
    course: course?.course,
    days: daysOf(range),
    unread,
    incomes: await incomesOf(parts, { name, mode, from, to: isNow ? undefined : to, asOfSeq: reading.seq }),
  };
}

interface IncomeRange {
  readonly name: string;
  readonly mode: Mode;
  readonly from: Micros;
  readonly to: Micros | undefined;
  readonly asOfSeq: number;
}

async function incomesOf(
  { store }: AttributionParts,
  { name, mode, from, to, asOfSeq }: IncomeRange,
): Promise<IncomeParts> {
  const incomes = new IncomeParts();
  const range = { from, ...(to === undefined ? {} : { to }) };
  for await (const { income, at } of storedIncomes(store, { bot: name, mode, asOfSeq, ...range }))
    incomes.take(income, at);
  return incomes;
}
