import { type Clock, type Micros, MICROS_PER_SECOND } from "../base/time.ts";
import type { VenueReading } from "../domain/venue-account.ts";
import { awaitedSince } from "../engine/awaits-venue.ts";
import type { State } from "../engine/fold.ts";
import type { Ingest } from "./ingest.ts";
import { balanceEvents, orderEvents, ownSideText, positionEvents, type ReadEvent } from "./venue-events.ts";
import type { VenueAccount, VenueAccountPlan } from "./venue-view.ts";

/** What may be said of the reading of an account now. */
export interface AccountStatus {
  readonly plan: VenueAccountPlan;
  /** `unchecked` until the venue said what the key may do: nothing is read before. */
  readonly key: "unchecked" | "read_only" | "unknown" | "refused";
  /** The moment that the newest whole reading is not older than. */
  readonly readAt: Micros | undefined;
  /** Why the last reading, or a part of it, did not come about. */
  readonly problem: string | undefined;
}

export interface AccountReaderParts {
  readonly state: State;
  readonly ingest: Pick<Ingest, "submit">;
  readonly clock: Clock;
  /** Told of each change of what is wrong with an account, in words. */
  readonly onNotice: ((text: string) => void) | undefined;
}

const LISTS_MAX = 10_000;
/** What has not changed is told once in so long: facts are kept for ever. */
const TELL_EVERY_MICROS = 900 * MICROS_PER_SECOND;
const BALANCE_EVERY_MICROS = 60 * MICROS_PER_SECOND;
const KEY_EVERY_MICROS = 86_400 * MICROS_PER_SECOND;
const REFUSED_MICROS = 3_600 * MICROS_PER_SECOND;
/** A key of which something is known is asked for again after so long where nobody answered: lists do not wait for it. */
const KEY_AGAIN_MICROS = 300 * MICROS_PER_SECOND;
/** While a command waits for its proof, readings follow one another like this: at first, and from then on. */
const AWAITED = {
  soonMicros: MICROS_PER_SECOND,
  forMicros: 15 * MICROS_PER_SECOND,
  laterMicros: 5 * MICROS_PER_SECOND,
};

/** Reads one account at its pace, at once when a command waits for its proof, and tells the log what it finds. */
export class AccountReader {
  readonly #account: VenueAccount;
  readonly #parts: AccountReaderParts;
  /** What was told last of each kind, and when. */
  readonly #told = new Map<string, { readonly text: string; readonly at: Micros }>();
  #key: AccountStatus["key"] = "unchecked";
  /** When it is asked next what the key may do. */
  #keyDueAt = Number.NEGATIVE_INFINITY;
  #readAt: Micros | undefined;
  /** What is wrong with the key, and with the lists. */
  #keyProblem: string | undefined;
  #listProblem: string | undefined;
  #said: string | undefined;
  #dueAt = Number.NEGATIVE_INFINITY;
  #endedAt = Number.NEGATIVE_INFINITY;
  #isBusy = false;
  #isStopped = false;

  constructor(account: VenueAccount, parts: AccountReaderParts) {
    this.#account = account;
    this.#parts = parts;
  }

  get status(): AccountStatus {
    return { plan: this.#account.plan, key: this.#key, readAt: this.#readAt, problem: this.#problem };
  }

  get #problem(): string | undefined {
    return this.#listProblem ?? this.#keyProblem;
  }

  stop(): void {
    this.#isStopped = true;
    this.#account.view.stop();
  }

  /** Reads where a reading is due; resolves to true after one in which everything was read. */
  async look(): Promise<boolean> {
    const now = this.#parts.clock.now();
    const isDue = now >= this.#dueAt || now - this.#endedAt >= this.#awaitedEvery(now);
    if (this.#isBusy || this.#isStopped || !isDue) return false;
    this.#isBusy = true;
    this.#dueAt = now + this.#account.plan.everyMs * 1_000;
    try {
      return (await this.#mayRead(now)) && (await this.#read());
    } finally {
      this.#isBusy = false;
      this.#endedAt = this.#parts.clock.now();
    }
  }

  #awaitedSince(now: Micros): Micros | undefined {
    return this.#key === "refused" ? undefined : awaitedSince(this.#parts.state.desk, this.#account.plan, now);
  }

  #awaitedEvery(now: Micros): number {
    const since = this.#awaitedSince(now);
    if (since === undefined) return Number.POSITIVE_INFINITY;
    return now - since < AWAITED.forMicros ? AWAITED.soonMicros : AWAITED.laterMicros;
  }

