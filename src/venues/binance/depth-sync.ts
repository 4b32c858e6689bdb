import { DiffSequence } from "../../domain/order-book-sequence.ts";
import type { DepthSnapshot, DepthUpdate } from "./frames.ts";

/** Updates held while a snapshot is on its way: some seconds of the busiest market. */
const HELD_MAX = 2_000;

/** What to do with the book, in order. */
export type DepthStep =
  /** The snapshot is the book, and the `apply` that follows leads on from it. */
  | { readonly do: "reset"; readonly snapshot: DepthSnapshot }
  | { readonly do: "apply"; readonly update: DepthUpdate }
  /** Updates were lost: the book is not to be trusted until the next `reset`. */
  | { readonly do: "gap"; readonly detail: string }
  /** Ask for a snapshot; the answer goes to `snapshot`. */
  | { readonly do: "request" };

const NOTHING: readonly DepthStep[] = [];

const idsOf = ({ U, u, pu }: DepthUpdate) => ({ first: U, last: u, previous: pu });

/**
 * Puts a snapshot and the stream of updates together as the venue prescribes: hold updates, take a snapshot, drop what
 * ended before it (`u < lastUpdateId`), begin with the update that spans it, and from there on each update continues the
 * one before (`pu` = its `u`). Anything else is a gap. Repeats are dropped. The snapshot counts only once an update leads
 * on from it: until then nothing shows that none was lost in between.
 */
export class DepthSync {
  readonly #sequence = new DiffSequence();
  /** Undefined while the book follows the stream. */
  #held: DepthUpdate[] | undefined = [];
  #snapshot: DepthSnapshot | undefined;
  #newest: { readonly u: number; readonly E: number } | undefined;

  /** The id of the newest update that the book has; undefined when it does not follow the stream. */
  get lastUpdateId(): number | undefined {
    return this.#newest?.u;
  }

  /** Forgets everything, as after a reconnect, and asks for a snapshot. */
  restart(): readonly DepthStep[] {
    this.#hold([]);
    return [{ do: "request" }];
  }

  update(update: DepthUpdate): readonly DepthStep[] {
    if (this.#held !== undefined) return this.#wait(this.#held, update);
    const step = this.#sequence.accept(idsOf(update));
    if (step === "next") return [this.#follow(update)];
    // Ids that begin anew, later in time, are no repeat of what came before.
    if (step === "repeat" && update.E <= (this.#newest?.E ?? 0)) return NOTHING;
    const expected = this.#newest?.u ?? "none";
    this.#hold([update]);
    return [{ do: "gap", detail: `expected pu ${expected}, found pu ${update.pu} u ${update.u}` }, { do: "request" }];
  }

  /** Takes a snapshot that was asked for; asks again when the held updates begin after it. */
  snapshot(snapshot: DepthSnapshot): readonly DepthStep[] {
    if (this.#held === undefined) return NOTHING;
    this.#snapshot = snapshot;
    return this.#join(this.#held, snapshot);
  }

  /** Gives the book up for a reason that the ids do not show, such as a wrong top. */
  distrust(detail: string): readonly DepthStep[] {
    this.#hold([]);
    return [{ do: "gap", detail }, { do: "request" }];
  }

  #hold(updates: DepthUpdate[]): void {
    this.#held = updates;
    this.#snapshot = undefined;
    this.#newest = undefined;
  }

  #wait(held: DepthUpdate[], update: DepthUpdate): readonly DepthStep[] {
    const previous = held.at(-1);
    // What came before a hole in the stream can lead nowhere.
    if (previous !== undefined && update.pu !== previous.u) held.length = 0;
    if (held.length === HELD_MAX) held.shift();
    held.push(update);
    return this.#snapshot === undefined ? NOTHING : this.#join(held, this.#snapshot);
  }

  #join(held: readonly DepthUpdate[], snapshot: DepthSnapshot): readonly DepthStep[] {
    const [first, ...rest] = held.filter(({ u }) => u >= snapshot.lastUpdateId);
    if (first === undefined) return NOTHING;
    this.#sequence.snapshot(snapshot.lastUpdateId);
    this.#snapshot = undefined;
    if (this.#sequence.accept(idsOf(first)) === "gap") return [{ do: "request" }];
    this.#held = undefined;
    return [{ do: "reset", snapshot }, this.#follow(first), ...rest.flatMap((update) => this.update(update))];
  }

  #follow(update: DepthUpdate): DepthStep {
    this.#newest = update;
    return { do: "apply", update };
  }
}
