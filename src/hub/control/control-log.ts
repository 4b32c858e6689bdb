import { type Result, err, ok } from "../../base/result.ts";
import { type Clock, isoFromMicros } from "../../base/time.ts";
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

  /** Resolves when the events are on disk and folded. */
  async store(events: readonly object[]): Promise<Result<void, NotStored>> {
    const { ingest, clock, onProblem } = this.#parts;
    const ts = isoFromMicros(clock.now());
    const done = await ingest.submit(
      events.map((value) => ({ value: { ts, ...value } })),
      { speaker: "hub" },
    );
    if (!done.ok) return err(done.error);
    const refused = done.value.items.find((item) => item.kind === "rejected");
    if (refused === undefined) return ok(undefined);
    const { path, message } = refused.rejection;
    onProblem("keeping a command", new Error(`${path}: ${message}`));
    return err({ code: "internal", message: `the hub refused its own event: ${path}: ${message}` });
  }
}
