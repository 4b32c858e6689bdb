import { describe, expect, test } from "vitest";
import { parseTime } from "../base/time.ts";
import { ensure } from "../base/assert.ts";
import { centsOf, midOf, unwindSize } from "./arbitrage-attempt.ts";
import { eventIdOf, intervalAround, symbolOf } from "./arbitrage-market.ts";
import { executionTime } from "./arbitrage-executions.ts";

const at = (text: string) => ensure(parseTime(text), "a time");

describe("unwindSize", () => {
  const fill = { price: "0.48", size: "25" };

  test("is loss by loss per contract when fees were taken in contracts", () => {
    // 0.23 ÷ (0.48 − 0.47) = 23
    expect(unwindSize(fill, "0.47", "0.23")).toEqual({ size: "23", source: "derived from the loss" });
  });

  test("is the filled size when the loss has float noise", () => {
    expect(unwindSize(fill, "0.47000000000000003", "0.24999999999999883").size).toBe("25");
  });

  test.each([
    ["a gain, reported as a loss of 0", "0.5", "0"],
    ["neither loss nor gain", "0.48", "0"],
    ["a loss beyond what was filled", "0.47", "0.9"],
  ])("is assumed to be the filled size when the bot tells %s", (_, price, loss) => {
    expect(unwindSize(fill, price, loss)).toEqual({ size: "25", source: "assumed equal to the fill" });
  });
});

test("midOf is exact when prices have float noise", () => {
  expect(midOf("0.36", "0.37")).toBe("0.365");
  expect(midOf("0.1", "0.30000000000000004")).toBe("0.20000000000000002");
});

test("centsOf drops float noise when dollars become cents", () => {
  expect(centsOf(0.04489999999999996)).toBe(4.49);
});

describe("intervalAround", () => {
  test("is on the day of the moment", () => {
    const interval = intervalAround("03:15-03:30 UTC", at("2026-05-04T03:28:09Z"));
    expect(eventIdOf(interval)).toBe("BTC-15M-20260504T0315Z");
    expect(symbolOf(interval, "no")).toBe("BTC-15M-20260504T0315Z-NO");
  });

  test("ends on the next day when it ends at midnight", () => {
    const { start, end } = intervalAround("23:45-00:00 UTC", at("2026-05-04T23:59:59Z"));
    expect(end - start).toBe(900_000_000);
    expect(start).toBe(at("2026-05-04T23:45:00Z"));
  });

  test("is on the day before when the log line came after midnight", () => {
    expect(intervalAround("23:45-00:00 UTC", at("2026-05-05T00:00:02Z")).start).toBe(at("2026-05-04T23:45:00Z"));
  });

  test("refuses a key that is no interval", () => {
    expect(() => intervalAround("3:15", at("2026-05-04T03:28:09Z"))).toThrow("intervalKey is not");
  });
});

test("executionTime reads the milliseconds within an id, when it has them", () => {
  const ms = Date.UTC(2026, 4, 4, 3, 28, 9, 463);
  expect(executionTime(`exec_${ms.toString(36)}_abc`)).toBe(ms * 1000);
  expect(executionTime("run-7")).toBeUndefined();
});
