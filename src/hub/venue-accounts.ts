import type { Clock } from "../base/time.ts";
import type { State } from "../engine/fold.ts";
import type { Compared } from "../engine/reconcile/compared.ts";
import { compareOne, differencesToTell, nextRuns, type Runs, vanished } from "../engine/reconcile/reconcile.ts";
import { AccountReader, type AccountStatus } from "./account-reader.ts";
import { FeeWatch } from "./fee-watch.ts";
import { IncomeReader } from "./income-reader.ts";
import type { Ingest } from "./ingest.ts";
import { StoreUnavailable } from "./ports.ts";
import type { Timers } from "./timers.ts";
import type { VenueAccount } from "./venue-view.ts";

export interface VenueAccountsParts {
  readonly accounts: readonly VenueAccount[];
  readonly state: State;
  readonly ingest: Pick<Ingest, "submit">;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly onProblem: (what: string, error: unknown) => void;
  /** Told of each change of what is wrong with an account, in words. */
  readonly onNotice: ((text: string) => void) | undefined;
}

/** How often it is looked whether a reading is due: as fast as a proof is begun. */
const LOOK_EVERY_MS = 250;
const INCOME_EVERY_MS = 2_000;
/** Days that are over change when rows or fills come late. */
const FEES_EVERY_MS = 60_000;

/** The accounts that are read at venues: what is found there goes into the log, and what is apart is told. */
export interface VenueAccounts {
  readonly status: () => AccountStatus[];
  /** Fees as they were last held against the venues' income. */
  readonly fees: () => readonly Compared[];
  readonly stop: () => void;
}

/** Begins to read accounts, each at its own pace, and to hold fees against the venues' income. */
export function startVenueAccounts(parts: VenueAccountsParts): VenueAccounts {
  const { accounts, timers, onProblem } = parts;
  const kept = accounts.map((account) => {
    const reader = new AccountReader(account, parts);
    const differences = new Differences(account, parts);
    const look = async (): Promise<void> => {
      try {
        if (await reader.look()) await differences.tell();
      } catch (error) {
        onProblem(`reading the account of ${account.plan.bots.join(", ")} at ${account.plan.venue}`, error);
      }
    };
    const income = new IncomeReader(account, parts, () => reader.status.key);
    const lookAtIncome = async (): Promise<void> => {
      try {
        await income.look();
      } catch (error) {
        onProblem(`reading the income of ${account.plan.bots.join(", ")} at ${account.plan.venue}`, error);
      }
    };
    const cancels = [timers.every(LOOK_EVERY_MS, look)];
    if (account.plan.readsIncome) cancels.push(timers.every(INCOME_EVERY_MS, lookAtIncome));
    return { reader, income, cancels };
  });
  const fees = new FeeWatch(parts);
  const cancelFees = timers.every(FEES_EVERY_MS, () => fees.look());
  return {
    status: () =>
      kept.map(({ reader, income }) => ({ ...reader.status, problem: reader.status.problem ?? income.problem })),
    fees: () => fees.rows,
    stop: () => {
      cancelFees();
      for (const { reader, cancels } of kept) {
        for (const cancel of cancels) cancel();
        reader.stop();
      }
    },
  };
}

/** What of one account was apart in the readings so far. A restart begins to count anew. */
class Differences {
  readonly #account: VenueAccount;
  readonly #parts: VenueAccountsParts;
  #runs: Runs = new Map();

  constructor(account: VenueAccount, parts: VenueAccountsParts) {
    this.#account = account;
    this.#parts = parts;
  }

  async tell(): Promise<void> {
    const { state, ingest, clock } = this.#parts;
    const { plan } = this.#account;
    const rows = compareOne(state, plan);
    const before = this.#runs;
    this.#runs = nextRuns(before, rows);
    const reading = { rows, before, runs: this.#runs, told: state.desk.differences, now: clock.now() };
    const events = [...differencesToTell(reading), ...vanished(reading, plan)];
    if (events.length === 0) return;
    const done = await ingest.submit(
      events.map((value) => ({ value })),
      { speaker: "hub" },
    );
    if (!done.ok) throw new StoreUnavailable(done.error.message);
  }
}
