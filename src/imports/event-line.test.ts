import { describe, expect, test } from "vitest";
import { eventLine, withFields, withoutFields } from "./event-line.ts";

describe("eventLine", () => {
  test("reads an object", () => {
    expect(eventLine('{"type":"fill"}')).toEqual({ ok: true, value: { type: "fill" } });
  });

  test.each(["[1]", "1", "null", '"x"'])("refuses %s when it is JSON but no object", (text) => {
    expect(eventLine(text)).toEqual({ ok: false, error: { reason: "not a JSON object", detail: text } });
  });

  test("refuses what is not JSON", () => {
    expect(eventLine("{")).toMatchObject({ ok: false, error: { reason: "not JSON" } });
  });
});

describe("withFields", () => {
  test("keeps every digit when fields are added", () => {
    const text = '{"transaction_id":9223372036854775807,"amount":0.0005514061527802322867482483620}';
    expect(withFields(text, { bot: "b" })).toBe(`${text.slice(0, -1)},"bot":"b"}`);
  });

  test("adds to an empty object without a comma", () => {
    expect(withFields("{ }", { bot: "b" })).toBe('{"bot":"b"}');
  });

  test("changes nothing when there is nothing to add", () => {
    expect(withFields('{"a":1}', {})).toBe('{"a":1}');
  });
});

describe("withoutFields", () => {
  const names = new Set(["seq", "flags"]);

  test.each([
    ['{"a":1.10,"seq":7,"b":"x"}', '{"a":1.10,"b":"x"}'],
    ['{"seq":7,"a":0.0005514061527802322867482483620}', '{"a":0.0005514061527802322867482483620}'],
    ['{"a":1,"flags":["x,}","\\"]"],"seq":1}', '{"a":1}'],
    ['{"a":{"seq":1},"b":[{"flags":2}]}', '{"a":{"seq":1},"b":[{"flags":2}]}'],
    ['{"a":"\\\\","seq":"}","c":","}', '{"a":"\\\\","c":","}'],
    ['{ "seq" : 7 , "a" : 1 }', '{"a" : 1}'],
    ['{"seq":1}', "{}"],
    ["{}", "{}"],
  ])("of %s leaves %s", (text, left) => {
    expect(withoutFields(text, names)).toBe(left);
    expect(JSON.parse(left)).toEqual(without(JSON.parse(text)));
  });

  const without = ({ seq: _, flags: __, ...rest }: Record<string, unknown>) => rest;
});
