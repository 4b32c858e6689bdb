import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalTime, isBeyond, isoBeyond, isoFromMicros, micros, parseTime } from "./time.ts";

const expected = Date.UTC(2026, 1, 24, 12, 30, 13) * 1000;

describe("parseTime", () => {
  test.each([
    ["2026-02-24T12:30:13Z", 0],
    ["2026-02-24T12:30:13.441105+00:00", 441_105],
    ["2026-02-24T14:30:13.441105999+02:00", 441_105],
    ["2026-02-24 12:30:13,5", 500_000],
    ["2026-02-24T07:00:13-0530", 0],
    [1_771_936_213, 0],
    [1_771_936_213.25, 250_000],
    [1_771_936_213_250, 250_000],
    [1_771_936_213_250_001, 250_001],
    [Number("1771936213250001024"), 250_001],
    ["1771936213250", 250_000],
    ["1.77193621325e9", 250_000],
    ["20260224T123013Z", 0],
    ["20260224T123013,25+0000", 250_000],
    ["20260224T1230.25Z", 2_000_000],
    ["2026-02-24t12:30:13z", 0],
    ["2026-02-24T12:30:13.2500001234Z", 250_000],
    ["2026-02-24 12:30:13 +00", 0],
    ["2026-02-24T12:30:13+00", 0],
    ["2026-02-24T07:00:13\u221205:30", 0],
    ["2026-055T12:30:13Z", 0],
    ["2026055T123013Z", 0],
    ["2026-W09-2T12:30:13Z", 0],
    ["2026W092T123013Z", 0],
  ])("reads the moment when it is written as %s", (given, plus) => {
    expect(parseTime(given)).toBe(expected + plus);
  });

  test.each([
    "",
    "yesterday",
    "2026-13-01",
    "2026-02-30x",
    "2026-01-32",
    "24:00",
    "20260224T123013",
    "2026-02-29T12:30:13Z",
    "2026-02-29T12:30:13.000Z",
    "2026-04-31",
    "2026-366T12:30:13Z",
    "2025-W53-1T12:30:13Z",
    "2026-02-24T12:30:13+24:00",
    "2026-02-24T12:30:13+01:60",
    "20261324T123013Z",
    "2026-000T12:30:13Z",
    "2026-367T12:30:13Z",
    "2026-W00-1T12:30:13Z",
    "2026-W54-1T12:30:13Z",
    "2026-02-24T24:00:01Z",
    "2026-02-24T24:00:00.000001Z",
    "2026-02-24T25:00:00Z",
    "9999-12-31T23:59:59-10:00",
    "9999-12-31T23:59:60Z",
    -1,
    Number.NaN,
    1e30,
    null,
    {},
    true,
  ])("gives nothing when it is no moment: %s", (given) => {
    expect(parseTime(given)).toBeUndefined();
  });

  test.each(["2026-02-24T24:00:00Z", "2026-02-24T24:00:00.000Z", "20260224T24Z", "2026-02-25T02:00+02"])(
    "reads the end of a day as the beginning of the next: %s",
    (given) => {
      expect(parseTime(given)).toBe(Date.UTC(2026, 1, 25) * 1000);
      expect(canonicalTime(given)).toBe("2026-02-25T00:00:00.000Z");
    },
  );

  test("reads a day as its first moment", () => {
    expect(parseTime("2026-02-24")).toBe(Date.UTC(2026, 1, 24) * 1000);
  });
});

describe("a year that no double holds to the microsecond", () => {
  const last = Number.MAX_SAFE_INTEGER;

  test.each<[string | number, number, string?]>([
    ["9999-12-31T00:00:00Z", last],
    ["9999-12-31T23:59:59.999Z", last],
    ["2255-06-06", last],
    [32_503_680_000, last, "3000-01-01T00:00:00.000Z"],
    ["32503680000500", last, "3000-01-01T00:00:00.500Z"],
    [32_503_680_000_000_124, last, "3000-01-01T00:00:00.000Z"],
    ["1684-07-28T00:12:25Z", -last],
    ["0001-01-01T00:00:00Z", -last],
    ["0099-12-31T23:00:00-05:00", -last],
  ])("is read as the nearest moment that is held, and said as it was: %s", (said, at, iso = String(said)) => {
    expect(parseTime(said)).toBe(at);
    expect(isBeyond(micros(at))).toBe(true);
    expect(isoBeyond(said)).toBe(iso);
    expect(parseTime(isoBeyond(said))).toBe(at);
  });

  test("begins where the last moment ends", () => {
    expect(isoFromMicros(micros(last))).toBe("2255-06-05T23:47:34.740991Z");
    expect(isoFromMicros(micros(-last))).toBe("1684-07-28T00:12:25.259009Z");
    expect(parseTime("2255-06-05T23:47:34.740990Z")).toBe(last - 1);
    expect(parseTime("1684-07-28T00:12:26Z")).toBe(-last + 740_991);
  });
});

describe("isoFromMicros", () => {
  test("is what a date says of it, with the digits of its microseconds", () => {
    const moments = fc.integer({ min: -8e15, max: 8e15 });
    const near = fc.integer({ min: -120, max: 120 }).map((seconds) => 1_771_936_213_000_000 + seconds * 499_999);
    fc.assert(
      fc.property(fc.oneof(moments, near, fc.constantFrom(0, -1, -1_000, 59_999_999, 60_000_000)), (at) => {
        const ms = Math.floor(at / 1_000);
        const iso = new Date(ms).toISOString();
        const rest = at - 1_000 * ms;
        const wanted = rest === 0 ? iso : `${iso.slice(0, -1)}${String(rest).padStart(3, "0")}Z`;
        return isoFromMicros(micros(at)) === wanted;
      }),
      { numRuns: 1_000 },
    );
    expect(() => isoFromMicros(micros(Number.NaN))).toThrow(RangeError);
    expect(isoFromMicros(micros(0))).toBe("1970-01-01T00:00:00.000Z");
  });

  test("is read back as the same moment", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 8e15 }), (at) => parseTime(isoFromMicros(micros(at))) === at));
  });
});

describe("the canonical form", () => {
  test("is read like any other, on every day of the year and with any digit wrong", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e15 }),
        fc.nat({ max: 26 }),
        fc.constantFrom("x", "9", " "),
        (at, index, wrong) => {
          const iso = isoFromMicros(micros(at));
          const spoilt = iso.slice(0, index) + wrong + iso.slice(index + 1);
          const slow = parseTime(`${spoilt.slice(0, -1)}+00:00`);
          return parseTime(iso) === at && (spoilt.at(-1) !== "Z" || parseTime(spoilt) === slow);
        },
      ),
    );
  });
});
