import { type Result, err, ok } from "../../base/result.ts";
import { type Clock, isoFromMicros } from "../../base/time.ts";
import type { Ingest, IngestFailure } from "../ingest.ts";

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
  async store(events: readonly object[]): Promise<Result<void, IngestFailure>> {
    const { ingest, clock, onProblem } = this.#parts;
    const ts = isoFromMicros(clock.now());
    const done = await ingest.submit(
      events.map((value) => ({ value: { ts, ...value } })),
      { speaker: "hub" },
    );
    if (!done.ok) return err(done.error);
    for (const item of done.value.items)
      if (item.kind === "rejected") onProblem("keeping a command", new Error(item.rejection.message));
    return ok(undefined);
  }
}
