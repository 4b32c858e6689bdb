import { putBounded } from "../base/bounded-map.ts";
import { isoFromMicros, MICROS_PER_SECOND, micros, type Micros } from "../base/time.ts";
import type { State } from "../engine/fold.ts";
import { MARKOUT_HORIZONS_S } from "../protocol/api-execution.ts";
import type { EventOf } from "../protocol/event-types.ts";
import { AwaitedMoments } from "./awaited-moments.ts";

type MarkEvent = EventOf<"mark">;
type Place = Pick<MarkEvent, "venue" | "symbol">;

/** How long after a fill its marks are awaited, by lanes from 1 on; the fill itself is lane 0. */
const AFTER = MARKOUT_HORIZONS_S.map((seconds) => seconds * MICROS_PER_SECOND);
const AFTER_LEAST = Math.min(...AFTER);
const AT_FILL = 0;
/** Moments of an instrument at which the mark is awaited: further ones are left out. */
const PENDING_MAX = 2_000;
/** The same where no mark was ever told: for most such instruments none will be. */
const PENDING_UNHEARD_MAX = 64;
/** Instruments that are remembered at once: those silent longest are forgotten first. */
const STREAMS_MAX = 20_000;
/** Marks of an instrument that are remembered for fills that come late: more where there are fills. */
const RECENT = 4;
const RECENT_TRADED = 64;
/** Fills of a mark that are remembered until the next one. */
const MET_MAX = 100;
/** A mark of a clock that is ahead by more would hide those of all others for so long. */
const AHEAD_MAX = 3_600 * MICROS_PER_SECOND;
/** No mark is taken to have stood longer. */
const STANDS_MAX = 3_600 * MICROS_PER_SECOND;

/** A mark, and until when it is known to have stood. */
interface Standing {
  readonly event: MarkEvent;
  readonly ts: Micros;
  readonly heardAt: Micros;
  /** Undefined while it may still stand. */
  until: number | undefined;
  /** The log has it as standing until then. */
  kept: number;
  /** Moments of fills that are told to have met it, before it was known whether another comes between; the newest of them. */
  met: number[] | undefined;
}

interface Stream {
  /** In a ring, which begins with the oldest; only the newest may still stand. */
  recent: Standing[];
  oldest: number;
  newest: Standing | undefined;
  isTraded: boolean;
  /** Moments at or after the newest mark at which the mark is to be kept. */
  readonly awaited: AwaitedMoments;
}

const NONE: readonly MarkEvent[] = [];

/**
 * Keeps the marks that fills are held against in the log: the one at the fill and those 1, 5, 30, 60 and 300 seconds
 * after it. Each is kept with `stood_until`, the moment before which it is known to have stood: that of the mark that
 * replaced it. So the log alone tells what the mark was at a moment, and where nobody knows: whatever was not heard
 * (the hub was away, the bot was silent or lost its feed) leaves no mark that claims to have stood meanwhile.
 */
export class KeptMarks {
  /** By venue and symbol: the one to find a stream, the other in the order in which they are forgotten. */
  readonly #byVenue = new Map<string, Map<string, Stream>>();
  readonly #streams = new Map<string, Stream>();
  readonly #state: Pick<State, "samples">;

  constructor(state: Pick<State, "samples">) {
    this.#state = state;
  }

  /** A fill: the marks at its moments that are known by now; later ones are kept when they are known. */
  onFill(place: Place, ts: Micros): readonly MarkEvent[] {
    const stream = this.#traded(place);
    const { newest } = stream;
    const isMet = newest !== undefined && newest.until === undefined && newest.ts <= ts;
    const atFill = isMet ? met(stream, newest, ts) : at(stream, ts, AT_FILL);
    const isAhead = newest === undefined || ts + AFTER_LEAST >= (newest.until ?? newest.ts);
    if (isAhead) {
      awaitAll(stream, ts);
      return atFill === undefined ? NONE : [atFill];
    }
    const kept = atFill === undefined ? [] : [atFill];
    for (const [place, after] of AFTER.entries()) {
      const later = at(stream, ts + after, place + 1);
      if (later !== undefined) kept.push(later);
    }
    return kept;
  }

  /** A new mark: the one it replaces is kept where a moment was waiting for that. */
  onMark(event: MarkEvent, ts: Micros): readonly MarkEvent[] {
    const stream = this.#streamOf(event);
    const { newest } = stream;
    if (newest !== undefined && ts < newest.ts) return NONE;
    const heardAt = this.#state.samples.contacts.get(event.bot)?.lastAt ?? ts;
    if (ts - heardAt > AHEAD_MAX) return NONE;
    const kept = newest === undefined ? undefined : this.#replaced(stream, newest, ts);
    // Nobody knows what stood before this one, where nothing says so.
    stream.awaited.dropBefore(ts);
    remember(stream, { event, ts, heardAt, until: undefined, kept: 0, met: undefined });
    return kept === undefined ? NONE : [kept];
  }

  /** From a moment on nobody hears what the marks of a bot are: at one venue, or at all. */
  onSilence(bot: string, venue: string | undefined, ts: Micros): readonly MarkEvent[] {
    const kept: MarkEvent[] = [];
    for (const stream of this.#streams.values()) {
      const { newest } = stream;
      if (newest === undefined || newest.event.bot !== bot || (venue ?? newest.event.venue) !== newest.event.venue)
        continue;
      const last = ended(stream, newest, ts);
      if (last !== undefined) kept.push(last);
    }
    return kept;
  }