  async #mayRead(now: Micros): Promise<boolean> {
    if (now >= this.#keyDueAt) await this.#askOfKey(now);
    if (this.#key === "read_only" || this.#key === "unknown") return true;
    this.#listProblem = undefined;
    this.#say();
    return false;
  }

  async #askOfKey(now: Micros): Promise<void> {
    const check = await this.#account.view.checkKey();
    if (!check.ok) {
      // What was said of the key before holds on; without it nothing is known, and it is asked for each time.
      this.#keyProblem = `what its key may do could not be asked: ${check.error}`;
      if (this.#key !== "unchecked") this.#keyDueAt = now + KEY_AGAIN_MICROS;
      return;
    }
    const { value } = check;
    this.#key = value.kind;
    this.#keyDueAt = now + (value.kind === "refused" ? REFUSED_MICROS : KEY_EVERY_MICROS);
    this.#keyProblem = value.kind === "refused" ? `not read, because ${value.reason}` : undefined;
  }

  async #read(): Promise<boolean> {
    const { view, plan } = this.#account;
    const { state } = this.#parts;
    const orders = await this.#tell(await view.openOrders(), (reading) => orderEvents(plan, state, reading));
    const positions = await this.#tell(await view.positions(), (reading) => positionEvents(plan, reading));
    const balances = await this.#tell(await view.balances(), (reading) => balanceEvents(plan, state, reading));
    const problem = [orders, positions, balances].find((each) => typeof each === "string");
    this.#listProblem = typeof problem === "string" ? problem : undefined;
    this.#say();
    const times = [orders, positions, balances].filter((each) => typeof each === "number");
    if (times.length < 3 || this.#isStopped) return false;
    this.#readAt = Math.min(...times) as Micros;
    return true;
  }

  /** Tells what was read; the moment of it, or why there is none. */
  async #tell<T>(
    reading: VenueReading<T>,
    eventsOf: (reading: { readonly at: Micros; readonly value: T }) => ReadEvent[],
  ): Promise<Micros | string> {
    if (!reading.ok) return reading.reason;
    if (Array.isArray(reading.value) && reading.value.length > LISTS_MAX)
      return `a list of more than ${LISTS_MAX} entries, which is not taken`;
    if (this.#isStopped) return "stopped";
    const news = eventsOf(reading)
      .map((event) => ({ event, text: this.#contentOf(event) }))
      .filter(({ event, text }) => this.#isNews(event, text, reading.at));
    if (news.length === 0) return reading.at;
    const done = await this.#parts.ingest.submit(
      news.map(({ event }) => ({ value: structuredClone(event) })),
      { speaker: "hub" },
    );
    if (!done.ok) return done.error.message;
    const refused = done.value.items.find((item) => item.kind === "rejected");
    if (refused?.kind === "rejected") return `the venue told what the log does not take: ${refused.rejection.message}`;
    for (const { event, text } of news) this.#told.set(keyOf(event), { text, at: reading.at });
    return reading.at;
  }

  #isNews(event: ReadEvent, text: string, at: Micros): boolean {
    const told = this.#told.get(keyOf(event));
    if (told === undefined) return true;
    const isChanged = text !== told.text;
    if (event.type === "balance") return isChanged && at - told.at >= BALANCE_EVERY_MICROS;
    const awaited = this.#awaitedSince(this.#parts.clock.now());
    if (awaited === undefined) return isChanged || at - told.at >= TELL_EVERY_MICROS;
    // An order that still rested may have been met since: positions of before its end prove nothing, and are told after it.
    const ordersAt = this.#told.get(keyOf({ ...event, type: "orders.snapshot" }))?.at ?? awaited;
    const since = event.type === "position.snapshot" ? Math.max(awaited, ordersAt) : awaited;
    if (event.type === "position.snapshot" && at < since) return false;
    const isProof = told.at < since && at >= since;
    return isChanged || isProof || at - told.at >= TELL_EVERY_MICROS;
  }

  /** What it says, but for when, and what it is compared with; marks move all the time. */
  #contentOf({ ts: _ts, ...event }: ReadEvent): string {
    const told = JSON.stringify(event, (name, value: unknown) => (name === "mark_price" ? undefined : value));
    return `${told}\n${ownSideText(this.#parts.state, this.#account.plan, event)}`;
  }

  /** Tells what is wrong, once for each change of it. */
  #say(): void {
    const problem = this.#problem;
    if (problem === this.#said) return;
    this.#said = problem;
    const { venue, bots } = this.#account.plan;
    this.#parts.onNotice?.(`account of ${bots.join(", ")} at ${venue}: ${problem ?? "read again"}`);
  }
}

const keyOf = ({ type, bot }: ReadEvent): string => `${type}\t${bot}`;
