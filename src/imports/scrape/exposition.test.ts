import { describe, expect, test } from "vitest";
import { parseExposition } from "./exposition.ts";

const one = (line: string, isOpenMetrics = false) => parseExposition(line, isOpenMetrics).samples[0];

describe("parseExposition", () => {
  test("reads names, labels with escapes, values and times", () => {
    const text = [
      "# HELP hbot_bot_fills_total fills",
      "# TYPE hbot_bot_fills_total counter",
      'hbot_bot_fills_total{bot="a",reason="say \\"hi\\"\\nthere \\\\",} 12 1760000000000',
      "hbot_bot_spread_pct 1.5e-3\r",
      " ",
      "up 1",
    ].join("\n");
    expect(parseExposition(text, false)).toEqual({
      refused: 0,
      firstRefusal: undefined,
      samples: [
        {
          name: "hbot_bot_fills_total",
          labels: { bot: "a", reason: 'say "hi"\nthere \\' },
          value: 12,
          timestampMs: 1_760_000_000_000,
        },
        { name: "hbot_bot_spread_pct", labels: {}, value: 0.0015, timestampMs: undefined },
        { name: "up", labels: {}, value: 1, timestampMs: undefined },
      ],
    });
  });

  test.each([
    ["NaN", Number.NaN],
    ["+Inf", Number.POSITIVE_INFINITY],
    ["-Inf", Number.NEGATIVE_INFINITY],
    ["Inf", Number.POSITIVE_INFINITY],
    ["-.5", -0.5],
    ["4.", 4],
  ])("reads the value %s", (text, value) => {
    expect(one(`m ${text}`)?.value).toBe(value);
  });

  test("takes times for seconds and passes over exemplars when it is OpenMetrics", () => {
    expect(one('m{a="b"} 3 1760000000.5 # {trace="x"} 0.5 1760000000', true)?.timestampMs).toBe(1_760_000_000_500);
    expect(one('m 3 # {trace="x"} 0.5', true)).toMatchObject({ value: 3, timestampMs: undefined });
    expect(parseExposition('m 3 # {trace="x"} 0.5', false).refused).toBe(1);
  });

  test.each([
    ["no metric name", "{} 1"],
    ["no metric name", "1m 1"],
    ["a label without a name", 'm{="b"} 1'],
    ["a label without a value", "m{a} 1"],
    ["a label's value is not quoted", "m{a=b} 1"],
    ["a label's value is not quoted", 'm{a="b} 1'],
    ["a label's value is not quoted", 'm{a="\\t"} 1'],
    ["labels without a comma between", 'm{a="b" c="d"} 1'],
    ["a label twice", 'm{a="b",a="d"} 1'],
    ["the value is no number", "m"],
    ["the value is no number", "m 0x10"],
    ["the value is no number", "m 1_000"],
    ["the time is no number", "m 1 NaN"],
    ["text after the sample", "m 1 2 3"],
    ["longer than 16384 characters", `m{a="${"x".repeat(20_000)}"} 1`],
  ])("refuses one line, says %s, and reads the others", (reason, line) => {
    const { samples, refused, firstRefusal } = parseExposition(`ok 1\n${line}\nok 2`, false);
    expect([samples.length, refused, firstRefusal]).toEqual([2, 1, { line: 2, reason }]);
  });

  test("bounds the samples of a page", () => {
    const { samples, refused } = parseExposition("m 1\n".repeat(20_010), false);
    expect([samples.length, refused]).toEqual([20_000, 10]);
  });
});
