import { ok } from "../../src/base/result.ts";
import { isoFromMicros, micros, parseTime } from "../../src/base/time.ts";
import { emptyState, reduce, type State } from "../../src/engine/fold.ts";
import { onlyStatement } from "../../src/hub/known-fact.ts";
import type { Ingest } from "../../src/hub/ingest.ts";
import { reconciliation } from "../../src/hub/reconciliation.ts";
import { startVenueAccounts, type VenueAccounts } from "../../src/hub/venue-accounts.ts";
import type { DeskEvent } from "../../src/protocol/event-types.ts";
import { parseEvent } from "../../src/protocol/parse-event.ts";
import { HandMadeAccount } from "./hand-made-account.ts";
import { HandTime } from "./hand-time.ts";

const START = Date.UTC(2026, 1, 24) * 1000;

/** Accounts that are read into a fold without a disk, by hands that move the time. */
export class AccountBench {
  state: State = emptyState();
  readonly log: DeskEvent[] = [];
  readonly notices: string[] = [];
  readonly problems: string[] = [];
  readonly #time = new HandTime();
  #jumped = 0;
  venue = new HandMadeAccount(() => this.now);
  accounts: VenueAccounts | undefined;

  get now() {
    return micros(START + this.#jumped + this.#time.nowMs * 1000);
  }

  readonly ingest: Pick<Ingest, "submit"> = {
    submit: async (raws) => {
      const items = raws.map((raw) => {
        const parsed = parseEvent("value" in raw ? structuredClone(raw.value) : undefined, "hub");
        if (!parsed.ok) return { kind: "rejected" as const, rejection: parsed.error };
        const event = { mode: "live" as const, ...parsed.value };
        const ts = parseTime(event.ts) ?? this.now;
        const seq = this.log.push(event);
        const recorded = { seq, ts, receivedAt: this.now, standing: "fact" as const, ofSeq: undefined, event };
        reduce(this.state, recorded);
        return { kind: "accepted" as const, recorded: onlyStatement(recorded) };
      });
      return ok({ items, lastSeq: this.log.length });
    },
  };

  read(account: HandMadeAccount): void {
    this.accounts?.stop();
    this.venue = account;
    const cancellable = (ms: number, run: () => void | Promise<void>): (() => void) => {
      let cancel = (): void => undefined;
      const again = (): void => {
        cancel = this.#time.schedule(() => void Promise.resolve(run()).then(again), ms);
      };
      again();
      return () => cancel();
    };
    this.accounts = startVenueAccounts({
      accounts: [account.account],
      state: this.state,
      ingest: this.ingest,
      clock: { now: () => this.now },
      timers: { every: cancellable, after: this.#time.schedule, breathe: () => Promise.resolve() },
      onProblem: (what, error) => this.problems.push(`${what}: ${String(error)}`),
      onNotice: (text) => this.notices.push(text),
    });
  }

  /** Moves the clock on, in which nothing happens. */
  jump(seconds: number): void {
    this.#jumped += seconds * 1e6;
  }

  pass(seconds: number): Promise<void> {
    return this.#time.advance(seconds * 1000);
  }

  async send(...events: Record<string, unknown>[]): Promise<void> {
    const ts = isoFromMicros(this.now);
    const done = await this.ingest.submit(events.map((value) => ({ value: { bot: "mm", ts, ...value } })));
    if (!done.ok || done.value.items.some(({ kind }) => kind === "rejected")) throw new Error(JSON.stringify(done));
  }

  logged(type: DeskEvent["type"]): DeskEvent[] {
    return this.log.filter((event) => event.type === type);
  }

  shown() {
    return reconciliation(
      {
        state: this.state,
        accounts: this.accounts?.status() ?? [],
        fees: this.accounts?.fees() ?? [],
        now: this.now,
      },
      {},
    );
  }
}
