import fc from "fast-check";
import { expect, test } from "vitest";
import { Draft } from "./draft.ts";
import { type Entry, Lanes } from "./lanes.ts";

const anything = (): boolean => true;

const operation = fc.oneof(
  fc.record({ offer: fc.boolean() }),
  fc.record({ take: fc.integer({ min: 1, max: 9 }), only: fc.constantFrom(undefined, "facts", "samples") }),
  fc.constantFrom("restore" as const, "release" as const),
);

/** Lanes with what a caller holds of them, and what became of all events. */
class Used {
  readonly lanes = new Lanes({ events: 20, facts: 30, chars: 10_000 });
  out: Entry[] = [];
  told = 0;
  gone = 0;

  act(act: typeof operation extends fc.Arbitrary<infer T> ? T : never): void {
    if (act === "restore") this.lanes.restore(this.out);
    if (act === "release") {
      this.lanes.release(this.out);
      this.gone += this.out.length;
    }
    if (typeof act === "string") this.out = [];
    else if ("offer" in act) this.offer(act.offer);
    else if (this.out.length === 0) this.out = this.lanes.take(act.take, anything, act.only);
  }

  offer(sample: boolean): void {
    const drop = (): void => {
      this.gone++;
    };
    if (!this.lanes.offer(new Draft(String(this.told++)), sample, drop)) drop();
  }
}

test("keeps order, bounds and account when events come, go and come back in any way", () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
      const used = new Used();
      for (const one of operations) {
        used.act(one);
        const { occupied, waiting } = used.lanes;
        expect({ occupied, waiting }).toEqual({ occupied: used.told - used.gone, waiting: occupied - used.out.length });
        expect(occupied).toBeLessThanOrEqual(30);
      }
      used.lanes.restore(used.out);
      const orders = used.lanes.take(1000, anything).map(({ order }) => order);
      expect(orders).toEqual([...orders].sort((a, b) => a - b));
    }),
  );
});

test("takes facts past the limit of events when a disk is to have them, but no samples", () => {
  const lanes = new Lanes({ events: 2, facts: 3, chars: 1000 });
  const offers = [false, false, true, false, false].map((sample) =>
    lanes.offer(new Draft("x"), sample, () => undefined),
  );
  expect(offers).toEqual([true, true, false, true, false]);
});

test("counts characters when events are few but long", () => {
  const lanes = new Lanes({ events: 100, facts: 100, chars: 10 });
  expect(lanes.offer(new Draft("12345678"), false, () => undefined)).toBe(true);
  expect(lanes.offer(new Draft("123"), false, () => undefined)).toBe(false);
  lanes.release(lanes.take(1, anything));
  expect(lanes.offer(new Draft("123"), false, () => undefined)).toBe(true);
});
