import { describe, expect, test } from "vitest";
import { inChunks } from "../../test/imports/items-of.ts";
import { jsonDocument, jsonLines, type JsonRow, jsonRows } from "./json-text.ts";

async function all(rows: AsyncIterable<JsonRow>): Promise<JsonRow[]> {
  const found: JsonRow[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

const ROWS = [
  { line: 1, value: { a: 1 } },
  { line: 2, value: { a: [2] } },
];

describe("jsonRows", () => {
  test.each([
    ["NDJSON", '{"a":1}\n{"a":[2]}\n'],
    ["NDJSON without a last line break", '{"a":1}\r\n{"a":[2]}'],
    ["an array on a line", '[{"a":1},{"a":[2]}]'],
    ["an array over lines", '\n[\n  {"a":1},\n  {"a":\n[2]}\n]\n'],
  ])("reads %s, whatever the pieces that it comes in", async (_, text) => {
    for (const size of [1, 3, 1_000]) expect(await all(jsonRows(inChunks(text, size)))).toEqual(ROWS);
  });

  test("takes an object over several lines for one row, and nothing for none", async () => {
    expect(await all(jsonRows(inChunks('{\n"a":1\n}\n')))).toEqual([ROWS[0]]);
    expect(await all(jsonRows(inChunks("\n \n")))).toEqual([]);
  });

  test("goes on after a line that is no JSON", async () => {
    expect(await all(jsonRows(inChunks('{"a":1}\n{"a":\n{"a":1}\n')))).toMatchObject([
      ROWS[0],
      { line: 2, problem: { reason: "not JSON" } },
      { line: 3, value: { a: 1 } },
    ]);
  });
});

describe("jsonLines", () => {
  test("keeps the digits of an integer beyond 2^53, and reads what Python writes for no number as null", async () => {
    const [row] = await all(jsonLines(inChunks('{"id":1234567890123456789,"x":NaN,"y":[-Infinity, 1],"t":"NaN"}\n')));
    expect(row).toEqual({ line: 1, value: { id: "1234567890123456789", x: null, y: [null, 1], t: "NaN" } });
  });
});

test.each([
  ["arrays", `${"[".repeat(300)}${"]".repeat(300)}`],
  ["objects", `${'{"a":'.repeat(300)}1${"}".repeat(300)}`],
])("%s nested beyond any meaning are refused, and brackets within a string are none", async (_, deep) => {
  const text = `{"x":${JSON.stringify(`\\" ${deep}`)}}\n{"x":${deep}}\n`;
  expect(await all(jsonLines(inChunks(text)))).toMatchObject([
    { line: 1, value: {} },
    { line: 2, problem: { reason: "nested deeper than 200" } },
  ]);
});

describe("jsonDocument", () => {
  test("says that a text is cut off", async () => {
    await expect(jsonDocument(inChunks('[{"a":1}'))).rejects.toThrow("not JSON");
  });

  test("refuses a document larger than 64 MiB without reading it whole", async () => {
    let pieces = 0;
    async function* endless(): AsyncGenerator<string, void> {
      for (;;) {
        pieces++;
        yield "[".padEnd(1_048_576);
      }
    }
    await expect(jsonDocument(endless())).rejects.toThrow("larger than 64 MiB: write it as one JSON object a line");
    expect(pieces).toBe(65);
  });
});
