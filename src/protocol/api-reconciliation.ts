import { z } from "zod";
import { asOf, iso, tradingMode, wireDecimal } from "./api.ts";

/** Bodies of reconciliation: what bots, ledger and venue say of one quantity. */

export const reconciliationKind = z.enum(["position", "orders", "balance", "fees"]);
export const reconciliationState = z.enum(["agrees", "settling", "differs"]);

export const reconciliationRow = z.object({
  kind: reconciliationKind,
  bots: z.array(z.string()).describe("those that trade on the account"),
  mode: tradingMode,
  venue: z.string(),
  account: z.string().optional(),
  symbol: z.string().nullable().describe("null for what is of the whole account"),
  date: z.iso.date().optional().describe("the UTC day that fees are of"),
  currency: z.string().nullable(),
  ours: wireDecimal.describe(
    "by our ledger; of orders how many rest as the bots told; of a balance the bot's own equity; of fees what fills say",
  ),
  theirs: wireDecimal.describe("by the venue; of fees what its income rows call COMMISSION, above 0 paid"),
  reported: wireDecimal.nullable().describe("what the bots' newest position.snapshot says; null where there is none"),
  difference: wireDecimal.describe("theirs less ours; of orders how many only one side knows of"),
  drift_pct: z.number().describe("of the larger side; a ratio, 0.03 is 3 %; 0 where the difference is dust"),
  state: reconciliationState.describe(
    "`settling`: apart in the newest reading only, or in none of the last ones any more; `differs`: apart in two in a row",
  ),
  since: iso.nullable().describe("when a difference that lasts was first told"),
  only_ours: z.array(z.string()).describe("orders that the venue does not list"),
  only_theirs: z.array(z.string()).describe("orders that no bot told of"),
  read_at: iso.describe("what the venue told is not older than this"),
});
export type ReconciliationRow = z.infer<typeof reconciliationRow>;

const accountView = z.object({
  venue: z.string(),
  bots: z.array(z.string()),
  account: z.string().optional(),
  mode: tradingMode,
  every_s: z.number(),
  key: z
    .enum(["unchecked", "read_only", "unknown", "refused"])
    .describe("what the venue says that the key may do; nothing is read while `unchecked` or `refused`"),
  read_at: iso.nullable().describe("the newest whole reading is not older than this"),
  read_age_s: z.number().nullable(),
  problem: z.string().nullable().describe("why the last reading did not come about"),
});
export type AccountView = z.infer<typeof accountView>;

export const reconciliationAnswer = z.object({
  reconciliation: z.array(reconciliationRow),
  accounts: z.array(accountView).describe("those of the configuration file"),
  next_cursor: z.string().optional(),
  ...asOf,
});
export type ReconciliationAnswer = z.infer<typeof reconciliationAnswer>;
