import { type AppendOutcome, type AppendRow, StoreUnavailable } from "../hub/ports.ts";
import { assertFramed, packRows } from "./packed-row.ts";
import { type GroupReply, outcomesOf } from "./reply.ts";

/** Makes one group of packed rows durable in one transaction; all of it or nothing. */
export type CommitGroup = (rows: string, count: number) => Promise<GroupReply>;

const GROUP_ROWS_MAX = 4_000;
const GROUPS_IN_FLIGHT_MAX = 2;

interface Call {
  readonly rows: readonly AppendRow[];
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

  append(rows: readonly AppendRow[]): Promise<AppendOutcome[]> {
    if (rows.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      for (const row of rows) assertFramed(row);
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
      if (calls > 0 && rows + call.rows.length > GROUP_ROWS_MAX) break;
      calls++;
      rows += call.rows.length;
    }
    return this.#waiting.splice(0, calls);
  }

  async #fly(calls: readonly Call[]): Promise<void> {
    const [first] = calls;
    const rows = calls.length === 1 && first !== undefined ? first.rows : calls.flatMap((call) => call.rows);
    try {
      settle(calls, await this.#commit(packRows(rows), rows.length));
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

function settle(calls: readonly Call[], reply: GroupReply): void {
  const outcomes = outcomesOf(
    reply,
    calls.reduce((sum, { rows }) => sum + rows.length, 0),
  );
  let from = 0;
  for (const call of calls) {
    call.resolve(calls.length === 1 ? outcomes : outcomes.slice(from, from + call.rows.length));
    from += call.rows.length;
  }
}
