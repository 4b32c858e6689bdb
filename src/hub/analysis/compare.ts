import { isoFromMicros, MICROS_PER_DAY, type Micros, micros, parseTime } from "../../base/time.ts";
import { orderCountsOf } from "../../engine/activity.ts";
import {
  type CurrencyPart,
  currencyParts,
  evidenceOf,
  type SpanEvidence,
} from "../../engine/attribution/span-evidence.ts";
import { emptyBotState, type Mode } from "../../engine/bot-state.ts";
import { compareSides, type SideEvidence } from "../../engine/comparison/compare-sides.ts";
import { type Boundary, type RunSpan, runSpans } from "../../engine/comparison/version-spans.ts";
import { pastState } from "../../engine/rollup/past-state.ts";
import type { CompareAnswer, CompareBy, ComparedSide, VersionSpan } from "../../protocol/api-compare.ts";
import type { EventOf } from "../../protocol/event-types.ts";
import type { WireEvent } from "../../protocol/recorded.ts";
import { momentOfEnd, readPast } from "../past.ts";
import { type AttributionParts, courseSpan } from "./attribution.ts";
import { wholeDays } from "./daily-returns.ts";
import type { Statistics } from "./statistics.ts";

export interface CompareParts extends AttributionParts {
  readonly statistics: Statistics;
}

/** What is compared with what. */
export interface CompareFilter {
  readonly bot: string;
  readonly mode: Mode;
  readonly by: CompareBy;
  readonly confidence: number;
  /** Of a period: 30 days before its end when absent. Of versions they are not asked for. */
  readonly from?: Micros | undefined;
  /** Now when absent, or where it is later. */
  readonly to?: Micros | undefined;
  /** By version: labels of spans; the newest and the one before it when absent. */
  readonly a?: string | undefined;
  readonly b?: string | undefined;
  /** By mode: what `mode` is compared with; paper when absent, and live for paper. */
  readonly against?: Mode | undefined;
}

/** Why a comparison cannot be made as it was asked for; the message says what helps. */
export class NothingToCompare extends Error {
  override readonly name = "NothingToCompare";
}

interface Side {
  readonly label: string;
  readonly mode: Mode;
  readonly from: Micros;
  readonly to: Micros;
  readonly span?: RunSpan;
}

const DAYS_USUAL = 30;

/**
 * One side of a bot's life against another: each metric of both, how they differ, and whether that is more than chance.
 * Rejects with `NothingToCompare`, `HistoryUnreadable` and `Overloaded`.
 */
export async function readCompared(parts: CompareParts, filter: CompareFilter): Promise<CompareAnswer> {
  const { bot, by, confidence } = filter;
  const now = parts.clock.now();
  const spans = by === "version" ? await spansOf(parts, filter) : [];
  const [a, b] = by === "version" ? versions(filter, spans, now) : ranges(filter, now);
  const told = await bothSides(parts, bot, { a, b, now });
  return {
    bot,
    by,
    confidence,
    a: sideView(a),
    b: sideView(b),
    metrics: compareSides(told.a, told.b, { confidence, hasBand: by === "mode" }),
    spans: spans.map(spanView).reverse(),
    notes: told.notes,
    as_of: isoFromMicros(now),
    as_of_seq: told.seq,
  };
}

function ranges({ mode, by, from: asked, to: until, against }: CompareFilter, now: Micros): readonly [Side, Side] {
  const to = micros(Math.min(until ?? now, now));
  const from = asked ?? micros(to - DAYS_USUAL * MICROS_PER_DAY);
  if (from >= to) throw new NothingToCompare("the range has no time in it: name an earlier from");
  if (by === "mode") {
    const other = against ?? (mode === "paper" ? "live" : "paper");
    if (other === mode) throw new NothingToCompare("name another mode in against than in mode");
    return [
      { label: other, mode: other, from, to },
      { label: mode, mode, from, to },
    ];
  }
  return [
    { label: "previous", mode, from: micros(2 * from - to), to: from },
    { label: "current", mode, from, to },
  ];
}

function versions({ mode, a, b }: CompareFilter, spans: readonly RunSpan[], now: Micros): readonly [Side, Side] {
  const named = (label: string): number => {
    const place = spans.findIndex((span) => span.label === label);
    if (place < 0) throw new NothingToCompare(`no span is called ${label}: ${listed(spans)}`);
    return place;
  };
  const later = b === undefined ? spans.length - 1 : named(b);
  const earlier = a === undefined ? later - 1 : named(a);
  const [first, second] = [spans[earlier], spans[later]];
  if (first === undefined || second === undefined)
    throw new NothingToCompare(`needs two versions, configurations or annotations: ${listed(spans)}`);
  const sideOf = (span: RunSpan): Side => ({ label: span.label, mode, from: span.from, to: span.to ?? now, span });
  return [sideOf(first), sideOf(second)];
}

const listed = (spans: readonly RunSpan[]): string =>
  spans.length === 0 ? "the bot said no bot.started" : `there are ${spans.map(({ label }) => label).join(", ")}`;

const PAGE = 1_000;
const PAGES_MAX = 10;

