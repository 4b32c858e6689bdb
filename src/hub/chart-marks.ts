import { type Micros, isoFromMicros, parseTime } from "../base/time.ts";
import { type MarksAnswer, MARKS_MAX, type MarkView } from "../protocol/api-marks.ts";
import type { WireEvent } from "../protocol/recorded.ts";
import type { EventFilter } from "./ports.ts";
import type { Query } from "./query.ts";

export interface MarksFilter {
  /** What concerns it; all bots when absent. */
  readonly bot?: string | undefined;
  /** Of what bots say; what the hub says is of every mode. */
  readonly mode?: string | undefined;
  readonly from: Micros;
  /** Now when absent. */
  readonly to?: Micros | undefined;
}

/** What bots say of themselves, and what the hub says. */
const OF_BOTS = ["annotation", "bot.started", "bot.stopped"] as const;
const OF_HUB = ["command.issued", "alert.raised", "day.closed", "ledger.rebased"] as const;

/** Events of one type that are looked at: the newest. */
const EACH_MAX = 300;

/** What happened in a span of time that every chart shows: notes, starts and versions, halts, alerts, days, corrections. */
export async function readMarks(
  query: Pick<Query, "events" | "asOf">,
  { bot, mode, from, to }: MarksFilter,
): Promise<MarksAnswer> {
  const span = { ...(to === undefined ? {} : { to }), order: "newest", limit: EACH_MAX } as const;
  const ofBots = { ...span, ...(bot === undefined ? {} : { bot }), ...(mode === undefined ? {} : { mode }) };
  const pages = await Promise.all([
    // What a version was before it changed may have been said before the span.
    ...OF_BOTS.map((type) => newest(query, { ...ofBots, ...(type === "bot.started" ? {} : { from }), type })),
    ...OF_HUB.map((type) => newest(query, { ...span, from, type, mode: "all" })),
  ]);
  const events = pages.flatMap((page) => page.events).toSorted((a, b) => a.seq - b.seq);
  const marks = marksOf(events, bot)
    .filter(({ at }) => (parseTime(at) ?? 0) >= from)
    .toSorted((a, b) => (parseTime(a.at) ?? 0) - (parseTime(b.at) ?? 0));
  const isCut = pages.some((page) => page.isCut && (page.events[0]?.ts ?? "") >= isoFromMicros(from));
  return {
    marks: marks.slice(-MARKS_MAX),
    left_off: isCut || marks.length > MARKS_MAX,
    ...query.asOf(),
  };
}

interface Newest {
  /** Oldest first. */
  readonly events: readonly WireEvent[];
  readonly isCut: boolean;
}

async function newest(query: Pick<Query, "events">, filter: EventFilter): Promise<Newest> {
  const { events, complete } = await query.events(filter);
  const told = events.map((text) => JSON.parse(text) as WireEvent).reverse();
  return { events: told.filter(({ standing }) => standing === undefined), isCut: !complete };
}

function marksOf(events: readonly WireEvent[], bot: string | undefined): MarkView[] {
  const versions = new Map<string, string>();
  return events.flatMap((event): MarkView[] => {
    const mark = markOf(event, versions);
    return mark !== undefined && concerns(event, bot) ? [mark] : [];
  });
}

/** Whether what the hub says is of a bot: commands to it or to all, alerts of it or of none, and its ledgers. */
function concerns(event: WireEvent, bot: string | undefined): boolean {
  if (bot === undefined) return true;
  switch (event.type) {
    case "command.issued":
      return event.target.bot === bot || event.target.all === true || event.bots?.includes(bot) === true;
    case "alert.raised":
      return (event.scope["bot"] ?? bot) === bot;
    case "ledger.rebased":
      return event.ledger_bot === bot;
    default:
      return true;
  }
}

function markOf(event: WireEvent, versions: Map<string, string>): MarkView | undefined {
  const mark = (kind: MarkView["kind"], ...parts: readonly (string | undefined)[]): MarkView => ({
    at: event.effective_ts,
    kind,
    text: parts.filter((part) => part !== undefined && part !== "").join(": "),
  });
  switch (event.type) {
    case "annotation":
      return mark(event.type, event.bot, event.title, event.text);
    case "bot.started":
      return mark(event.type, event.bot, startedWords(event, versions));
    case "bot.stopped":
      return mark(event.type, `${event.bot} stopped`, event.reason);
    case "command.issued":
      return mark(event.type, `${event.action} of ${targetWords(event.target)} by ${event.by}`, event.reason);
    case "alert.raised":
      return mark(event.type, `${event.severity} alert`, event.message);
    case "day.closed":
      return mark(event.type, `day ${event.date} closed`);
    case "ledger.rebased":
      return mark(event.type, `ledger of ${event.instrument} corrected`, event.ledger_bot);
    default:
      return undefined;
  }
}

function startedWords({ bot, ...event }: WireEvent, versions: Map<string, string>): string {
  const version = "version" in event && typeof event.version === "string" ? event.version : undefined;
  const before = versions.get(bot);
  if (version === undefined) return "started";
  versions.set(bot, version);
  if (before === undefined || before === version) return `started, version ${version}`;
  return `started, version ${version} after ${before}`;
}

interface Target {
  readonly bot?: string | undefined;
  readonly strategy?: string | undefined;
  readonly venue?: string | undefined;
}

function targetWords({ bot, strategy, venue }: Target): string {
  if (bot !== undefined) return bot;
  if (strategy !== undefined) return `strategy ${strategy}`;
  return venue === undefined ? "all bots" : `everything at ${venue}`;
}
