import { isoFromMicros, type Micros } from "../base/time.ts";
import type { State } from "../engine/fold.ts";
import type { Compared } from "../engine/reconcile/compared.ts";
import { type ReconciliationFilter, readReconciliation } from "../engine/reconcile/read-reconciliation.ts";
import type { AccountView, ReconciliationAnswer } from "../protocol/api-reconciliation.ts";
import type { AccountStatus } from "./account-reader.ts";

export interface ReconciliationParts {
  readonly state: State;
  /** None in a replay: what is read now is not of then. */
  readonly accounts: readonly AccountStatus[];
  /** Fees as they were last held against the venues' income; none in a replay. */
  readonly fees: readonly Compared[];
  readonly now: Micros;
}

/** What bots, ledger and venue say, and how the accounts are read. */
export const reconciliation = (
  { state, accounts, fees, now }: ReconciliationParts,
  filter: ReconciliationFilter,
): Pick<ReconciliationAnswer, "reconciliation" | "accounts"> => ({
  reconciliation: readReconciliation(state, filter, fees),
  accounts: accounts.map((status) => accountView(status, now)),
});

function accountView({ plan, key, readAt, problem }: AccountStatus, now: Micros): AccountView {
  const { venue, bots, account, mode, everyMs } = plan;
  return {
    venue,
    bots: [...bots],
    ...(account === undefined ? {} : { account }),
    mode,
    every_s: everyMs / 1_000,
    key,
    read_at: readAt === undefined ? null : isoFromMicros(readAt),
    read_age_s: readAt === undefined ? null : Math.round(Math.max(0, now - readAt) / 1_000) / 1_000,
    problem: problem ?? null,
  };
}
