import fc from "fast-check";
import { expect, test } from "vitest";
import { serialise } from "./serialise.ts";

test("says what JSON says when it is plain data", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (fields) => {
      expect(serialise(fields)).toBe(JSON.stringify(fields));
    }),
  );
});

test("is JSON and never throws when it is any object at all", () => {
  const any = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true });
  fc.assert(
    fc.property(fc.dictionary(fc.string(), any), (fields) => {
      expect(() => JSON.parse(serialise({ ...fields, big: 1n }) ?? "")).not.toThrow();
    }),
  );
});

test("ends when an object goes on for ever", () => {
  const endless = (): object => ({
    get left() {
      return endless();
    },
    get right() {
      return endless();
    },
  });
  expect(serialise({ endless: endless() })?.startsWith("{")).toBe(true);
});

test.each([undefined, null, 1, "x", [], () => undefined, Symbol("x"), { toJSON: () => "text" }])(
  "is undefined when it is no object: %s",
  (value) => {
    expect(serialise(value)).toBeUndefined();
  },
);
