import { type Clock, MICROS_PER_SECOND } from "../../base/time.ts";

/** Longer than a code of an authenticator app is taken. */
const REMEMBERED_S = 120;
const ENTRIES_MAX = 1_000;

/** Codes of second factors that were used: each signs in once, although it is right for a while (RFC 6238, 5.2). */
export class UsedCodes {
  readonly #clock: Clock;
  readonly #usedAt = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether a person's right code is used for the first time. */
  take(userId: string, code: string): boolean {
    const now = this.#clock.now();
    const key = `${userId} ${code}`;
    const usedAt = this.#usedAt.get(key);
    if (usedAt !== undefined && now - usedAt < REMEMBERED_S * MICROS_PER_SECOND) return false;
    this.#usedAt.delete(key);
    this.#usedAt.set(key, now);
    const [oldest] = this.#usedAt.keys();
    if (this.#usedAt.size > ENTRIES_MAX && oldest !== undefined) this.#usedAt.delete(oldest);
    return true;
  }
}
