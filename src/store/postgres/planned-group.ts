import type { Client } from "pg";
import type { IncomingRow } from "../../hub/packed-rows.ts";
import { contentOf, type FillEffect, planRow } from "../plan.ts";
import type { GroupReply, OddRow } from "../reply.ts";
import type { PrefetchedBook } from "./fact-book.ts";
import { addToFills, insertEvents, insertFills, markFills, type NewFill, type StoredRow } from "./log-writer.ts";

/** A group planned row by row against the book, and then written in bulk. */
export class PlannedGroup implements GroupReply {
  readonly first: number;
  readonly odd: OddRow[] = [];
  readonly voidsAhead: Set<string>;
  nextSeq: number;
  #index = 0;
  readonly #book: PrefetchedBook;
  readonly #stored: StoredRow[] = [];
  readonly #fills: NewFill[] = [];
  readonly #effects: FillEffect[] = [];
  readonly #metVoids: string[] = [];

  constructor(nextSeq: number, voidsAhead: ReadonlySet<string>, book: PrefetchedBook) {
    this.first = nextSeq;
    this.nextSeq = nextSeq;
    this.voidsAhead = new Set(voidsAhead);
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
    if (effect?.kind === "void-ahead") this.voidsAhead.add(effect.fillKey);
    if (standing !== "fact" || changed || ofSeq !== undefined)
      this.odd.push({ index, standing, seq, ...(ofSeq === undefined ? {} : { ofSeq }), ...(changed ? { body } : {}) });
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
    await this.#writeVoidsAhead(client);
  }

  #seqsOf(kind: "void" | "contradict"): number[] {
    return this.#effects.flatMap((effect) => (effect.kind === kind ? [effect.seq] : []));
  }

  #addFill(offset: number, row: IncomingRow, content: NewFill["content"]): void {
    const voided = row.key !== undefined && this.voidsAhead.delete(row.key);
    if (voided && row.key !== undefined) this.#metVoids.push(row.key);
    this.#fills.push({ offset, row, content, voided });
  }

  async #writeVoidsAhead(client: Client): Promise<void> {
    const ahead = this.#effects.filter((effect) => effect.kind === "void-ahead").map(({ fillKey }) => fillKey);
    if (ahead.length > 0)
      await client.query("INSERT INTO voids_ahead SELECT unnest($1::text[]) ON CONFLICT DO NOTHING", [ahead]);
    if (this.#metVoids.length > 0)
      await client.query("DELETE FROM voids_ahead WHERE fill_key = ANY ($1::text[])", [this.#metVoids]);
  }
}
