import type { Micros } from "../base/time.ts";
import type { ImportReportBody } from "../protocol/api-sessions.ts";
import type { ImportRow } from "./ports.ts";

/** A report of an import as it is kept. */
export const importRow = (report: ImportReportBody, receivedAt: Micros): ImportRow => ({
  importId: report.import_id,
  receivedAt,
  body: JSON.stringify(report),
});