  /** After a start: the moments of fills from before it are awaited again. */
  await(place: Place, ts: Micros): void {
    awaitAll(this.#traded(place), ts);
  }

  #replaced(stream: Stream, newest: Standing, ts: Micros): MarkEvent | undefined {
    const silentFrom = this.#state.samples.contacts.get(newest.event.bot)?.silentFrom;
    const wasSilent = silentFrom !== undefined && silentFrom >= newest.heardAt;
    const until = wasSilent ? Math.min(ts, newest.ts + (silentFrom - newest.heardAt) + 1) : ts;
    return ended(stream, newest, until);
  }

  #traded(place: Place): Stream {
    const stream = this.#streamOf(place);
    if (!stream.isTraded) {
      // There is more room in the ring from here on.
      stream.recent = [...stream.recent.slice(stream.oldest), ...stream.recent.slice(0, stream.oldest)];
      stream.oldest = 0;
      stream.isTraded = true;
    }
    return stream;
  }

  #streamOf({ venue, symbol }: Place): Stream {
    const known = this.#byVenue.get(venue)?.get(symbol);
    // Who spoke last matters only when one has to go.
    if (known !== undefined && this.#streams.size < STREAMS_MAX / 2) return known;
    const stream = known ?? emptyStream();
    if (known === undefined && this.#streams.size >= STREAMS_MAX) this.#forgetOne();
    putBounded(this.#streams, `${venue}\t${symbol}`, stream, STREAMS_MAX);
    const ofVenue = this.#byVenue.get(venue) ?? new Map<string, Stream>();
    this.#byVenue.set(venue, ofVenue.set(symbol, stream));
    return stream;
  }

  /** The one silent longest. */
  #forgetOne(): void {
    const [oldest] = this.#streams.keys();
    if (oldest === undefined) return;
    this.#streams.delete(oldest);
    const [venue = "", symbol = ""] = oldest.split("\t");
    const ofVenue = this.#byVenue.get(venue);
    ofVenue?.delete(symbol);
    if (ofVenue?.size === 0) this.#byVenue.delete(venue);
  }
}

const emptyStream = (): Stream => ({
  recent: [],
  oldest: 0,
  newest: undefined,
  isTraded: false,
  awaited: new AwaitedMoments(AFTER),
});

function remember(stream: Stream, standing: Standing): void {
  const { recent, oldest, isTraded } = stream;
  stream.newest = standing;
  if (recent.length < (isTraded ? RECENT_TRADED : RECENT)) {
    recent.push(standing);
    return;
  }
  recent[oldest] = standing;
  stream.oldest = (oldest + 1) % recent.length;
}

/** The newest mark that is no later than a moment. */
function standingAt({ recent, oldest }: Stream, moment: number): Standing | undefined {
  for (let back = 1; back <= recent.length; back++) {
    const standing = recent[(oldest + recent.length - back) % recent.length];
    if (standing !== undefined && standing.ts <= moment) return standing;
  }
  return undefined;
}

/** The mark at a moment, if it is known; else it is awaited, unless it never will be. */
function at(stream: Stream, moment: number, lane: number): MarkEvent | undefined {
  const { newest } = stream;
  if (newest === undefined || moment >= (newest.until ?? newest.ts)) {
    awaitMoment(stream, moment, lane);
    return undefined;
  }
  const standing = standingAt(stream, moment);
  if (standing?.until === undefined || moment >= standing.until || moment < standing.kept) return undefined;
  return keep(standing, standing.until);
}

/** A mark stood until a moment and no longer. */
function ended(stream: Stream, newest: Standing, moment: number): MarkEvent | undefined {
  if (newest.until !== undefined) return undefined;
  newest.until = Math.min(moment, newest.ts + STANDS_MAX);
  // Fills were told to have met this mark, and now there is one between them.
  if (newest.met !== undefined) {
    for (const met of newest.met) if (met >= moment) awaitMoment(stream, met, AT_FILL);
    newest.met = undefined;
  }
  const isAwaited = stream.awaited.first < newest.until;
  stream.awaited.dropBefore(newest.until);
  return isAwaited ? keep(newest, newest.until) : undefined;
}

/** A fill meets the newest mark: told at once for the first, and for later ones once it is known until when it stood. */
function met(stream: Stream, newest: Standing, moment: number): MarkEvent | undefined {
  // The fill was said before: it is kept once what stood is known.
  if (stream.awaited.has(moment)) return undefined;
  if (newest.kept !== 0 && newest.kept <= moment) {
    awaitMoment(stream, moment, AT_FILL);
    return undefined;
  }
  if (newest.met === undefined) newest.met = [moment];
  else if (newest.met.length < MET_MAX) newest.met.push(moment);
  else awaitMoment(stream, moment, AT_FILL);
  return newest.kept === 0 ? keep(newest, moment + 1) : undefined;
}

const roomOf = ({ awaited, newest }: Stream): number =>
  (newest === undefined ? PENDING_UNHEARD_MAX : PENDING_MAX) - awaited.size;

function awaitMoment(stream: Stream, moment: number, lane: number): void {
  if (roomOf(stream) > 0) stream.awaited.add(moment, lane);
}

/** Awaits the marks after a fill. */
function awaitAll(stream: Stream, ts: number): void {
  if (roomOf(stream) >= AFTER.length) return stream.awaited.follow(ts);
  for (const [place, after] of AFTER.entries()) awaitMoment(stream, ts + after, place + 1);
}

/** The mark with until when it stood; undefined where the log has that already. */
function keep(standing: Standing, until: number): MarkEvent | undefined {
  if (standing.kept >= until) return undefined;
  standing.kept = until;
  return { ...standing.event, stood_until: isoFromMicros(micros(until)) };
}
