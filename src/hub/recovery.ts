import type { BotState } from "../engine/bot-state.ts";
import { FOLD_VERSION, type State, emptyState, reduce, reduceTail } from "../engine/fold.ts";
import { DESK_SLICE, botSlice, slicesOf, stateFromSlices } from "../engine/snapshot.ts";
import type { SnapshotSlice, Store } from "./ports.ts";
import type { Timers } from "./timers.ts";

/** Names the `seq` up to which every slice of the snapshot has seen all facts. */
const ROUND = "round";
/** Slices of several bots share a transaction up to this many characters. */
const BATCH_CHARACTERS = 512 * 1024;

export interface Recovered {
  readonly state: State;
  readonly fromSnapshot: boolean;
  readonly refolded: number;
}

/** The state at the end of the log: a snapshot where there is one of this fold version, and the tail folded onto it. */
export async function recover(store: Store): Promise<Recovered> {
  const slices = await store.loadSlices(FOLD_VERSION);
  const round = slices.find((slice) => slice.name === ROUND);
  const state = round === undefined ? emptyState() : stateFromSlices(slices.filter((slice) => slice !== round));
  const take = round === undefined ? reduce : reduceTail;
  let refolded = 0;
  await store.replay(round?.seq ?? 0, (events) => {
    for (const recorded of events) take(state, recorded);
    refolded += events.length;
  });
  return { state, fromSnapshot: round !== undefined, refolded };
}

/** Writes snapshots bot by bot, only of those that changed, and never holds the loop for more than one slice. */
export class Snapshotter {
  readonly #state: State;
  readonly #store: Store;
  readonly #timers: Timers;
  readonly #savedSeq = new Map<string, number>();
  #roundSeq = 0;

  constructor(state: State, store: Store, timers: Timers) {
    this.#state = state;
    this.#store = store;
    this.#timers = timers;
  }

  /**
   * One round: afterwards a start needs only the facts that came since the round began. The desk's slices are cut first
   * and stored last, together with the mark of the round: bots look at the desk when they take a fact in, so the tail
   * must be folded from the desk as it was when the round began.
   */
  async round(): Promise<void> {
    const seq = this.#state.desk.seq;
    if (seq === this.#roundSeq) return;
    const desk = slicesOf(DESK_SLICE, this.#state.desk);
    const core = desk.next();
    let batch: SnapshotSlice[] = [];
    let characters = 0;
    for (const [name, part] of this.#changed()) {
      const partSeq = part.seq;
      for (const slice of slicesOf(name, part)) {
        batch.push({ ...slice, foldVersion: FOLD_VERSION });
        characters += slice.body.length;
        await this.#timers.breathe();
      }
      this.#savedSeq.set(name, partSeq);
      if (characters < BATCH_CHARACTERS) continue;
      await this.#store.saveSlices(batch);
      batch = [];
      characters = 0;
    }
    for (const slice of core.done === true ? [] : chain(core.value, desk)) {
      batch.push({ ...slice, foldVersion: FOLD_VERSION });
      await this.#timers.breathe();
    }
    await this.#store.saveSlices([...batch, { name: ROUND, seq, foldVersion: FOLD_VERSION, body: "{}" }]);
    this.#roundSeq = seq;
  }

  *#changed(): Generator<[string, BotState]> {
    for (const [bot, part] of [...this.#state.bots])
      if (this.#savedSeq.get(botSlice(bot)) !== part.seq) yield [botSlice(bot), part];
  }
}

function* chain<T>(first: T, rest: Iterable<T>): Generator<T> {
  yield first;
  yield* rest;
}
