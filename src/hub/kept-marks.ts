import { putBounded } from "../base/bounded-map.ts";
import { MICROS_PER_SECOND, type Micros } from "../base/time.ts";
import type { State } from "../engine/fold.ts";
import type { EventOf } from "../protocol/event-types.ts";
import { type KeptMark, MarkHistory } from "./mark-history.ts";
import { MarkStream } from "./mark-stream.ts";

type MarkEvent = EventOf<"mark">;
type Place = Pick<MarkEvent, "venue" | "symbol">;

/** Instruments that are remembered at once: those silent longest are forgotten first. */
const STREAMS_MAX = 20_000;
/** A mark of a clock that is ahead by more would hide those of all others for so long. */
const AHEAD_MAX = 3_600 * MICROS_PER_SECOND;

/**
 * Keeps the marks that fills are held against in the log: the one at the fill and those 1, 5, 30, 60 and 300 seconds
 * after it. Each is kept with `stood_until`, the moment before which it is known to have stood: that of the mark that
 * replaced it; or, where that is not known yet, the moment of the fill, and `stood_through` that one as well. So the log
 * alone tells what the mark was at a moment, and where nobody knows: whatever was not heard (the hub was away, the bot was
 * silent or lost its feed) leaves no mark that claims to have stood meanwhile.
 */
export class KeptMarks {
  /** By venue and symbol: the one to find a stream, the other in the order in which they are forgotten. */
  readonly #byVenue = new Map<string, Map<string, MarkStream>>();
  readonly #streams = new Map<string, MarkStream>();
  readonly #history = new MarkHistory();
  /** The one asked for last: marks and fills of an instrument often come together. */
  #last: (Place & { readonly stream: MarkStream }) | undefined;
  readonly #state: Pick<State, "samples">;

  constructor(state: Pick<State, "samples">) {
    this.#state = state;
  }

  /** A fill: the marks at its moments that are known by now; later ones are kept when they are known. */
  onFill(fill: Place & Pick<MarkEvent, "ts">, ts: Micros): readonly KeptMark[] {
    return this.#streamOf(fill).onFill(ts, fill.ts);
  }

  /** A new mark: the one it replaces is kept where a moment was waiting for that. */
  onMark(event: MarkEvent, ts: Micros): KeptMark | undefined {
    const stream = this.#streamOf(event);
    if (ts < stream.newestTs) return undefined;
    const heardAt = this.#state.samples.contacts.get(event.bot)?.lastAt ?? ts;
    if (ts - heardAt > AHEAD_MAX) return undefined;
    const until = this.#stoodUntil(stream, ts);
    const kept = stream.end(until, until === ts ? event.ts : undefined);
    stream.push(event, ts, heardAt);
    return kept;
  }

  /** From a moment on nobody hears what the marks of a bot are: at one venue, or at all. */
  onSilence(bot: string, venue: string | undefined, ts: Micros): readonly KeptMark[] {
    const kept: KeptMark[] = [];
    for (const stream of this.#streams.values()) {
      const { newest } = stream;
      if (newest?.bot !== bot || (venue ?? newest.venue) !== newest.venue) continue;
      const last = stream.end(ts);
      if (last !== undefined) kept.push(last);
    }
    return kept;
  }

  /** After a start: the moments of fills from before it are awaited again. */
  await(place: Place, ts: Micros): void {
    this.#streamOf(place).awaitAfter(ts);
  }

  /** Until when the newest mark stood that one of `ts` replaces: not while its bot was silent. */
  #stoodUntil({ newest, newestTs, newestHeardAt }: MarkStream, ts: Micros): number {
    const silentFrom = newest && this.#state.samples.contacts.get(newest.bot)?.silentFrom;
    const wasSilent = silentFrom !== undefined && silentFrom >= newestHeardAt;
    return wasSilent ? Math.min(ts, newestTs + (silentFrom - newestHeardAt) + 1) : ts;
  }

  #streamOf({ venue, symbol }: Place): MarkStream {
    if (this.#last?.symbol === symbol && this.#last.venue === venue) return this.#last.stream;
    const stream = this.#found(venue, symbol);
    this.#last = { venue, symbol, stream };
    return stream;
  }

  #found(venue: string, symbol: string): MarkStream {
    const known = this.#byVenue.get(venue)?.get(symbol);
    // Who spoke last matters only when one has to go.
    if (known !== undefined && this.#streams.size < STREAMS_MAX / 2) return known;
    const stream = known ?? new MarkStream(this.#history);
    if (known === undefined && this.#streams.size >= STREAMS_MAX) this.#forgetOne();
    putBounded(this.#streams, `${venue}\t${symbol}`, stream, STREAMS_MAX);
    const ofVenue = this.#byVenue.get(venue) ?? new Map<string, MarkStream>();
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
