import { basename } from "node:path";
import type { ImportReportBody } from "../protocol/api-sessions.ts";
import type { ImportReport } from "./import-report.ts";

/** What a report does not say of itself. */
export interface ReportedRun {
  readonly importId: string;
  readonly via: ImportReportBody["via"];
  /** ISO-8601. */
  readonly startedAt: string;
  readonly tookS: number;
}

export interface ReportTarget {
  /** Where the hub is, such as `http://127.0.0.1:8000`. */
  readonly url: string;
  readonly key?: string | undefined;
  readonly fetch: typeof fetch;
}

/** What the hub takes is 256 KiB. */
const BODY_BYTES_MAX = 200_000;
const FILES_MAX = 1_000;
const REASONS_MAX = 50;
const REFUSALS_MAX = 100;
const ANSWER_MS_MAX = 10_000;

/** A report as the hub keeps it: within its bounds, and without the directories of this machine. */
export function importReportBodyOf(report: ImportReport, run: ReportedRun): ImportReportBody {
  return fitting(wholeBody(report, run));
}

/** Leaves out files and refusals at the end of their lists until the hub takes the report; the counts stay whole. */
function fitting(body: ImportReportBody): ImportReportBody {
  if (Buffer.byteLength(JSON.stringify(body)) <= BODY_BYTES_MAX) return body;
  const half = <T>(list: readonly T[]): T[] => list.slice(0, Math.floor(list.length / 2));
  return fitting({ ...body, files: half(body.files), refusals: half(body.refusals) });
}

function wholeBody(report: ImportReport, run: ReportedRun): ImportReportBody {
  const { outcomes, refused } = report;
  const files = report.files.filter(({ left_out }) => left_out === undefined);
  const events = Object.entries(report.events).map(
    ([type, count]) => [type.slice(0, 64), count.told - count.refused] as const,
  );
  return {
    import_id: run.importId,
    via: run.via,
    started_at: run.startedAt,
    took_s: run.tookS,
    files: files.slice(0, FILES_MAX).map(({ file, format, rows, error }) => ({
      file: nameOf(file),
      format: format ?? "unknown",
      rows,
      ...errorOf(error),
    })),
    events: Object.fromEntries(events),
    accepted: outcomes.accepted,
    sampled: outcomes.sampled,
    duplicates: outcomes.duplicates,
    merged: outcomes.merged,
    contradictions: outcomes.contradictions,
    refused: refused.total,
    reasons: refused.by_reason
      .slice(0, REASONS_MAX)
      .map(({ reason, count }) => ({ reason: reason.slice(0, 256), count })),
    refusals: refused.first.slice(0, REFUSALS_MAX).map(({ file, line, reason, detail }) => ({
      file: nameOf(file),
      line,
      reason: reason.slice(0, 256),
      ...(detail === undefined ? {} : { detail: detail.slice(0, 512) }),
    })),
    ...errorOf(report.error),
  };
}

const nameOf = (path: string): string => basename(path).slice(0, 1_024);
const errorOf = (error: string | undefined) => (error === undefined ? {} : { error: error.slice(0, 2_048) });

/**
 * Tells the hub what an import did. Answers what went wrong, for a warning: the events are in the hub all the same. A hub
 * too old to keep reports (404) is fine.
 */
export async function reportToHub(
  { url, key, fetch }: ReportTarget,
  body: ImportReportBody,
): Promise<string | undefined> {
  try {
    const response = await fetch(new URL("/api/v1/imports", url), {
      method: "POST",
      headers: { "content-type": "application/json", ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
      body: JSON.stringify(body),
      redirect: "error",
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    await response.arrayBuffer();
    if (response.ok || response.status === 404) return undefined;
    return `the hub did not keep the report of this import: status ${response.status}`;
  } catch (error) {
    return `the hub did not get the report of this import: ${error instanceof Error ? error.message : String(error)}`;
  }
}
