import type { UnfilledReason } from "../../protocol/api-execution.ts";

const SHOWN_MAX = 50;
const REASONS_MAX = 2_000;
const OTHER = "other reasons";

/** Counts why orders and quotes were not filled, or not whole. */
export class Unfilled {
  readonly #counts = new Map<string, UnfilledReason>();

  add({ of, outcome, reason: said }: Omit<UnfilledReason, "count">): void {
    const isKnown = this.#counts.size < REASONS_MAX || this.#counts.has(`${of}\t${outcome}\t${said}`);
    const reason = isKnown ? said : OTHER;
    const key = `${of}\t${outcome}\t${reason}`;
    this.#counts.set(key, { of, outcome, reason, count: (this.#counts.get(key)?.count ?? 0) + 1 });
  }

  /** The most frequent. */
  told(): UnfilledReason[] {
    return [...this.#counts.values()]
      .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1))
      .slice(0, SHOWN_MAX);
  }
}
