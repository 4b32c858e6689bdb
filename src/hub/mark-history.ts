import { micros, type Micros } from "../base/time.ts";
import type { EventOf } from "../protocol/event-types.ts";

type MarkEvent = EventOf<"mark">;

/**
 * A mark that the log is to have, with the moment before which it is known to have stood: if possible as the event said it
 * that tells so, for to write a time costs as much as all that was done to know it.
 */
export interface KeptMark {
  readonly event: MarkEvent;
  readonly ts: Micros;
  readonly stoodUntil: Micros;
  /** The time of the mark that replaced it, where that is `stoodUntil`. */
  readonly replacedAt: string | undefined;
  /** The time of a fill that met it, where `stoodUntil` is the microsecond after. */
  readonly metAt: string | undefined;
}

/** Marks of all instruments that are remembered for fills that come late: some seconds of a desk that hears thousands. */
const MARKS_MAX = 32_768;
/** Marks of one instrument that are looked at for a moment. */
const LOOKED_AT_MAX = 1_000;

/** What is known of a mark, in numbers side by side: its moment, when it was heard, */
export const [TS, HEARD] = [0, 1];
/** until when it stood (∞ while it may still stand), and until when the log has it standing (0 where it does not); */
export const [UNTIL, STOOD_UNTIL] = [2, 3];
/** and the number of the one that it had replaced, 0 where none was. */
export const BEFORE = 4;
const NUMBERS = 5;

/** Marks that others have replaced, of all instruments in that order; the oldest make room. Each has a number, from 1 on. */
export class MarkHistory {
  readonly #events: MarkEvent[] = [];
  readonly #numbers: number[] = [];
  #last = 0;

  /** The number of a mark; what is known of it are the first of `known`. */
  put(event: MarkEvent, known: readonly number[]): number {
    const place = this.#last++ % MARKS_MAX;
    this.#events[place] = event;
    const at = place * NUMBERS;
    for (let which = 0; which < NUMBERS; which++) this.#numbers[at + which] = known[which] as number;
    return this.#last;
  }

  /**
   * Of an instrument whose last mark here has the number `last`: the one that stood at a moment, to be kept; undefined
   * where none did, it is remembered no longer, or the log has it as standing then.
   */
  keptAt(moment: number, last: number): KeptMark | undefined {
    const numbers = this.#numbers;
    let number = last;
    for (let looked = 0; looked < LOOKED_AT_MAX && number > this.#last - MARKS_MAX && number > 0; looked++) {
      const place = (number - 1) % MARKS_MAX;
      const at = place * NUMBERS;
      if ((numbers[at + TS] as number) <= moment) return this.#keep(place, moment);
      number = numbers[at + BEFORE] as number;
    }
    return undefined;
  }

  #keep(place: number, moment: number): KeptMark | undefined {
    const event = this.#events[place];
    const at = place * NUMBERS;
    const until = this.#numbers[at + UNTIL] as number;
    const has = this.#numbers[at + STOOD_UNTIL] as number;
    if (event === undefined || moment >= until || moment < has) return undefined;
    this.#numbers[at + STOOD_UNTIL] = until;
    const [ts, stoodUntil] = [micros(this.#numbers[at + TS] as number), micros(until)];
    return { event, ts, stoodUntil, replacedAt: undefined, metAt: undefined };
  }
}
