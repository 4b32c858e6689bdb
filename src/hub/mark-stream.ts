import { MICROS_PER_SECOND, micros, type Micros } from "../base/time.ts";
import { MARKOUT_HORIZONS_S } from "../protocol/api-execution.ts";
import type { EventOf } from "../protocol/event-types.ts";
import { AwaitedMoments } from "./awaited-moments.ts";
import { BEFORE, HEARD, type KeptMark, type MarkHistory, STOOD_UNTIL, TS, UNTIL } from "./mark-history.ts";

type MarkEvent = EventOf<"mark">;

/** How long after a fill its marks are awaited, by lanes from 1 on; the fill itself is lane 0. */
const AFTER = MARKOUT_HORIZONS_S.map((seconds) => seconds * MICROS_PER_SECOND);
const AFTER_LEAST = Math.min(...AFTER);
const AT_FILL = 0;
/** Moments of an instrument at which the mark is awaited: further ones are left out. */
const PENDING_MAX = 2_000;
/** The same where no mark was ever told: for most such instruments none will be. */
const PENDING_UNHEARD_MAX = 64;
/** Fills of a mark that are remembered until the next one. */
const MET_MAX = 100;
/** No mark is taken to have stood longer. */
const STANDS_MAX = 3_600 * MICROS_PER_SECOND;

const NEVER_BEFORE = Number.NEGATIVE_INFINITY;
const NONE: readonly KeptMark[] = [];

/** The marks of an instrument of late, and the moments of its fills for which one is to be kept. */
export class MarkStream {
  readonly #history: MarkHistory;
  #newest: MarkEvent | undefined;
  readonly #awaited = new AwaitedMoments(AFTER);
  /** What is known of the newest, side by side with the first moment: of many instruments few are at hand. */
  readonly #now = this.#awaited.beside;
  /**
   * Moments of fills that are told to have met the newest mark, before it was known whether another comes between; but
   * for the first, after which it is told to stand no longer.
   */
  #met: number[] | undefined;

  constructor(history: MarkHistory) {
    this.#history = history;
    this.#now[TS] = NEVER_BEFORE;
    this.#now[HEARD] = NEVER_BEFORE;
    this.#now[UNTIL] = NEVER_BEFORE;
    this.#now[STOOD_UNTIL] = 0;
    this.#now[BEFORE] = 0;
  }

  /** The mark that came last. */
  get newest(): MarkEvent | undefined {
    return this.#newest;
  }

  /** Its moment; −∞ where no mark came yet. */
  get newestTs(): number {
    return this.#now[TS] as number;
  }

  /** When it was heard; −∞ where no mark came yet. */
  get newestHeardAt(): number {
    return this.#now[HEARD] as number;
  }

  /** A fill and its time as it said it: the marks at its moments that are known by now; later ones are kept later. */
  onFill(ts: Micros, said: string): readonly KeptMark[] {
    const isMet = this.#mayStand() && this.newestTs <= ts;
    const atFill = isMet ? this.#meet(ts, said) : this.#at(ts, AT_FILL);
    if (ts + AFTER_LEAST >= this.#knownUntil()) {
      this.awaitAfter(ts);
      return atFill === undefined ? NONE : [atFill];
    }
    const kept = atFill === undefined ? [] : [atFill];
    for (const [place, after] of AFTER.entries()) {
      const later = this.#at(ts + after, place + 1);
      if (later !== undefined) kept.push(later);
    }
    return kept;
  }

  /** Awaits the marks after a fill. */
  awaitAfter(ts: Micros): void {
    if (this.#room() >= AFTER.length) return this.#awaited.follow(ts);
    for (const [place, after] of AFTER.entries()) this.#await(ts + after, place + 1);
  }

  /** A mark that is no older than the newest, which has ended before it. */
  push(event: MarkEvent, ts: Micros, heardAt: Micros): void {
    // Nobody knows what stood before this one, where nothing says so.
    this.#awaited.dropBefore(ts);
    if (this.#newest !== undefined) this.#now[BEFORE] = this.#history.put(this.#newest, this.#now);
    this.#newest = event;
    this.#now[TS] = ts;
    this.#now[HEARD] = heardAt;
    this.#now[UNTIL] = Number.POSITIVE_INFINITY;
    this.#now[STOOD_UNTIL] = 0;
  }

  /** The newest mark stood until a moment and no longer: it, where a moment was waiting for that. `said` is the moment's text. */
  end(moment: number, said?: string): KeptMark | undefined {
    if (!this.#mayStand()) return undefined;
    const until = Math.min(moment, this.newestTs + STANDS_MAX);
    this.#now[UNTIL] = until;
    this.#awaitMet(moment);
    const isAwaited = this.#awaited.first < until;
    this.#awaited.dropBefore(until);
    return isAwaited ? this.#keepNewest(until, until === moment ? said : undefined) : undefined;
  }

  /** Fills were told to have met the newest mark, and now there is one between them from a moment on. */
  #awaitMet(from: number): void {
    const first = (this.#now[STOOD_UNTIL] as number) - 1;
    if (first >= from) this.#await(first, AT_FILL);
    if (this.#met === undefined) return;
    for (const met of this.#met) if (met >= from) this.#await(met, AT_FILL);
    this.#met = undefined;
  }

  /** Whether the newest mark may still stand. */
  #mayStand(): boolean {
    return this.#now[UNTIL] === Number.POSITIVE_INFINITY;
  }

  /** Up to which moment it is known what stood. */
  #knownUntil(): number {
    return this.#now[this.#mayStand() ? TS : UNTIL] as number;
  }

  /** The mark at a moment, if it is known; else it is awaited, unless it never will be. */
  #at(moment: number, lane: number): KeptMark | undefined {
    if (moment >= this.#knownUntil()) {
      this.#await(moment, lane);
      return undefined;
    }
    if (this.newestTs > moment) return this.#history.keptAt(moment, this.#now[BEFORE] as number);
    return moment >= (this.#now[STOOD_UNTIL] as number) ? this.#keepNewest(this.#now[UNTIL] as number) : undefined;
  }

  /** A fill meets the newest mark: told at once for the first, and for later ones once it is known until when it stood. */
  #meet(moment: Micros, said: string): KeptMark | undefined {
    // The fill was said before: it is kept once what stood is known.
    if (this.#awaited.has(moment)) return undefined;
    const stoodUntil = this.#now[STOOD_UNTIL] as number;
    if (stoodUntil === 0) return this.#keepNewest(moment + 1, undefined, said);
    if (stoodUntil > moment && (this.#met?.length ?? 0) < MET_MAX) {
      this.#met ??= [];
      this.#met.push(moment);
    } else this.#await(moment, AT_FILL);
    return undefined;
  }

  #room(): number {
    return (this.#newest === undefined ? PENDING_UNHEARD_MAX : PENDING_MAX) - this.#awaited.size;
  }

  #await(moment: number, lane: number): void {
    if (this.#room() > 0) this.#awaited.add(moment, lane);
  }

  /** The newest mark with until when it stood; undefined where the log has that already. */
  #keepNewest(until: number, replacedAt?: string, metAt?: string): KeptMark | undefined {
    if (this.#newest === undefined || (this.#now[STOOD_UNTIL] as number) >= until) return undefined;
    this.#now[STOOD_UNTIL] = until;
    return { event: this.#newest, ts: micros(this.newestTs), stoodUntil: micros(until), replacedAt, metAt };
  }
}
