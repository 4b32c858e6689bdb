import type { BotState } from "../engine/bot-state.ts";
import { FOLD_VERSION, type State } from "../engine/fold.ts";
import { DESK_SLICE, botSlice, type Slice, slicesOf } from "../engine/snapshot.ts";
import type { SnapshotSlice, Store } from "./ports.ts";
import type { Timers } from "./timers.ts";

/** Names the `seq` up to which every slice of the snapshot has seen all facts. */
export const ROUND = "round";
/** Slices of several bots share a transaction up to this many characters. */
const BATCH_CHARACTERS = 512 * 1024;

type Slices = Pick<Store, "saveSlices">;

/** Writes snapshots bot by bot, only of those that changed, and holds the loop for no longer than one slice takes. */
export class Snapshotter {
  readonly #state: State;
  readonly #store: Slices;
  readonly #timers: Pick<Timers, "breathe">;
  readonly #savedSeq = new Map<string, number>();
  #roundSeq = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(state: State, store: Slices, timers: Pick<Timers, "breathe">) {
    this.#state = state;
    this.#store = store;
    this.#timers = timers;
  }

  /**
   * One round: afterwards a start needs only the facts that came since the round began. The desk's slices are cut first
   * and stored last, together with the mark of the round: bots look at the desk when they take a fact in, so the tail
   * must be folded from the desk as it was when the round began. A round begins when the one before it is over: of two at
   * once the older one could put back what the newer has saved. Rejects as the store does.
   */
  round(): Promise<void> {
    const round = this.#last.then(() => this.#round());
    this.#last = round.catch(() => undefined);
    return round;
  }

  async #round(): Promise<void> {
    const seq = this.#state.desk.seq;
    if (seq === this.#roundSeq) return;
    const saver = new Saver(this.#store, this.#savedSeq);
    try {
      await this.#saveAll(saver, seq);
      this.#roundSeq = seq;
    } finally {
      await saver.settled();
    }
  }

  async #saveAll(saver: Saver, seq: number): Promise<void> {
    const desk = slicesOf(DESK_SLICE, this.#state.desk);
    const core = desk.next();
    for (const [name, part] of this.#changed()) {
      const partSeq = part.seq;
      for (const slice of slicesOf(name, part)) {
        saver.add(slice);
        await this.#timers.breathe();
      }
      await saver.endPart(name, partSeq);
    }
    for (const slice of core.done === true ? [] : chain(core.value, desk)) {
      saver.add(slice);
      await this.#timers.breathe();
    }
    saver.add({ name: ROUND, seq, body: "{}" });
    await saver.end();
  }

  *#changed(): Generator<[string, BotState]> {
    for (const [bot, part] of [...this.#state.bots])
      if (this.#savedSeq.get(botSlice(bot)) !== part.seq) yield [botSlice(bot), part];
  }
}

/** Saves the slices of several bots together, those of each in one transaction, while the next ones are made. */
class Saver {
  readonly #store: Slices;
  /** Of each part the `seq` that it was saved at. */
  readonly #savedSeq: Map<string, number>;
  #batch: SnapshotSlice[] = [];
  #characters = 0;
  #parts: [string, number][] = [];
  #saving: Promise<void> = Promise.resolve();

  constructor(store: Slices, savedSeq: Map<string, number>) {
    this.#store = store;
    this.#savedSeq = savedSeq;
  }

  add(slice: Slice): void {
    this.#batch.push({ ...slice, foldVersion: FOLD_VERSION });
    this.#characters += slice.body.length;
  }

  /** All slices of a part, which stands at `seq`, were added. Rejects as the store did for the batch before. */
  async endPart(name: string, seq: number): Promise<void> {
    this.#parts.push([name, seq]);
    if (this.#characters >= BATCH_CHARACTERS) await this.#save();
  }

  /** Resolves once all that was added is saved. Rejects as the store does. */
  async end(): Promise<void> {
    await this.#save();
    await this.#saving;
  }

  /** Resolves once nothing is being saved any more, whatever became of it. */
  settled(): Promise<void> {
    return this.#saving.catch(() => undefined);
  }

  async #save(): Promise<void> {
    await this.#saving;
    const parts = this.#parts;
    this.#saving = this.#store.saveSlices(this.#batch).then(() => {
      // Only now: what could not be saved is tried again in the next round.
      for (const [name, seq] of parts) this.#savedSeq.set(name, seq);
    });
    // Its failure is met where the next batch waits for it; until then it must not count as unhandled.
    this.#saving.catch(() => undefined);
    this.#batch = [];
    this.#characters = 0;
    this.#parts = [];
  }
}

function* chain<T>(first: T, rest: Iterable<T>): Generator<T> {
  yield first;
  yield* rest;
}
