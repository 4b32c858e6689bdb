import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalDecimal } from "../domain/decimal.ts";
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
  expect(parseExactJson("[9007199254740991,-9007199254740991,1e300,0.1]")).toEqual([
    9007199254740991, -9007199254740991, 1e300, 0.1,
  ]);
  expect(parseExactJson("[9007199254740992,9007199254740993]")).toEqual(["9007199254740992", "9007199254740993"]);
});

test.each([
  "0.1234567890123456789",
  "-0.000000000123456789012345678",
  "12345678901234567.5",
  "1.000000000000000001",
  "1.2345678901234567890e-5",
  "1.00000000000000000001E+3",
  "100000000000000000001e-20",
])("a decimal of more than 17 digits is kept as it is written: %s", (written) => {
  for (const json of [`[ ${written} ]`, `[1,${written}]`, `{"price":${written},"n":1}`, `{"a": [{"b":\n${written}}]}`])
    expect(JSON.stringify(parseExactJson(json))).toBe(
      JSON.stringify(JSON.parse(json.replace(written, `"${written}"`))),
    );
});

test.each([
  ["0.1", "0.1"],
  ["0.10000000000000001", "0.1"],
  ["0.30000000000000004", "0.30000000000000004"],
  ["1771936213.4411050", "1771936213.441105"],
  ["0.100000000000000000000000", "0.1"],
  ["5.0000000000000000000", "5"],
  ["1.7976931348623157e308", "1.7976931348623157e+308"],
  // Python's `Decimal(0.08)` and `Decimal(50000.1)`, written without quotes.
  ["0.08000000000000000166533453693773481063544750213623046875", "0.08"],
  ["50000.09999999999854480847716331481933593750", "50000.1"],
  // Too many digits for one of our decimals.
  ["0.12345678901234567890123456789012345678901234", "0.12345678901234568"],
])("a number as languages print doubles is a number: %s", (written, value) => {
  expect(JSON.stringify(parseExactJson(`{"price":${written}}`))).toBe(`{"price":${value}}`);
});

test("digits within a text are no number", () => {
  const json = '{"note":"at: 12345678901234567890, 0.1234567890123456789","n":0.25}';
  expect(parseExactJson(json)).toEqual(JSON.parse(json));
});

const decimalText = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.bigInt({ min: 0n, max: 10n ** 19n }), fc.boolean())
  .map(([whole, fraction, isSmall]) => `${isSmall ? "0" : whole}.${String(fraction).padStart(19, "0")}`);

test("no digit of a decimal is lost, however it is written", () => {
  fc.assert(
    fc.property(decimalText, (written) => {
      fc.pre(written.replace(/[-.]/g, "").replace(/^0+|0+$/g, "").length > 17);
      const read = parseExactJson(`{"price":${written}}`) as { price: string | number };
      expect(canonicalDecimal(read.price)).toBe(canonicalDecimal(written));
    }),
    { numRuns: 2_000 },
  );
});

const leaf = fc.oneof(
  fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }).map(String),
  fc.string().map((text) => JSON.stringify(text)),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value.toExponential(16)),
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
      expect(parseExactJson(`[${json}]`)).toEqual([plain]);
    }),
  );
});
