import type { ReconciliationAnswer } from "../../protocol/api-reconciliation.ts";
import { hold, isFields, isList } from "./shapes.ts";

/** The answer of `GET /api/v1/reconciliation`. */
export const isReconciliation = (body: unknown): body is ReconciliationAnswer =>
  isFields(body) &&
  isList(body["reconciliation"], (row) => hold("string", "state")(row) && Array.isArray(row["bots"])) &&
  isList(body["accounts"], hold("string", "venue", "key"));
