import { err, ok, type Result } from "../../src/base/result.ts";
import type { Micros } from "../../src/base/time.ts";
import type {
  IncomeRange,
  KeyCheck,
  VenueBalances,
  VenueIncome,
  VenueOrder,
  VenuePosition,
  VenueReading,
} from "../../src/domain/venue-account.ts";
import type { VenueAccount, VenueAccountPlan } from "../../src/hub/venue-view.ts";

/** An account at a venue whose answers a test writes. */
export class HandMadeAccount {
  readonly plan: VenueAccountPlan;
  readonly #now: () => Micros;
  key: Result<KeyCheck, string> = ok({ kind: "read_only" });
  orders: readonly VenueOrder[] = [];
  positions: readonly VenuePosition[] = [];
  balances: VenueBalances = { balances: [{ currency: "USDT", total: "1000" }], equity: "1000", equityCurrency: "USDT" };
  /** Why nothing is told; undefined while it is. */
  trouble: string | undefined;
  /** What is told is so much older than when it was asked for. */
  staleMicros = 0;
  /** And positions so much more. */
  positionsLagMicros = 0;
  income: readonly VenueIncome[] = [];
  readonly incomeRanges: IncomeRange[] = [];
  reads = 0;
  keyChecks = 0;
  isStopped = false;

  constructor(now: () => Micros, plan: Partial<VenueAccountPlan> = {}) {
    this.#now = now;
    this.plan = {
      venue: "binance",
      bots: ["mm"],
      account: undefined,
      mode: "live",
      everyMs: 30_000,
      readsIncome: false,
      dust: 1,
      symbols: new Map(),
      ...plan,
    };
  }

  get account(): VenueAccount {
    return {
      plan: this.plan,
      view: {
        checkKey: async () => {
          this.keyChecks++;
          return this.trouble === undefined || !this.key.ok ? this.key : err(this.trouble);
        },
        openOrders: async () => {
          this.reads++;
          return this.#reading(this.orders);
        },
        positions: async () => this.#reading(this.positions, this.positionsLagMicros),
        balances: async () => this.#reading(this.balances),
        income: async (range) => {
          this.incomeRanges.push(range);
          const rows = this.income.filter(({ at }) => at >= range.fromMs * 1_000 && at <= range.toMs * 1_000);
          return this.#reading(rows);
        },
        stop: () => {
          this.isStopped = true;
        },
      },
    };
  }

  #reading<T>(value: T, lagMicros = 0): VenueReading<T> {
    if (this.trouble !== undefined) return { ok: false, reason: this.trouble };
    return { ok: true, at: (this.#now() - this.staleMicros - lagMicros) as Micros, value };
  }
}
