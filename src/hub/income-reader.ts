import { MICROS_PER_DAY, MICROS_PER_SECOND, type Micros } from "../base/time.ts";
import type { VenueIncome } from "../domain/venue-account.ts";
import { awaitedSince } from "../engine/awaits-venue.ts";
import type { AccountReaderParts, AccountStatus } from "./account-reader.ts";
import { incomeEvent } from "./venue-events.ts";
import type { VenueAccount } from "./venue-view.ts";

const EVERY_MICROS = 3_600 * MICROS_PER_SECOND;
const AGAIN_MICROS = 300 * MICROS_PER_SECOND;
/** Rows come late: the newest are left for the next time, and some are read once more. Each counts once. */
const LATE_MICROS = 60 * MICROS_PER_SECOND;
const OVERLAP_MICROS = 1_800 * MICROS_PER_SECOND;
/** Whole days before today that are read at a start. */
const DAYS_BACK = 2;
/** Venues keep income for three months. */
const DAYS_KEPT = 88;
/** Rows in one batch. */
const BATCH = 1_000;

/** Reads each hour what an account was paid and charged, and tells the log. A proof that somebody waits for goes first. */
export class IncomeReader {
  readonly #account: VenueAccount;
  readonly #parts: AccountReaderParts;
  /** What the key may do, as the reader of the account knows it. */
  readonly #keyOf: () => AccountStatus["key"];
  #readUntil: Micros | undefined;
  #dueAt = Number.NEGATIVE_INFINITY;
  #problem: string | undefined;
  #isBusy = false;

  constructor(account: VenueAccount, parts: AccountReaderParts, keyOf: () => AccountStatus["key"]) {
    this.#account = account;
    this.#parts = parts;
    this.#keyOf = keyOf;
  }

  /** Why the last reading did not come about; undefined when it did. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Reads where a reading is due. */
  async look(): Promise<void> {
    const { clock, state } = this.#parts;
    const now = clock.now();
    const key = this.#keyOf();
    if (this.#isBusy || now < this.#dueAt || (key !== "read_only" && key !== "unknown")) return;
    if (awaitedSince(state.desk, this.#account.plan, now) !== undefined) return;
    this.#isBusy = true;
    try {
      this.#say(await this.#read(now));
      this.#dueAt = now + (this.#problem === undefined ? EVERY_MICROS : AGAIN_MICROS);
    } finally {
      this.#isBusy = false;
    }
  }

  /** Why it did not come about; undefined when everything was told. */
  async #read(now: Micros): Promise<string | undefined> {
    const { view } = this.#account;
    const until = now - LATE_MICROS;
    const from = this.#readUntil === undefined ? this.#firstFrom(now) : this.#readUntil - OVERLAP_MICROS;
    const reading = await view.income?.({ fromMs: Math.floor(from / 1_000), toMs: Math.floor(until / 1_000) });
    if (reading === undefined) return "the venue tells no income";
    if (!reading.ok) return reading.reason;
    for (let start = 0; start < reading.value.length; start += BATCH) {
      const trouble = await this.#tell(reading.value.slice(start, start + BATCH));
      if (trouble !== undefined) return trouble;
    }
    this.#readUntil = until as Micros;
    return undefined;
  }

  /** From some whole days back on, and from the last day that is known of: what came while no hub ran is not left out. */
  #firstFrom(now: Micros): number {
    const { venue, mode, account, bots } = this.#account.plan;
    const today = Math.floor(now / MICROS_PER_DAY);
    const [bot] = bots;
    const days = [...(this.#parts.state.bots.get(bot)?.commissions.values() ?? [])]
      .filter((said) => said.venue === venue && said.mode === mode && said.account === (account ?? bot))
      .map(({ day }) => day);
    const known = days.length === 0 ? today : Math.max(...days);
    return Math.max(Math.min(today - DAYS_BACK, known), today - DAYS_KEPT) * MICROS_PER_DAY;
  }

  async #tell(rows: readonly VenueIncome[]): Promise<string | undefined> {
    const { plan } = this.#account;
    const [bot] = plan.bots;
    const done = await this.#parts.ingest.submit(
      rows.map((row) => ({ value: incomeEvent(plan, bot, row) })),
      { speaker: "hub" },
    );
    if (!done.ok) return done.error.message;
    const refused = done.value.items.find((item) => item.kind === "rejected");
    return refused?.kind === "rejected"
      ? `the venue told income that the log does not take: ${refused.rejection.message}`
      : undefined;
  }

  /** Tells what is wrong, once for each change of it. */
  #say(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    const { venue, bots } = this.#account.plan;
    this.#parts.onNotice?.(`income of ${bots.join(", ")} at ${venue}: ${problem ?? "read again"}`);
  }
}
