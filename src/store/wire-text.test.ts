import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isoFromMicros, micros } from "../base/time.ts";
import type { DeskEvent } from "../protocol/event-types.ts";
import { timeFlags, wireEvent } from "../protocol/recorded.ts";
import { wireText } from "./wire-text.ts";

const RECEIVED_AT = 1_771_936_213_000_000;

const fieldNames = fc.oneof(
  fc.constantFrom("id", "seq", "received_at", "effective_ts", "standing", "of_seq", "flags", "note"),
  fc.string({ maxLength: 4 }).filter((name) => name !== "__proto__"),
);
const bodies = fc
  .record({
    id: fc.option(fc.string({ minLength: 1, maxLength: 5 }), { nil: undefined }),
    more: fc.dictionary(fieldNames, fc.jsonValue()),
  })
  .map(({ id, more }) => ({
    ...more,
    type: "error",
    bot: "alpha",
    code: "E",
    message: 'has "id": in it',
    id,
  }));

/** What the hub itself says of a row, and nothing else in its place. */
const hubWords = ({ ts, standing, ofSeq }: { ts: number; standing: string; ofSeq: number | undefined }) => ({
  standing: standing === "fact" ? undefined : standing,
  of_seq: ofSeq,
  flags: timeFlags(micros(ts), micros(RECEIVED_AT)).length === 0 ? undefined : expect.any(Array),
});

describe("wireText", () => {
  test("leaves a time as it was said where no number holds it", () => {
    const said = { type: "error", bot: "a", code: "E", message: "m", ts: "9999-12-31T00:00:00Z" };
    const row = { seq: 1, ts: Number.MAX_SAFE_INTEGER, receivedAt: RECEIVED_AT, id: undefined, ofSeq: undefined };
    for (const body of [said, { ...said, flags: ["mine"] }]) {
      const text = wireText({ ...row, standing: "fact", body: JSON.stringify(body) });
      expect(JSON.parse(text)).toMatchObject({ ts: said.ts, flags: ["future_ts"] });
    }
  });

  test("is the text of the wire event whatever fields a bot sends", () => {
    const rows = fc.record({
      seq: fc.integer({ min: 1, max: 1e12 }),
      ts: fc.integer({ min: 0, max: 2 * RECEIVED_AT }),
      standing: fc.constantFrom("fact", "merge", "contradiction"),
      ofSeq: fc.option(fc.integer({ min: 1, max: 1e12 }), { nil: undefined }),
      said: bodies,
      holdsId: fc.boolean(),
    });
    fc.assert(
      fc.property(rows, ({ seq, ts, standing, ofSeq, said, holdsId }) => {
        const body = JSON.stringify({ ...said, ts: isoFromMicros(micros(ts)) });
        const event = JSON.parse(body) as DeskEvent;
        const id = holdsId ? event.id : undefined;
        const text = wireText({ seq, ts, receivedAt: RECEIVED_AT, id, standing, ofSeq, body });
        const wire = wireEvent({ seq, ts: micros(ts), receivedAt: micros(RECEIVED_AT), standing, ofSeq, event });
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(wire)));
        const { standing: shown, of_seq, flags } = JSON.parse(text);
        expect({ standing: shown, of_seq, flags }).toEqual(hubWords({ ts, standing, ofSeq }));
      }),
      { numRuns: 500 },
    );
  });
});
