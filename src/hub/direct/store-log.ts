import { assert, ensure } from "../../base/assert.ts";
import { type IncomingRow, type PackedRows, RowPacker, unpackRows } from "../packed-rows.ts";
import type { AppendOutcome, AppendRow, Store } from "../ports.ts";
import { TextSlabs } from "../text-slabs.ts";
import type { DirectLog, LateAnswer } from "./direct-intake.ts";
import type { KnownNames } from "./known-names.ts";

export interface StoreLogOptions {
  readonly store: Pick<Store, "append">;
  /** Of the last row of the log. */
  readonly lastSeq: number;
  /** Of every row of the log; undefined where they are not known: then every answer is late. */
  readonly names: KnownNames | undefined;
  readonly onLate: LateAnswer;
}

const PACK_ROWS = 2_000;
/** Packs that the store has at once: while it moves its log into the database, which takes most of a second, others wait. */
const IN_FLIGHT_MAX = 32;
/** Where more of a pack than one row in so many were no new facts, the next packs are not looked at. */
const ODD_SHARE = 16;
const PACKS_UNJUDGED = 16;

/**
 * A store as the log of an import. A row that is surely new has its `seq` at once, as nobody else appends; the store's
 * own answer is held against that. Any other waits for the store, and all that come after it with it: a log is folded in
 * its order. Where many are not new the store is kept busy, and it is asked again later whether rows are.
 */
export class StoreLog implements DirectLog {
  readonly #options: StoreLogOptions;
  readonly #inFlight: Promise<void>[] = [];
  #names: KnownNames | undefined;
  readonly #slabs = new TextSlabs();
  #packer = new RowPacker(this.#slabs, PACK_ROWS);
  #count = 0;
  #isSure = true;
  /** Of the rows of the pack that are late: whether each is counted. */
  #counted: boolean[] = [];
  #nextSeq: number;
  /** Rows that wait for their answer. */
  #late = 0;
  #packsUnjudged = 0;
  #failure: unknown;

  constructor(options: StoreLogOptions) {
    this.#options = options;
    this.#names = options.names;
    this.#nextSeq = options.lastSeq + 1;
  }

  /** Something that was taken for stored is not. */
  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  put(row: AppendRow, isCounted: boolean): AppendOutcome | undefined {
    const isSure = this.#late === 0 && this.#packsUnjudged === 0 && this.#names?.addIncoming(row) === true;
    if (isSure !== this.#isSure) this.#send();
    this.#isSure = isSure;
    this.#packer.add(row);
    this.#count++;
    if (isSure) this.#nextSeq++;
    else {
      this.#late++;
      this.#counted.push(isCounted);
    }
    const outcome = isSure ? { seq: this.#nextSeq - 1, standing: "fact" as const } : undefined;
    if (this.#count >= PACK_ROWS) this.#send();
    return outcome;
  }

  /** When more may be put; undefined for at once. Rejects as the store does. */
  room(): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const mayJudge = this.#late > 0 && this.#count === 0 && this.#names !== undefined && this.#packsUnjudged === 0;
    if (mayJudge) return this.#settled();
    return this.#inFlight.length >= IN_FLIGHT_MAX ? this.#oldest() : undefined;
  }

  /** Resolves once all that was put has its answer. Rejects as the store does. */
  async end(): Promise<void> {
    this.#send();
    await this.#settled();
  }

  async #settled(): Promise<void> {
    while (this.#inFlight.length > 0) await this.#oldest();
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #oldest(): Promise<void> {
    await this.#inFlight[0];
    if (this.#failure !== undefined) throw this.#failure;
  }

  #send(): void {
    if (this.#count === 0) return;
    const rows = this.#packer.packed();
    const [isSure, counted, nextSeq] = [this.#isSure, this.#counted, this.#nextSeq];
    this.#packer = new RowPacker(this.#slabs, PACK_ROWS);
    this.#count = 0;
    this.#counted = [];
    if (this.#packsUnjudged > 0) this.#packsUnjudged--;
    const answered = this.#options.store.append(rows).then((outcomes) => {
      if (isSure) checkSure(outcomes, nextSeq - rows.count);
      else this.#tellLate(rows, outcomes, counted);
      this.#slabs.takeBack(rows);
    });
    const flight = answered
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .then(() => void this.#inFlight.splice(this.#inFlight.indexOf(flight), 1));
    this.#inFlight.push(flight);
  }

  #tellLate(rows: PackedRows, outcomes: readonly AppendOutcome[], counted: readonly boolean[]): void {
    let odd = 0;
    for (const [index, row] of unpackRows(rows).entries()) {
      const outcome = ensure(outcomes[index], "the log left a row without an answer");
      this.#note(row, outcome);
      if (outcome.standing !== "fact") odd++;
      this.#options.onLate(row, outcome, counted[index] === true);
    }
    this.#late -= rows.count;
    if (odd * ODD_SHARE > rows.count) this.#packsUnjudged = PACKS_UNJUDGED;
  }

  #note(row: IncomingRow, { seq, standing }: AppendOutcome): void {
    if (standing !== "duplicate") this.#nextSeq = seq + 1;
    this.#names?.add(row);
    if (this.#names?.isFull === true) this.#names = undefined;
  }
}

function checkSure(outcomes: readonly AppendOutcome[], first: number): void {
  let expected = first;
  for (const { seq, standing } of outcomes)
    assert(standing === "fact" && seq === expected++, "the log took a row otherwise than was foreseen");
}
