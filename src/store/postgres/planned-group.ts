import type { Client } from "pg";
import type { IncomingRow } from "../../hub/packed-rows.ts";
import { contentOf, type FillEffect, namesOf, planRow } from "../plan.ts";
import type { GroupReply, OddRow } from "../reply.ts";
import type { PrefetchedBook } from "./fact-book.ts";
import {
  addToFills,
  correctFills,
  insertEvents,
  insertFills,
  markFills,
  type NewFill,
  type StoredRow,
} from "./log-writer.ts";

/** What was said of fills that are not there yet. */
export interface SaidAhead {
  /** Those that were taken back, by their key. */
  readonly voids: ReadonlySet<string>;
  /** Why those were corrected, by what they were named by. */
  readonly corrections: ReadonlyMap<string, string>;
}

/** Whether something was said of a row before it came. */
export const isSaidAhead = ({ voids, corrections }: SaidAhead, row: IncomingRow): boolean =>
  (row.key !== undefined && voids.has(row.key)) ||
  (corrections.size > 0 && namesOf(row).some((name) => corrections.has(name)));

/** A group planned row by row against the book, and then written in bulk. */
export class PlannedGroup implements GroupReply {
  readonly first: number;
  readonly odd: OddRow[] = [];
  readonly ahead: { readonly voids: Set<string>; readonly corrections: Map<string, string> };
  nextSeq: number;
  #index = 0;
  readonly #book: PrefetchedBook;
  readonly #stored: StoredRow[] = [];
  readonly #fills: NewFill[] = [];
  readonly #effects: FillEffect[] = [];
  readonly #metVoids: string[] = [];
  readonly #reasons = new Map<number, string>();
  readonly #metCorrections: string[] = [];

  constructor(nextSeq: number, ahead: SaidAhead, book: PrefetchedBook) {
    this.first = nextSeq;
    this.nextSeq = nextSeq;
    this.ahead = { voids: new Set(ahead.voids), corrections: new Map(ahead.corrections) };
    this.#book = book;
  }

  add(row: IncomingRow): void {
    const index = this.#index++;
    const plan = planRow(row, this.#book);
    if (plan.standing === "duplicate") {
      this.odd.push({ index, ...plan });
      return;
    }
    const seq = this.nextSeq++;
    const { standing, ofSeq, body, changed, claimsId, effect } = plan;
    const offset = seq - this.first;
    this.#stored.push({ offset, row, standing, ofSeq, claimsId, body });
    this.#book.take(seq, row, plan);
    if (effect?.kind === "insert") this.#addFill(offset, row, contentOf(body));
    else if (effect !== undefined) this.#effects.push(effect);
    this.#note(effect);
    if (standing !== "fact" || changed || ofSeq !== undefined)
      this.odd.push({ index, standing, seq, ...(ofSeq === undefined ? {} : { ofSeq }), ...(changed ? { body } : {}) });
  }

  #note(effect: FillEffect | undefined): void {
    if (effect?.kind === "void-ahead") this.ahead.voids.add(effect.fillKey);
    else if (effect?.kind === "correct-ahead") this.ahead.corrections.set(effect.name, effect.reason);
    else if (effect?.kind === "correct") this.#reasons.set(effect.seq, effect.reason);
  }

  async write(client: Client): Promise<void> {
    await insertEvents(client, this.#stored, this.first);
    await insertFills(client, this.#fills, this.first);
    await addToFills(
      client,
      this.#effects.filter((effect) => effect.kind === "add"),
    );
    await markFills(client, "voided", this.#seqsOf("void"));
    await markFills(client, "contradicted", this.#seqsOf("contradict"));
    await correctFills(client, this.#reasons);
    await this.#writeVoidsAhead(client);
    await this.#writeCorrectionsAhead(client);
  }

  #seqsOf(kind: "void" | "contradict"): number[] {
    return this.#effects.flatMap((effect) => (effect.kind === kind ? [effect.seq] : []));
  }

  #addFill(offset: number, row: IncomingRow, content: NewFill["content"]): void {
    const voided = row.key !== undefined && this.ahead.voids.delete(row.key);
    if (voided && row.key !== undefined) this.#metVoids.push(row.key);
    for (const name of this.ahead.corrections.size === 0 ? [] : namesOf(row)) {
      const reason = this.ahead.corrections.get(name);
      if (reason === undefined) continue;
      this.#reasons.set(this.first + offset, reason);
      this.ahead.corrections.delete(name);
      this.#metCorrections.push(name);
    }
    this.#fills.push({ offset, row, content, voided });
  }

  async #writeVoidsAhead(client: Client): Promise<void> {
    const ahead = this.#effects.filter((effect) => effect.kind === "void-ahead").map(({ fillKey }) => fillKey);
    if (ahead.length > 0)
      await client.query("INSERT INTO voids_ahead SELECT unnest($1::text[]) ON CONFLICT DO NOTHING", [ahead]);
    if (this.#metVoids.length > 0)
      await client.query("DELETE FROM voids_ahead WHERE fill_key = ANY ($1::text[])", [this.#metVoids]);
  }

  async #writeCorrectionsAhead(client: Client): Promise<void> {
    if (this.#metCorrections.length > 0)
      await client.query("DELETE FROM corrections_ahead WHERE name = ANY ($1::text[])", [this.#metCorrections]);
    const ahead = new Map(
      this.#effects.flatMap((effect) => (effect.kind === "correct-ahead" ? [[effect.name, effect.reason]] : [])),
    );
    const waiting = [...ahead].filter(([name]) => this.ahead.corrections.has(name));
    if (waiting.length > 0)
      await client.query(
        `INSERT INTO corrections_ahead SELECT * FROM unnest($1::text[], $2::text[])
         ON CONFLICT (name) DO UPDATE SET reason = excluded.reason`,
        [waiting.map(([name]) => name), waiting.map(([, reason]) => reason)],
      );
  }
}
