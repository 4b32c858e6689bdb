import type { FollowEvent } from "../../imports/follow/follow-sources.ts";
import type { ImportReport } from "../../imports/import-report.ts";
import { printable } from "../../view/printable.ts";
import type { CommandIo } from "./command-io.ts";

type Said =
  | FollowEvent
  | { readonly event: "following"; readonly root: string; readonly statePath: string }
  | {
      readonly event: "taken";
      readonly rows: number;
      readonly refused: number;
      readonly reasons: ImportReport["refused"]["by_reason"];
    };

const SHOWN_EVERY_MS = 1_000;

/** What `deskwatch follow` says while it runs and at its end: lines for people, or one line of JSON for each thing. */
export class FollowTotals {
  refused = 0;
  readonly #io: CommandIo;
  readonly #isJson: boolean;
  #taken = 0;
  #shownAtMs = Number.NEGATIVE_INFINITY;
  readonly #counts = { rows: 0, accepted: 0, sampled: 0, duplicates: 0, merged: 0, contradictions: 0 };

  constructor(io: CommandIo, isJson: boolean) {
    this.#io = io;
    this.#isJson = isJson;
  }

  add({ rows_read, outcomes, refused }: ImportReport): void {
    const { accepted, sampled, duplicates, merged, contradictions } = outcomes;
    this.#counts.rows += rows_read;
    this.#counts.accepted += accepted;
    this.#counts.sampled += sampled;
    this.#counts.duplicates += duplicates;
    this.#counts.merged += merged;
    this.#counts.contradictions += contradictions;
    this.refused += refused.total;
    if (refused.total > 0)
      this.say({ event: "taken", rows: rows_read, refused: refused.total, reasons: refused.by_reason.slice(0, 10) });
  }

  /** The line that a terminal shows, at most once a second. */
  took(rows: number): void {
    this.#taken += rows;
    if (this.#isJson || this.#io.stderr.isTTY !== true || performance.now() - this.#shownAtMs < SHOWN_EVERY_MS) return;
    this.#shownAtMs = performance.now();
    this.#io.stderr.write(`\r${this.#taken} rows taken, the last at ${new Date().toISOString().slice(11, 19)} UTC `);
  }

  say(said: Said): void {
    if (this.#isJson) this.#io.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...said })}\n`);
    else
      this.#io.stderr.write(
        `${this.#io.stderr.isTTY === true ? "\r" : ""}${wordsOf(said).map(printable).join("\n")}\n`,
      );
  }

  summary(): void {
    const { refused } = this;
    const text = this.#isJson ? JSON.stringify({ event: "summary", ...this.#counts, refused }) : this.#line();
    if (this.#shownAtMs > 0) this.#io.stderr.write("\n");
    this.#io.stdout.write(`${text}\n`);
  }

  #line(): string {
    const { rows, accepted, sampled, duplicates, merged, contradictions } = this.#counts;
    const hub = `${accepted} accepted, ${sampled} sampled, ${duplicates} duplicates, ${merged} merged`;
    return `${rows} rows: ${hub}, ${contradictions} contradictions, ${this.refused} refused`;
  }
}

function wordsOf(said: Said): string[] {
  switch (said.event) {
    case "following":
      return [`following ${said.root}; the position is kept in ${said.statePath}`];
    case "note":
      return [said.path === "" ? said.note : `${said.path}: ${said.note}`];
    case "hub_away":
      return [`the hub is away, nothing is lost and it is tried again: ${said.why}`];
    case "hub_back":
      return ["the hub is back"];
    case "taken":
      return said.reasons.map(({ reason, count }) => `refused ${count} × ${reason}`);
  }
}
