import fc from "fast-check";
import { expect, test } from "vitest";
import { briefJson } from "./brief-json.ts";

test("is what JSON.stringify gives when a value is small and shallow", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      expect(briefJson(value, 1_000_000)).toBe(JSON.stringify(value));
    }),
  );
});

test("ends when a value is too deep for JSON.stringify", () => {
  const deep: unknown = JSON.parse(`${"[".repeat(100_000)}1${"]".repeat(100_000)}`);
  expect(briefJson(deep, 100)).toBe("[[[[[[[[…]]]]]]]]");
});

test("is cut when a value is large", () => {
  expect(briefJson({ a: "x".repeat(1_000), b: 1 }, 10)).toBe('{"a":"xxxx');
  expect(briefJson(Array(1_000_000).fill(0), 9)).toBe("[0,0,0,0,");
});
