import { describe, expect, test } from "vitest";
import { writtenDecimal } from "./float-text.ts";

describe("writtenDecimal", () => {
  test.each([
    ["0.08000000000000000166533453693773481063544750213623046875", "0.08"],
    ["-2321.84999999999990905052982270717620849609375", "-2321.85"],
    [(2.99e-8).toFixed(100), "0.0000000299"],
  ])("reads %s, the whole expansion of a double, as what was meant", (text, meant) => {
    expect(writtenDecimal(text)).toBe(meant);
  });

  test.each([
    ["2.99E-8", "0.0000000299"],
    ["0.0001", "0.0001"],
    ["0.0005514061527802322867482483620", "0.000551406152780232286748248362"],
    ["31851", "31851"],
    ["123456789012345678901234567890.5", "123456789012345678901234567890.5"],
  ])("keeps every digit of %s, which no double wrote", (text, kept) => {
    expect(writtenDecimal(text)).toBe(kept);
  });

  test.each(["", "dear", "1,5", `0.${"1".repeat(41)}`, `0.${"1".repeat(500)}`])("reads no decimal in %j", (text) => {
    expect(writtenDecimal(text)).toBeUndefined();
  });
});
