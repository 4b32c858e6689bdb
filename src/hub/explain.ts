import { isoFromMicros, type Micros, micros } from "../base/time.ts";
import { isZero } from "../domain/decimal.ts";
import type { Mode } from "../engine/bot-state.ts";
import { instrumentKey } from "../engine/desk-state.ts";
import { foldedSeq, type State } from "../engine/fold.ts";
import { isHeld } from "../engine/ledgers.ts";
import { explain, type Moment } from "../engine/read-explained.ts";
import { markPriceOf } from "../engine/mark-price.ts";
import { type Past, pastState } from "../engine/rollup/past-state.ts";
import type { RolledKind } from "../engine/rollup/rolled.ts";
import type { ExplainAnswer } from "../protocol/api-money.ts";
import type { EventOf } from "../protocol/event-types.ts";
import { momentOfEnd, type PastParts, readPast } from "./past.ts";
import type { SamplesFrom } from "./past-reads.ts";
import type { SampleRow, Store } from "./ports.ts";
import { Course } from "./replay/course.ts";

export interface ExplainParts extends PastParts {
  readonly store: Pick<Store, "replay" | "samples">;
}

export interface ExplainFilter {
  readonly from: Micros;
  /** Now when absent. */
  readonly to?: Micros;
  readonly bot?: string;
  readonly mode?: string | undefined;
}

/** Too many such questions wait already. */
export class Overloaded extends Error {
  override readonly name = "Overloaded";
}

/** A replay knows nothing of what is made of all facts, which tell of what is to come there. */
export class NoPast extends Error {
  override readonly name = "NoPast";

  constructor() {
    super(
      "a replay has no rollups, which know what is to come: ask the hub itself, with `to` the moment of the replay",
    );
  }
}

const WAITING_MAX = 4;

/** One such question at a time; a few may wait, more are refused with `Overloaded`. */
export function inTurn(waitingMax = WAITING_MAX): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return (work) => {
    if (waiting >= waitingMax)
      return Promise.reject(new Overloaded(`${waiting} such reads wait already; try again in some seconds`));
    waiting++;
    const done = last.then(work, work).finally(() => waiting--);
    last = done.catch(() => undefined);
    return done;
  };
}

const KINDS: readonly RolledKind[] = ["ledger", "cash", "reported", "equity", "mark"];

/**
 * Explains the change of equity between two moments, from rollups and the facts at the edges: as all facts that are known
 * now tell it, what is not realised at the marks of the two moments. Where nothing is held at a moment of the past, or
 * marks of it are found at once, that is as quick as any read; else the log is folded once more up to the moment, which
 * takes about two seconds for each million facts before it, and holds nobody up.
 */
export async function explainPnl(
  parts: ExplainParts,
  { from, to: asked, bot, mode }: ExplainFilter,
): Promise<Omit<ExplainAnswer, "as_of" | "as_of_seq">> {
  const now = parts.clock.now();
  const end = asked ?? now;
  const isNow = asked === undefined;
  // What was told of the moments themselves belongs to them.
  const moments = [micros(from + 1), isNow ? momentOfEnd(now, now) : micros(end + 1)];
  const reading = await readPast(parts, { bot, mode: mode as Mode | undefined, kinds: KINDS }, moments);
  const [then, later] = [reading.between(undefined, 0), reading.between(undefined, 1)];
  const before = await momentOf(parts, then, { end: from, isNow: false });
  const after = await momentOf(parts, later, { end, isNow });
  const span = { state: pastState(parts.state, reading.between(0, 1), { end, isNow: true }), at: end };
  const rows = explain({ before, after, span }, { bot, mode });
  return { from: isoFromMicros(from), to: isoFromMicros(end), rows };
}

interface End {
  readonly end: Micros;
  readonly isNow: boolean;
}

async function momentOf(parts: ExplainParts, pasts: readonly Past[], { end, isNow }: End): Promise<Moment> {
  const prices = isNow ? undefined : await pricesAt(parts, heldIn(pasts), end);
  return { state: pastState(parts.state, pasts, { end, isNow, prices }), at: end };
}

/** `venue\tsymbol` of what is held. */
const heldIn = (pasts: readonly Past[]): Set<string> =>
  new Set(
    pasts.flatMap(({ key, to }) =>
      to?.kind === "ledger" && !isZero(to.point.open.position.quantity) ? [key.parts.slice(1).join("\t")] : [],
    ),
  );

type Prices = Pick<State["samples"], "marks" | "books">;

async function pricesAt(parts: ExplainParts, held: ReadonlySet<string>, at: Micros): Promise<Prices> {
  return (await newestMarks(parts, held, at)) ?? foldedPrices(parts, at);
}

/**
 * The prices of a moment of the past: the marks that the log kept for facts, and where something is held that has none
 * of them those that are still among the samples. What is found nowhere at once stays unknown.
 */
export async function quickPrices(
  parts: { readonly store: Pick<Store, "samples"> },
  past: State,
  { name, at }: { readonly name: string; readonly at: Micros },
): Promise<State["samples"]> {
  const held = new Set<string>();
  for (const ledger of past.bots.get(name)?.ledgers.values() ?? [])
    if (isHeld(ledger) && markPriceOf(past.samples, ledger.venue, ledger.symbol) === undefined)
      held.add(instrumentKey(ledger.venue, ledger.symbol));
  if (held.size === 0) return past.samples;
  const marks = await newestMarks(parts, held, at);
  return marks === undefined
    ? past.samples
    : { ...past.samples, marks: new Map([...marks.marks, ...past.samples.marks]) };
}

/** A mark is looked for so long before a moment, in so many pages of samples. */
const LOOK_BACK_MICROS = 60_000_000;
const PAGES_MAX = 40;

/** The newest mark of each instrument before a moment; undefined where one is not found at once. */
async function newestMarks(
  { store }: { readonly store: Pick<Store, "samples"> },
  held: ReadonlySet<string>,
  at: Micros,
): Promise<Prices | undefined> {
  const marks: Prices["marks"] = new Map();
  if (held.size === 0) return { marks, books: new Map() };
  let from: SamplesFrom = { receivedAt: micros(at - LOOK_BACK_MICROS) };
  for (let page = 0; page < PAGES_MAX; page++) {
    const { rows, next } = await store.samples(from);
    for (const row of rows) takeMark(marks, row, at);
    if (next === undefined || (rows.at(-1)?.receivedAt ?? 0) > at) {
      return [...held].every((key) => marks.has(key)) ? { marks, books: new Map() } : undefined;
    }
    from = { cursor: next };
  }
  return undefined;
}

function takeMark(marks: Prices["marks"], { type, body, ts, receivedAt }: SampleRow, at: Micros): void {
  if (type !== "mark" || receivedAt > at) return;
  const event = JSON.parse(body) as EventOf<"mark">;
  const key = instrumentKey(event.venue, event.symbol);
  if ((marks.get(key)?.receivedAt ?? 0) <= receivedAt)
    marks.set(key, { event, ts, receivedAt, at: micros(Math.min(ts, receivedAt)) });
}

async function foldedPrices({ state, store, timers }: ExplainParts, at: Micros): Promise<Prices> {
  const lastSeq = foldedSeq(state);
  const course = new Course({ store, timers, toSeq: () => lastSeq, heardTo: () => at });
  try {
    await course.advance((_, heardAt) => heardAt <= at);
    return course.state.samples;
  } finally {
    course.close();
  }
}
