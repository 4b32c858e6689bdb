import type { Recorded } from "../../protocol/recorded.ts";
import type { Store } from "../ports.ts";

type Batch = readonly Recorded[];

/** Thrown into the store's own loop to end it. */
class CursorClosed extends Error {
  override readonly name = "CursorClosed";
}

/** The log from a place on, pulled batch by batch: the store reads one ahead and waits until it is asked for. */
export class LogCursor {
  readonly #store: Pick<Store, "replay">;
  readonly #afterSeq: number;
  #answer:
    | { readonly resolve: (batch: Batch | undefined) => void; readonly reject: (error: unknown) => void }
    | undefined;
  #loop: { readonly goOn: () => void; readonly stop: (error: unknown) => void } | undefined;
  #begun = false;
  #closed = false;

  constructor(store: Pick<Store, "replay">, afterSeq: number) {
    this.#store = store;
    this.#afterSeq = afterSeq;
  }

  /** Undefined at the end of the log, or once closed. Rejects as the store does. One call at a time. */
  next(): Promise<Batch | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
      if (this.#begun) this.#loop?.goOn();
      else this.#begin();
    });
  }

  close(): void {
    this.#closed = true;
    this.#answer?.resolve(undefined);
    this.#loop?.stop(new CursorClosed());
  }

  #begin(): void {
    this.#begun = true;
    this.#store
      .replay(this.#afterSeq, (events) => this.#hand(events))
      .then(
        () => this.#end(),
        (error: unknown) => (error instanceof CursorClosed ? this.#end() : this.#fail(error)),
      );
  }

  #hand(events: Batch): Promise<void> {
    if (this.#closed) return Promise.reject(new CursorClosed());
    return new Promise((goOn, stop) => {
      this.#loop = { goOn, stop };
      this.#answer?.resolve(events);
    });
  }

  #end(): void {
    this.#closed = true;
    this.#answer?.resolve(undefined);
  }

  #fail(error: unknown): void {
    this.#closed = true;
    this.#answer?.reject(error);
  }
}
