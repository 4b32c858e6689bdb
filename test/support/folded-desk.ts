import { type Micros, micros } from "../../src/base/time.ts";
import { emptyState, reduce, type State } from "../../src/engine/fold.ts";
import { noteContact, noteTraffic, reduceSample } from "../../src/engine/sample-state.ts";
import type { DeskEvent } from "../../src/protocol/event-types.ts";
import { parseEvent } from "../../src/protocol/parse-event.ts";

const START = Date.UTC(2026, 1, 24) * 1000;
/** A moment of the tests: seconds after their beginning. */
export const at = (seconds: number): Micros => micros(START + seconds * 1e6);

function event(input: Record<string, unknown>): DeskEvent {
  const parsed = parseEvent({ bot: "mm", ts: "2026-02-24T00:00:00Z", ...input }, "hub");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

/** Hands events to a state as the hub would: facts and samples with their second of receipt. */
export class FoldedDesk {
  readonly state: State = emptyState();
  #seq = 0;

  fact(seconds: number, input: Record<string, unknown>): this {
    return this.late(seconds, seconds, input);
  }

  /** A fact heard at `seconds` that happened at `happened`. */
  late(seconds: number, happened: number, input: Record<string, unknown>): this {
    const said = event(input);
    noteContact(this.state.samples, said, at(seconds));
    noteTraffic(this.state.samples, said, at(seconds));
    reduce(this.state, {
      seq: ++this.#seq,
      ts: at(happened),
      receivedAt: at(seconds),
      standing: "fact",
      ofSeq: undefined,
      event: said,
    });
    return this;
  }

  sample(seconds: number, input: Record<string, unknown>): this {
    return this.lateSample(seconds, seconds, input);
  }

  /** A sample heard at `seconds` that is of `happened`. */
  lateSample(seconds: number, happened: number, input: Record<string, unknown>): this {
    const said = event(input);
    noteContact(this.state.samples, said, at(seconds));
    noteTraffic(this.state.samples, said, at(seconds));
    reduceSample(this.state, said, at(seconds), at(happened));
    return this;
  }
}
