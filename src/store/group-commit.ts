import { type AppendOutcome, StoreUnavailable } from "../hub/ports.ts";
import { joinedRows, type PackedRows } from "../hub/packed-rows.ts";
import { type GroupReply, outcomesOf } from "./reply.ts";

/** Makes one group of packed rows durable in one transaction; all of it or nothing. */
export type CommitGroup = (rows: PackedRows) => Promise<GroupReply>;

const GROUP_ROWS_MAX = 2_000;
const GROUPS_IN_FLIGHT_MAX = 2;

interface Call {
  readonly rows: PackedRows;
  readonly resolve: (outcomes: AppendOutcome[]) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Joins the appends that wait while a commit is under way into the next one, so that concurrent callers share a sync.
 * Calls take effect in the order they are made; each is resolved after its own commit.
 */
export class GroupCommit {
  readonly #commit: CommitGroup;
  readonly #waiting: Call[] = [];
  readonly #inFlight = new Set<Promise<void>>();

  constructor(commit: CommitGroup) {
    this.#commit = commit;
  }

  append(rows: PackedRows): Promise<AppendOutcome[]> {
    if (rows.count === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ rows, resolve, reject });
      this.#pump();
    });
  }

  /** Resolves once nothing waits and nothing is in flight. */
  async drained(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
  }

  #pump(): void {
    while (this.#waiting.length > 0 && this.#inFlight.size < GROUPS_IN_FLIGHT_MAX) {
      const flight = this.#fly(this.#nextGroup()).finally(() => {
        this.#inFlight.delete(flight);
        this.#pump();
      });
      this.#inFlight.add(flight);
    }
  }

  #nextGroup(): readonly Call[] {
    let calls = 0;
    let rows = 0;
    for (const call of this.#waiting) {
      if (calls > 0 && rows + call.rows.count > GROUP_ROWS_MAX) break;
      calls++;
      rows += call.rows.count;
    }
    return this.#waiting.splice(0, calls);
  }

  async #fly(calls: readonly Call[]): Promise<void> {
    const rows = joinedRows(calls.map((call) => call.rows));
    try {
      settle(calls, outcomesOf(await this.#commit(rows), rows.count));
    } catch (error) {
      if (error instanceof StoreUnavailable || calls.length === 1) for (const call of calls) call.reject(error);
      else await this.#flyAlone(calls);
    }
  }

  /** A group that the store refuses for its content: the calls beside the guilty one must not suffer. */
  async #flyAlone(calls: readonly Call[]): Promise<void> {
    for (const call of calls) await this.#fly([call]);
  }
}

function settle(calls: readonly Call[], outcomes: AppendOutcome[]): void {
  let from = 0;
  for (const call of calls) {
    call.resolve(calls.length === 1 ? outcomes : outcomes.slice(from, from + call.rows.count));
    from += call.rows.count;
  }
}
