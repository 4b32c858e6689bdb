import { describe, expect, test } from "vitest";
import { readLiteral } from "./python-literal.ts";

describe("readLiteral", () => {
  test.each([
    ["a dict of Python", "{'a': None, 'b': [{'c': '0.1'}], 'd': True}", { a: null, b: [{ c: "0.1" }], d: true }],
    ["JSON", '{"a": null, "b": [1.50, -2e-8], "c": "x\\"y"}', { a: null, b: ["1.50", "-2e-8"], c: 'x"y' }],
    ["tuples, a comma at the end and a Decimal", "[('BNB', Decimal('0.010')), (1,)]", [["BNB", "0.010"], ["1"]]],
    ["nothing in it", " {} ", {}],
    [
      "a number that no double holds",
      "0.11129999999999999615862833479695837013",
      "0.11129999999999999615862833479695837013",
    ],
  ])("reads %s", (_, text, value) => {
    expect(readLiteral(text)).toEqual(value);
  });

  test.each([
    "",
    "{'a': 1",
    "{'a' 1}",
    "{a: 1}",
    "[1 2]",
    "'open",
    "__import__('os')",
    "Decimal('1'",
    "{} {}",
    "constructor",
    "[".repeat(9) + "]".repeat(9),
    `'${"x".repeat(20_000)}'`,
  ])("reads nothing in %j, and runs nothing", (text) => {
    expect(readLiteral(text)).toBeUndefined();
  });

  test("keeps a key such as __proto__ as a key", () => {
    expect(Object.keys(readLiteral("{'__proto__': '1'}") ?? {})).toEqual(["__proto__"]);
  });
});
