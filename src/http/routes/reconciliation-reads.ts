import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Query } from "../../hub/query.ts";
import {
  reconciliationAnswer,
  reconciliationKind,
  reconciliationRow,
  reconciliationState,
} from "../../protocol/api-reconciliation.ts";
import { botName, symbol, venue } from "../../protocol/fields.ts";
import { csvTable } from "../csv.ts";
import { modeParam } from "../read-route.ts";
import { listingOf } from "../row-listings.ts";
import { addRows } from "../rows-route.ts";

/** What bots, ledger and venue say of the same things. */
export function registerReconciliationReads(app: FastifyInstance, query: Query): void {
  addRows(app, {
    url: "/api/v1/reconciliation",
    summary: "Where bots, ledger and venue agree, and where they do not",
    description:
      "Positions, resting orders and equity of every account that the hub reads (`venue_accounts` of the configuration " +
      "file), over the union of the instruments that any side names; what differs first. A difference counts when it was " +
      "there in two readings in a row, and is told as a `reconciliation` event. Fees that fills say are held against the " +
      "`COMMISSION` rows of the venue's income, whoever sent them, by account, currency and UTC day that is over; of days " +
      "that agree only the newest is listed.",
    name: "reconciliation",
    filters: z.object({
      bot: botName.optional(),
      venue: venue.optional(),
      symbol: symbol.optional(),
      mode: modeParam,
      kind: reconciliationKind.optional(),
      state: reconciliationState.optional(),
    }),
    limitUsual: 1_000,
    answer: reconciliationAnswer,
    csv: csvTable(Object.keys(reconciliationRow.shape)),
    rows: (filter) => {
      const { reconciliation, accounts, ...asOf } = query.reconciliation(filter);
      return { ...listingOf(asOf, reconciliation), extra: { accounts } };
    },
  });
}
