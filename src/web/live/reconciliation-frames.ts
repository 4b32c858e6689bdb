import type { ReconciliationAnswer } from "../../protocol/api-reconciliation.ts";

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const areAll = (value: unknown, is: (item: Record<string, unknown>) => boolean): boolean =>
  Array.isArray(value) && value.every((item) => isRecord(item) && is(item));

/** The answer of `GET /api/v1/reconciliation`. */
export const isReconciliation = (body: unknown): body is ReconciliationAnswer =>
  isRecord(body) &&
  areAll(body["reconciliation"], (row) => typeof row["state"] === "string" && Array.isArray(row["bots"])) &&
  areAll(body["accounts"], (row) => typeof row["venue"] === "string" && typeof row["key"] === "string");
