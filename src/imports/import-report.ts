import { isoFromMicros, type Micros } from "../base/time.ts";
import type { IngestAnswer } from "../protocol/api.ts";
import { printable } from "../view/printable.ts";
import type { CheckedPart } from "./checked-part.ts";
import { Tally } from "./tally.ts";

/** Where a row stands. */
export interface RowRef {
  readonly file: string;
  readonly line: number;
}

/** Which event of which row. */
export interface EventRef extends RowRef {
  readonly type: string;
}

/** A row, or an event of one, that was refused. */
export interface Refusal extends RowRef {
  readonly reason: string;
  readonly detail?: string;
}

/** What became of one file. `error`: why it was not read to its end; `left_out`: why it need not be read. */
export interface FileReport {
  readonly file: string;
  readonly format: string | null;
  readonly rows: number;
  readonly events: number;
  readonly error?: string;
  readonly left_out?: string;
}

interface ReasonCount {
  readonly reason: string;
  readonly count: number;
}

/** The body of `deskwatch import --json`. */
export interface ImportReport {
  readonly dry_run: boolean;
  readonly complete: boolean;
  readonly files: readonly FileReport[];
  readonly rows_read: number;
  /** Events by type: told by the files, and refused of those by the hub. */
  readonly events: Readonly<Record<string, { readonly told: number; readonly refused: number }>>;
  /** The bots that the events are of, at most 1,000 of them. */
  readonly bots: readonly string[];
  /** The times of the first and the last event, by the bots' clocks; null when no event has one. */
  readonly period: { readonly from: string; readonly to: string } | null;
  /** What the hub said; all 0 in a dry run. */
  readonly outcomes: Omit<IngestAnswer, "rejected">;
  readonly refused: {
    readonly total: number;
    readonly by_reason: readonly ReasonCount[];
    readonly first: readonly Refusal[];
  };
  /** Parts of accepted rows that have no place in an event. */
  readonly left_out: readonly ReasonCount[];
  /** Why the import stopped before its end, when it did. */
  readonly error?: string;
}

/** A row that its format refused. */
export const rowRefusal = (
  file: string,
  { line, refused, detail }: { readonly line: number; readonly refused: string; readonly detail?: string },
): Refusal => ({ file, line, reason: refused, ...(detail === undefined ? {} : { detail }) });

/** An event that was refused. */
export const eventRefusal = (
  { file, line, type }: EventRef,
  { code, path, message }: { readonly code: string; readonly path: string; readonly message: string },
): Refusal => ({ file, line, reason: `${type}${path === "" ? "" : ` ${path}`}: ${code}`, detail: message });

const REFUSALS_SHOWN = 20;
const BOTS_MAX = 1_000;

/** What the report tells of an event. */
interface ToldEvent {
  readonly type: string;
  readonly bot?: string | undefined;
  readonly at?: Micros | undefined;
}

type Outcomes = { -readonly [Name in keyof ImportReport["outcomes"]]: number };