/** From what the bot said of its starts, and what was noted of it. */
async function spansOf({ store }: CompareParts, { bot, mode }: CompareFilter): Promise<RunSpan[]> {
  const boundaries: Boundary[] = [];
  for (const type of ["bot.started", "annotation"] as const) {
    let beforeSeq: number | undefined;
    for (let page = 0; page < PAGES_MAX; page++) {
      const { events, complete, lastSeq } = await store.events({
        ...{ bot, type, order: "newest", limit: PAGE },
        ...(type === "annotation" ? {} : { mode }),
        ...(beforeSeq === undefined ? {} : { beforeSeq }),
      });
      boundaries.push(...events.flatMap((text) => boundaryOf(JSON.parse(text))));
      if (complete || lastSeq === undefined) break;
      beforeSeq = lastSeq;
    }
  }
  return runSpans(boundaries);
}

type BoundaryEvent = WireEvent & (EventOf<"bot.started"> | EventOf<"annotation">);

function boundaryOf(event: BoundaryEvent): Boundary[] {
  const at = parseTime(event.ts);
  if (at === undefined || event.standing !== undefined) return [];
  return event.type === "annotation"
    ? [{ at, annotation: event.title }]
    : [{ at, version: event.version, configHash: event.config_hash }];
}

interface Sides {
  readonly a: Side;
  readonly b: Side;
  readonly now: Micros;
}

interface Evidence {
  readonly a: SideEvidence;
  readonly b: SideEvidence;
  readonly notes: string[];
  readonly seq: number;
}

async function bothSides(parts: CompareParts, bot: string, { a, b, now }: Sides): Promise<Evidence> {
  const [ofA, ofB] = [await partsOf(parts, bot, a, now), await partsOf(parts, bot, b, now)];
  const { currency, notes } = commonOf([...ofA, ...ofB]);
  const [first, second] = [await restOf(parts, bot, a, now), await restOf(parts, bot, b, now)];
  const [fillsOfA, fillsOfB] = [evidenceOf(ofA, currency), evidenceOf(ofB, currency)];
  return {
    a: { ...first.evidence, ...fillsOfA },
    b: { ...second.evidence, ...fillsOfB },
    notes: [...notes, ...feelessNotes([a, fillsOfA], [b, fillsOfB])],
    seq: Math.max(first.seq, second.seq),
  };
}

async function partsOf(
  { histories }: CompareParts,
  bot: string,
  { mode, from, to }: Side,
  now: Micros,
): Promise<CurrencyPart[]> {
  const read = await histories.course({ bot, mode, spans: [courseSpan(from, to, now)] });
  return currencyParts(read.course, read.bot.ledgers);
}

/** The currency of most fills: money of others does not add up with it. */
function commonOf(parts: readonly CurrencyPart[]): { readonly currency: string | undefined; readonly notes: string[] } {
  const fills = new Map<string, number>();
  for (const { currency, part } of parts)
    if (part.totals.fills > 0) fills.set(currency, (fills.get(currency) ?? 0) + part.totals.fills);
  const [first, ...others] = [...fills].sort(([, x], [, y]) => y - x);
  const left = others.reduce((sum, [, count]) => sum + count, 0);
  return {
    currency: first?.[0],
    notes: left > 0 ? [`${left} fills in other currencies than ${first?.[0]} are left out`] : [],
  };
}

/** A fee that nobody told is not 0: trades seem to make more than they did. */
const feelessNotes = (...sides: readonly (readonly [Side, SpanEvidence])[]): string[] =>
  sides.flatMap(([{ label }, { feeless, fills }]) =>
    feeless === 0 ? [] : [`${feeless} of ${fills} fills of ${label} say no fee: its trades are told before those`],
  );

/** What is known without the fills. */
async function restOf(parts: CompareParts, bot: string, { mode, from, to }: Side, now: Micros) {
  const reading = await readPast(parts, { bot, mode, kinds: ["ledger"] }, [from, momentOfEnd(to, now)]);
  const past = pastState(parts.state, reading.between(0, 1), { end: to, isNow: false });
  const { ordersPlaced, ordersFilled } = orderCountsOf(past.bots.get(bot) ?? emptyBotState(bot), mode, "session");
  const { returns, seq } = await parts.statistics.daily({ bot, mode, ...wholeDays(from, to) });
  return { evidence: { ordersPlaced, ordersFilled, returns }, seq: Math.max(seq, reading.seq) };
}

const sideView = ({ label, mode, from, to, span }: Side): ComparedSide => ({
  label,
  mode,
  from: isoFromMicros(from),
  to: isoFromMicros(to),
  ...runView(span),
});

const spanView = (span: RunSpan): VersionSpan => ({
  label: span.label,
  from: isoFromMicros(span.from),
  to: span.to === undefined ? null : isoFromMicros(span.to),
  ...runView(span),
  ...(span.annotation === undefined ? {} : { annotation: span.annotation }),
});

const runView = (span: RunSpan | undefined): Pick<VersionSpan, "version" | "config_hash"> => ({
  ...(span?.version === undefined ? {} : { version: span.version }),
  ...(span?.configHash === undefined ? {} : { config_hash: span.configHash }),
});
