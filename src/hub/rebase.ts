import { type Clock, isoFromMicros, MICROS_PER_DAY, type Micros } from "../base/time.ts";
import { decimalText, ZERO } from "../domain/decimal.ts";
import { heldCost } from "../domain/ledger/average-cost.ts";
import type { LedgerEntry } from "../domain/ledger/entries.ts";
import {
  type DayTotals,
  daysOf,
  type Holding,
  type LedgerPoint,
  newestOf,
  NO_FILLS,
  nowOf,
  withEntry,
} from "../domain/ledger/holding.ts";
import type { BotState } from "../engine/bot-state.ts";
import { foldedSeq, type State } from "../engine/fold.ts";
import type { Ledger } from "../engine/ledgers.ts";
import { HUB_BOT } from "../engine/read-bots.ts";
import { pointText } from "../engine/snapshot-text.ts";
import type { EventOf } from "../protocol/event-types.ts";
import type { Ingest } from "./ingest.ts";
import { type Store, StoreUnavailable } from "./ports.ts";
import { entryOfFill, entryOfSettlement, isBefore, storedFills, storedSettlements } from "./stored-entries.ts";

export interface RebaseParts {
  readonly state: State;
  readonly store: Pick<Store, "fills" | "events">;
  readonly ingest: Pick<Ingest, "submit">;
  readonly clock: Clock;
  /** False once the hub is about to stop: what is under way is left for the next start. */
  readonly goesOn: () => boolean;
}

/** Ledgers made again in one round: late fills of one import come together, and each ledger is made again once. */
const LEDGERS_A_ROUND = 50;

/**
 * Makes the ledgers again that facts came too late for, or whose instrument turned out to be something else, from all
 * their fills in the log; `ledger.rebased` tells what became of each, and sets it right in the fold.
 */
export async function rebaseStale(parts: RebaseParts): Promise<void> {
  let left = LEDGERS_A_ROUND;
  for (const bot of parts.state.bots.values())
    for (const key of [...bot.staleLedgers.keys()]) {
      const ledger = bot.ledgers.get(key);
      if (ledger === undefined) continue;
      if (left-- === 0 || !parts.goesOn()) return;
      await rebase(parts, bot, { key, ledger });
    }
}

async function rebase(
  { state, store, ingest, clock, goesOn }: RebaseParts,
  bot: BotState,
  { key, ledger }: { readonly key: string; readonly ledger: Ledger },
): Promise<void> {
  const asOfSeq = foldedSeq(state);
  const since = bot.startedAt;
  const point = await remade(store, { bot: bot.bot, ledger, startedAt: since, asOfSeq, goesOn });
  if (point === undefined) return;
  const now = clock.now();
  const event: Omit<EventOf<"ledger.rebased">, "mode"> = {
    type: "ledger.rebased",
    bot: HUB_BOT,
    ts: isoFromMicros(now),
    id: `rebased:${bot.bot}:${key.replaceAll("\t", ":")}:${asOfSeq}`.slice(0, 128),
    instrument: `${ledger.venue} ${ledger.symbol}`,
    from_ts: isoFromMicros(firstDifference(ledger.holding, point)),
    before: summary(nowOf(ledger.holding)),
    after: summary(point),
    ledger_bot: bot.bot,
    ledger_account: ledger.account,
    venue: ledger.venue,
    symbol: ledger.symbol,
    as_of_seq: asOfSeq,
    point: pointText(point),
  };
  const done = await ingest.submit([{ value: { ...event, mode: ledger.mode } }], { speaker: "hub" });
  if (!done.ok) throw new StoreUnavailable(done.error.message);
  const [item] = done.value.items;
  if (item?.kind === "rejected") throw new Error(`the hub refused its own event: ${item.rejection.message}`);
}

/** What people are told of a ledger before and after. */
const summary = ({ open, all }: LedgerPoint) => ({
  position: decimalText(open.position.quantity),
  cost: decimalText(heldCost(open.position)),
  realized: decimalText(all.realized),
  fills: all.fills,
});

/** The beginning of the first day that reads otherwise now; the newest fill of before when none does. */
function firstDifference(holding: Holding, point: LedgerPoint): Micros {
  const [then, now] = [daysOf(nowOf(holding)), daysOf(point)];
  const first = [...new Set([...then, ...now].map(({ day }) => day))]
    .sort((a, b) => a - b)
    .find((day) => !sameDay(then.find(isOf(day)), now.find(isOf(day))));
  return first === undefined ? newestOf(holding).at : ((first * MICROS_PER_DAY) as Micros);
}

const isOf =
  (day: number) =>
  (each: DayTotals): boolean =>
    each.day === day;

const sameDay = (a: DayTotals | undefined, b: DayTotals | undefined): boolean =>
  a?.totals.fills === b?.totals.fills &&
  a?.totals.settlements === b?.totals.settlements &&
  decimalText(a?.totals.realized ?? ZERO) === decimalText(b?.totals.realized ?? ZERO);

interface Course {
  readonly bot: string;
  readonly ledger: Ledger;
  readonly startedAt: Micros | undefined;
  readonly asOfSeq: number;
  readonly goesOn: () => boolean;
}

/**
 * The ledger from all its fills. They come in the order of the log, which is nearly that of time: those that came late
 * are set aside first, and take their place on the way. Memory is bounded by the late ones. Undefined when the hub stops.
 */
async function remade(store: RebaseParts["store"], course: Course): Promise<LedgerPoint | undefined> {
  const late = await settlementsOf(store, course);
  let newest = Number.NEGATIVE_INFINITY;
  let point = NO_FILLS;
  for await (const entry of entriesOf(store, course)) {
    if (!course.goesOn()) return undefined;
    if (entry.at < newest) late.push(entry);
    else newest = entry.at;
  }
  late.sort((a, b) => a.at - b.at || a.seq - b.seq);
  const aside = new Set(late.map(({ seq }) => seq));
  let next = 0;
  for await (const entry of entriesOf(store, course)) {
    if (!course.goesOn()) return undefined;
    if (aside.has(entry.seq)) continue;
    for (let due = late[next]; due !== undefined && isBefore(due, entry); due = late[++next])
      point = withEntry(point, due);
    point = withEntry(point, entry);
  }
  return late.slice(next).reduce(withEntry, point);
}

/** The fills of the ledger that are not voided, in the order of the log. */
async function* entriesOf(store: RebaseParts["store"], { bot, ledger, startedAt, asOfSeq }: Course) {
  const { mode, account, venue, symbol } = ledger;
  for await (const fill of storedFills(store, { bot, mode, venue, symbol, asOfSeq })) {
    if ((fill.account ?? bot) !== account) continue;
    const entry = entryOfFill(fill, ledger, startedAt);
    if (entry !== undefined) yield entry;
  }
}

async function settlementsOf(
  store: RebaseParts["store"],
  { bot, ledger, startedAt, asOfSeq }: Course,
): Promise<LedgerEntry[]> {
  const { mode, venue, symbol } = ledger;
  const entries: LedgerEntry[] = [];
  for await (const event of storedSettlements(store, { bot, mode, venue, symbol, asOfSeq }))
    entries.push(entryOfSettlement(event, ledger, startedAt));
  return entries;
}
