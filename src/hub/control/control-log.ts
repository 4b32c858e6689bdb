import { type Result, err, ok } from "../../base/result.ts";
import { type Clock, isoFromMicros } from "../../base/time.ts";
import type { Rejection } from "../../protocol/errors.ts";
import type { Ingest, IngestFailure } from "../ingest.ts";

/** Why nothing was stored. `internal`: the hub refused its own event, which is a bug. */
export type NotStored = IngestFailure | { readonly code: "internal"; readonly message: string };

export interface ControlLogParts {
  readonly ingest: Pick<Ingest, "submit">;
  readonly clock: Clock;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** The way of control's own facts into the log: like every event, and said by the hub. */
export class ControlLog {
  readonly #parts: ControlLogParts;

  constructor(parts: ControlLogParts) {
    this.#parts = parts;
  }

  /** Resolves when the events are on disk and folded; the first that the hub refused fails all. Never rejects. */
  async store(events: readonly object[]): Promise<Result<void, NotStored>> {
    const done = await this.storeEach(events);
    if (!done.ok) return done;
    return done.value.find((one) => !one.ok) ?? ok(undefined);
  }

  /** The same in one append, with what became of each of them: the hub may refuse one of its own events. Never rejects. */
  async storeEach(events: readonly object[]): Promise<Result<readonly Result<void, NotStored>[], NotStored>> {
    const { onProblem } = this.#parts;
    try {
      return await this.#submit(events);
    } catch (error) {
      onProblem("keeping a command", error);
      return err({ code: "internal", message: "the command could not be kept" });
    }
  }

  async #submit(events: readonly object[]): Promise<Result<readonly Result<void, NotStored>[], NotStored>> {
    const { ingest, clock } = this.#parts;
    const ts = isoFromMicros(clock.now());
    const done = await ingest.submit(
      events.map((value) => ({ value: { ts, ...value } })),
      { speaker: "hub" },
    );
    if (!done.ok) return err(done.error);
    return ok(
      done.value.items.map((item) => (item.kind === "rejected" ? this.#refused(item.rejection) : ok(undefined))),
    );
  }

  #refused({ path, message }: Rejection): Result<void, NotStored> {
    this.#parts.onProblem("keeping a command", new Error(`${path}: ${message}`));
    return err({ code: "internal", message: `the hub refused its own event: ${path}: ${message}` });
  }
}