/** Counts what an import does, in bounded memory. */
export class ImportCounts {
  readonly #told = new Tally();
  readonly #refusedTypes = new Tally();
  readonly #reasons = new Tally();
  readonly #leftOut = new Tally();
  readonly #bots = new Set<string>();
  #from: Micros | undefined;
  #to: Micros | undefined;
  readonly #first: Refusal[] = [];
  readonly #files: FileReport[] = [];
  readonly #outcomes: Outcomes = {
    accepted: 0,
    sampled: 0,
    duplicates: 0,
    merged: 0,
    contradictions: 0,
    last_seq: 0,
  };

  told({ type, bot, at }: ToldEvent): void {
    this.#told.add(type);
    if (bot !== undefined && this.#bots.size < BOTS_MAX) this.#bots.add(bot);
    if (at === undefined) return;
    if (this.#from === undefined || at < this.#from) this.#from = at;
    if (this.#to === undefined || at > this.#to) this.#to = at;
  }

  /** What many rows told. */
  part({ told, bots, from, to, refused, leftOut }: CheckedPart): void {
    for (const [type, count] of told) this.#told.add(type, count);
    for (const bot of bots) if (this.#bots.size < BOTS_MAX) this.#bots.add(bot);
    if (from !== undefined && (this.#from === undefined || from < this.#from)) this.#from = from;
    if (to !== undefined && (this.#to === undefined || to > this.#to)) this.#to = to;
    for (const { refusal, type } of refused) this.refused(refusal, type);
    for (const reason of leftOut) this.leftOut(reason);
  }

  refused(refusal: Refusal, type?: string): void {
    this.#reasons.add(refusal.reason);
    if (type !== undefined) this.#refusedTypes.add(type);
    if (this.#first.length < REFUSALS_SHOWN) this.#first.push(refusal);
  }

  leftOut(reason: string): void {
    this.#leftOut.add(reason);
  }

  answered(counts: ImportReport["outcomes"]): void {
    this.#outcomes.accepted += counts.accepted;
    this.#outcomes.sampled += counts.sampled;
    this.#outcomes.duplicates += counts.duplicates;
    this.#outcomes.merged += counts.merged;
    this.#outcomes.contradictions += counts.contradictions;
    this.#outcomes.last_seq = Math.max(this.#outcomes.last_seq, counts.last_seq);
  }

  file(report: FileReport): void {
    this.#files.push(report);
  }

  report(dryRun: boolean, error?: string): ImportReport {
    const refusedTypes = new Map(this.#refusedTypes.entries());
    const events = this.#told.entries().map(([type, count]) => {
      return [type, { told: count, refused: refusedTypes.get(type) ?? 0 }] as const;
    });
    return {
      dry_run: dryRun,
      complete: error === undefined && this.#files.every((file) => file.error === undefined),
      files: this.#files,
      rows_read: this.#files.reduce((sum, file) => sum + file.rows, 0),
      events: Object.fromEntries(events),
      bots: [...this.#bots].sort(),
      period: this.#period(),
      outcomes: this.#outcomes,
      refused: { total: this.#reasons.total, by_reason: reasonCounts(this.#reasons), first: this.#first },
      left_out: reasonCounts(this.#leftOut),
      ...(error === undefined ? {} : { error }),
    };
  }

  #period(): ImportReport["period"] {
    if (this.#from === undefined || this.#to === undefined) return null;
    return { from: isoFromMicros(this.#from), to: isoFromMicros(this.#to) };
  }
}

const reasonCounts = (tally: Tally): ReasonCount[] => tally.entries().map(([reason, count]) => ({ reason, count }));

/** The report as people read it, without a line break at its end; what files say in it cannot harm a terminal. */
export function importReportText(report: ImportReport): string {
  return [
    ...report.files.map(fileLine),
    `${report.rows_read} rows read`,
    ...eventLines(report),
    ...scopeLines(report),
    ...outcomeLines(report),
    ...refusalLines(report),
    ...report.left_out.map(({ reason, count }) => `left out ${count} times: ${reason}`),
    ...(report.error === undefined ? [] : [`stopped: ${report.error}`]),
  ]
    .map(printable)
    .join("\n");
}

const fileLine = ({ file, format, rows, events, error, left_out }: FileReport): string =>
  left_out !== undefined
    ? `${file}: left out: ${left_out}`
    : `${file}: ${format ?? "unknown format"}, ${rows} rows, ${events} events${error === undefined ? "" : `, failed: ${error}`}`;

function eventLines({ events }: ImportReport): string[] {
  return Object.entries(events).map(
    ([type, { told, refused }]) => `  ${type.padEnd(20)} ${told}${refused === 0 ? "" : ` (${refused} refused)`}`,
  );
}

const BOTS_SHOWN = 10;

function scopeLines({ bots, period }: ImportReport): string[] {
  const more = bots.length > BOTS_SHOWN ? ` and ${bots.length - BOTS_SHOWN} more` : "";
  return [
    ...(bots.length === 0 ? [] : [`bots: ${bots.slice(0, BOTS_SHOWN).join(", ")}${more}`]),
    ...(period === null ? [] : [`from ${period.from} to ${period.to}`]),
  ];
}

function outcomeLines({ dry_run, outcomes }: ImportReport): string[] {
  if (dry_run) return ["dry run: every event was checked, nothing was sent"];
  const { accepted, sampled, duplicates, merged, contradictions } = outcomes;
  return [
    `the hub: ${accepted} accepted, ${duplicates} duplicates, ${merged} merged, ${contradictions} contradictions, ${sampled} sampled`,
  ];
}

function refusalLines({ refused }: ImportReport): string[] {
  if (refused.total === 0) return ["nothing refused"];
  return [
    `${refused.total} refused:`,
    ...refused.by_reason.map(({ reason, count }) => `  ${count} × ${reason}`),
    ...refused.first.map(({ file, line, reason, detail }) => {
      return `  ${file}:${line}: ${reason}${detail === undefined ? "" : ` (${detail})`}`;
    }),
    ...(refused.total > refused.first.length ? [`  … and ${refused.total - refused.first.length} more`] : []),
  ];
}
