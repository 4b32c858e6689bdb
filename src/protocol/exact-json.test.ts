import fc from "fast-check";
import { expect, test } from "vitest";
import { parseExactJson } from "./exact-json.ts";

test("19-digit ids are kept as they are written", () => {
  expect(parseExactJson('{"transaction_id":9689322392001234567,"n":12}')).toEqual({
    transaction_id: "9689322392001234567",
    n: 12,
  });
  expect(parseExactJson('{"a":"9689322392001234567","b":-9689322392001234567}')).toEqual({
    a: "9689322392001234567",
    b: "-9689322392001234567",
  });
});

test("however deep they are", () => {
  const [open, close] = ["[".repeat(40), "]".repeat(40)];
  expect(JSON.stringify(parseExactJson(`${open}9689322392001234567${close}`))).toBe(
    `${open}"9689322392001234567"${close}`,
  );
});

test("an integer that a double holds is a number, and so is what is no integer", () => {
  expect(parseExactJson("[9007199254740991,-9007199254740991,1e300,0.1,12345678901234567.5]")).toEqual([
    9007199254740991, -9007199254740991, 1e300, 0.1, 12345678901234568,
  ]);
  expect(parseExactJson("[9007199254740992,9007199254740993]")).toEqual(["9007199254740992", "9007199254740993"]);
});

const leaf = fc.oneof(
  fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }).map(String),
  fc.string().map((text) => JSON.stringify(text)),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.constantFrom("true", "null"),
);

const { text } = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc.array(tie("text"), { maxLength: 4 }).map((items) => `[${items.join(" , ")}]`),
    fc
      .array(fc.tuple(fc.string(), tie("text")), { maxLength: 4 })
      .map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}: ${value}`).join(",")}}`),
  ),
}));

test("a text without an integer beyond 2^53 is what JSON.parse makes of it, and one with is so but for these", () => {
  fc.assert(
    fc.property(text, (json) => {
      const plain = JSON.parse(json, (_, value: unknown, context?: { source?: string }) =>
        typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "")
          ? context?.source
          : value,
      );
      expect(parseExactJson(json)).toEqual(plain);
    }),
  );
});
