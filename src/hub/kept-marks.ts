import { putBounded } from "../base/bounded-map.ts";
import { isoFromMicros, MICROS_PER_SECOND, micros, type Micros } from "../base/time.ts";
import type { State } from "../engine/fold.ts";
import { MARKOUT_HORIZONS_S } from "../protocol/api-execution.ts";
import type { EventOf } from "../protocol/event-types.ts";

type MarkEvent = EventOf<"mark">;

const HORIZONS = MARKOUT_HORIZONS_S.map((seconds) => seconds * MICROS_PER_SECOND);
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
  readonly met: number[];
}

interface Stream {
  /** Oldest first; only the newest may still stand. */
  readonly recent: Standing[];
  isTraded: boolean;
  /** Moments at or after the newest mark, ascending, at which the mark is to be kept. */
  readonly moments: number[];
}

/**
 * Keeps the marks that fills are held against in the log: the one at the fill and those 1, 5, 30, 60 and 300 seconds
 * after it. Each is kept with `stood_until`, the moment before which it is known to have stood: that of the mark that
 * replaced it. So the log alone tells what the mark was at a moment, and where nobody knows: whatever was not heard
 * (the hub was away, the bot was silent or lost its feed) leaves no mark that claims to have stood meanwhile.
 */
export class KeptMarks {
  readonly #streams = new Map<string, Stream>();
  readonly #state: Pick<State, "samples">;

  constructor(state: Pick<State, "samples">) {
    this.#state = state;
  }

  /** A fill: the marks at its moments that are known by now; later ones are kept when they are known. */
  onFill(place: Pick<MarkEvent, "venue" | "symbol">, ts: Micros): MarkEvent[] {
    const stream = this.#traded(place);
    const newest = stream.recent.at(-1);
    const kept: MarkEvent[] = [];
    if (newest === undefined || newest.until !== undefined || newest.ts > ts) kept.push(...this.#at(stream, ts));
    else kept.push(...met(stream, newest, ts));
    for (const after of HORIZONS) kept.push(...this.#at(stream, ts + after));
    return kept;
  }

  /** A new mark: the one it replaces is kept where a moment was waiting for that. */
  onMark(event: MarkEvent, ts: Micros): MarkEvent[] {
    const stream = this.#streamOf(event);
    const newest = stream.recent.at(-1);
    if (newest !== undefined && ts < newest.ts) return [];
    const heardAt = this.#state.samples.contacts.get(event.bot)?.lastAt ?? ts;
    if (ts - heardAt > AHEAD_MAX) return [];
    const kept = newest === undefined ? [] : this.#replaced(stream, newest, ts);
    // Nobody knows what stood before this one, where nothing says so.
    dropBefore(stream.moments, ts);
    stream.recent.push({ event, ts, heardAt, until: undefined, kept: 0, met: [] });
    const capacity = stream.isTraded ? RECENT_TRADED : RECENT;
    while (stream.recent.length > capacity) stream.recent.shift();
    return kept;
  }

  /** From a moment on nobody hears what the marks of a bot are: at one venue, or at all. */
  onSilence(bot: string, venue: string | undefined, ts: Micros): MarkEvent[] {
    const kept: MarkEvent[] = [];
    for (const stream of this.#streams.values()) {
      const newest = stream.recent.at(-1);
      if (newest === undefined || newest.event.bot !== bot || (venue ?? newest.event.venue) !== newest.event.venue)
        continue;
      kept.push(...this.#ended(stream, newest, ts));
    }
    return kept;
  }

  /** After a start: the moments of fills from before it are awaited again. */
  await(place: Pick<MarkEvent, "venue" | "symbol">, ts: Micros): void {
    const stream = this.#traded(place);
    for (const after of HORIZONS) awaitMoment(stream, ts + after);
  }

  /** The mark at a moment, if it is known; else it is awaited, unless it never will be. */
  #at(stream: Stream, moment: number): MarkEvent[] {
    const newest = stream.recent.at(-1);
    if (newest === undefined || moment >= (newest.until ?? newest.ts)) {
      awaitMoment(stream, moment);
      return [];
    }
    const standing = stream.recent.findLast(({ ts }) => ts <= moment);
    if (standing?.until === undefined || moment >= standing.until || moment < standing.kept) return [];
    return keep(standing, standing.until);
  }

  #replaced(stream: Stream, newest: Standing, ts: Micros): MarkEvent[] {
    const silentFrom = this.#state.samples.contacts.get(newest.event.bot)?.silentFrom;
    const wasSilent = silentFrom !== undefined && silentFrom >= newest.heardAt;
    const until = wasSilent ? Math.min(ts, newest.ts + (silentFrom - newest.heardAt) + 1) : ts;
    return this.#ended(stream, newest, until);
  }

  /** A mark stood until a moment and no longer. */
  #ended(stream: Stream, newest: Standing, moment: number): MarkEvent[] {
    if (newest.until !== undefined) return [];
    newest.until = Math.min(moment, newest.ts + STANDS_MAX);
    // Fills were told to have met this mark, and now there is one between them.
    for (const met of newest.met.splice(0)) if (met >= moment) awaitMoment(stream, met);
    const isAwaited = (stream.moments[0] ?? Number.POSITIVE_INFINITY) < newest.until;
    dropBefore(stream.moments, newest.until);
    return isAwaited ? keep(newest, newest.until) : [];
  }

  #traded(place: Pick<MarkEvent, "venue" | "symbol">): Stream {
    const stream = this.#streamOf(place);
    stream.isTraded = true;
    return stream;
  }

  #streamOf({ venue, symbol }: Pick<MarkEvent, "venue" | "symbol">): Stream {
    const key = `${venue}\t${symbol}`;
    const known = this.#streams.get(key);
    // Who spoke last matters only when one has to go.
    if (known !== undefined && this.#streams.size < STREAMS_MAX / 2) return known;
    const stream = known ?? { recent: [], isTraded: false, moments: [] };
    putBounded(this.#streams, key, stream, STREAMS_MAX);
    return stream;
  }
}

/** A fill meets the newest mark: told at once for the first, and for later ones once it is known until when it stood. */
function met(stream: Stream, newest: Standing, moment: number): MarkEvent[] {
  // The fill was said before: it is kept once what stood is known.
  if (stream.moments[placeIn(stream.moments, moment)] === moment) return [];
  if (newest.kept !== 0 && newest.kept <= moment) {
    awaitMoment(stream, moment);
    return [];
  }
  if (newest.met.length < MET_MAX) newest.met.push(moment);
  else awaitMoment(stream, moment);
  return newest.kept === 0 ? keep(newest, moment + 1) : [];
}

/** Puts a moment in its place, once. */
function awaitMoment({ moments, recent }: Stream, moment: number): void {
  if (moments.length >= (recent.length === 0 ? PENDING_UNHEARD_MAX : PENDING_MAX)) return;
  const place = placeIn(moments, moment);
  if (moments[place] !== moment) moments.splice(place, 0, moment);
}

/** Where a moment is among others, ascending, or would be. */
function placeIn(moments: readonly number[], moment: number): number {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((moments[middle] as number) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Moments ascending: those before one are over. */
function dropBefore(moments: number[], moment: number): void {
  const first = moments.findIndex((each) => each >= moment);
  moments.splice(0, first < 0 ? moments.length : first);
}

/** The mark with until when it stood; nothing where the log has that already. */
function keep(standing: Standing, until: number): MarkEvent[] {
  if (standing.kept >= until) return [];
  standing.kept = until;
  return [{ ...standing.event, stood_until: isoFromMicros(micros(until)) }];
}
