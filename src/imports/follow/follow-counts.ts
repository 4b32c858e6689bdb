import { randomUUID } from "node:crypto";
import { basename } from "node:path";
import { isoFromMicros, type Micros } from "../../base/time.ts";
import type { Delivered, RefusedEvent } from "../hub-sender.ts";
import type { EventRef } from "../import-report.ts";
import { ImportCounts, type ImportReport } from "../import-report.ts";
import type { Work } from "./followed.ts";

interface FileCount {
  format: string;
  rows: number;
  events: number;
}

const FILES_MAX = 1_000;

/** A report of what was taken since `startedAt`. */
export interface FollowReport {
  readonly importId: string;
  readonly startedAt: string;
  readonly tookS: number;
  readonly report: ImportReport;
}

/** Counts what is taken from a source, for a report each minute and for the summary at the end. Bounded. */
export class FollowCounts {
  readonly #now: () => Micros;
  readonly #onTook: (rows: number) => void;
  #startedAt: Micros;
  #counts = new ImportCounts();
  #files = new Map<string, FileCount>();

  /** `onTook` hears how many rows were taken. */
  constructor(now: () => Micros, onTook: (rows: number) => void = () => undefined) {
    this.#now = now;
    this.#onTook = onTook;
    this.#startedAt = now();
  }

  get isEmpty(): boolean {
    return this.#files.size === 0;
  }

  took(work: Pick<Work, "path" | "format" | "rows" | "items">): void {
    const name = basename(work.path);
    const known = this.#files.get(name) ?? { format: work.format ?? "unknown", rows: 0, events: 0 };
    if (this.#files.size < FILES_MAX) this.#files.set(name, known);
    known.rows += work.rows;
    this.#onTook(work.rows);
    for (const item of work.items) {
      if ("body" in item) {
        known.events++;
        this.#counts.told(item);
      } else if ("leftOut" in item) this.#counts.leftOut(item.leftOut);
      else {
        const { line, refused: reason, detail } = item;
        this.#counts.refused({ file: name, line, reason, ...(detail === undefined ? {} : { detail }) });
      }
    }
  }

  delivered({ counts, refused }: Delivered<EventRef>): void {
    this.#counts.answered(counts);
    for (const refusal of refused) this.#refusal(refusal);
  }

  /** What was counted since the last call, or since the start. */
  take(error?: string): FollowReport {
    for (const [file, { format, rows, events }] of this.#files) this.#counts.file({ file, format, rows, events });
    const now = this.#now();
    const report: FollowReport = {
      importId: randomUUID(),
      startedAt: isoFromMicros(this.#startedAt),
      tookS: Math.max(0, (now - this.#startedAt) / 1_000_000),
      report: this.#counts.report(false, error),
    };
    this.#counts = new ImportCounts();
    this.#files = new Map();
    this.#startedAt = now;
    return report;
  }

  #refusal({ ref, code, path, message }: RefusedEvent<EventRef>): void {
    const { file, line, type } = ref;
    const reason = `${type}${path === "" ? "" : ` ${path}`}: ${code}`;
    this.#counts.refused({ file, line, reason, detail: message }, type);
  }
}
