import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inChunks } from "../../test/imports/items-of.ts";
import { type CsvRecord, csvRecords, RECORD_CHARS_MAX } from "./csv.ts";

async function read(text: string, chunkSize?: number): Promise<CsvRecord[]> {
  return Array.fromAsync(csvRecords(inChunks(text, chunkSize)));
}

describe("csvRecords", () => {
  test("reads fields when nothing is quoted", async () => {
    expect(await read("a,b\n1,\n")).toEqual([
      { line: 1, fields: ["a", "b"] },
      { line: 2, fields: ["1", ""] },
    ]);
  });

  test("reads commas, quotes and line breaks when they are quoted", async () => {
    expect(await read('"x, y","say ""hi""","two\nlines"\nnext,1,2\n')).toEqual([
      { line: 1, fields: ["x, y", 'say "hi"', "two\nlines"] },
      { line: 3, fields: ["next", "1", "2"] },
    ]);
  });

  test("reads the same when lines end in CRLF, or the last has no end", async () => {
    const expected = [
      { line: 1, fields: ["a", "b c"] },
      { line: 2, fields: ["1", "2"] },
    ];
    expect(await read('a,"b c"\r\n1,2\r\n')).toEqual(expected);
    expect(await read('a,"b c"\r\n1,2')).toEqual(expected);
  });

  test("leaves out empty lines but counts them when some are empty", async () => {
    expect(await read("a\n\n\r\nb\n")).toEqual([
      { line: 1, fields: ["a"] },
      { line: 4, fields: ["b"] },
    ]);
  });

  test("keeps a quote as it is when it stands within an unquoted field", async () => {
    expect(await read('5" pipe,{"a";1},x\n')).toEqual([{ line: 1, fields: ['5" pipe', '{"a";1}', "x"] }]);
  });

  test("refuses its own line only when a closing quote is followed by text", async () => {
    expect(await read('"a"b,1\nc,2\n')).toEqual([
      { line: 1, problem: "text after a closing quote" },
      { line: 2, fields: ["c", "2"] },
    ]);
  });

  test("refuses its own line only when a quote is never closed", async () => {
    expect(await read('"a,1\nb,2\nc,3\n')).toEqual([
      { line: 1, problem: "a line or quoted field without an end" },
      { line: 2, fields: ["b", "2"] },
      { line: 3, fields: ["c", "3"] },
    ]);
  });

  test("gives up an open quote when more than the longest record has streamed by", async () => {
    const filler = "filler,1\n".repeat(Math.ceil((RECORD_CHARS_MAX * 1.5) / 9));
    const records = await read(`"open,0\n${filler}`);
    expect(records[0]).toEqual({ line: 1, problem: "a line or quoted field without an end" });
    expect(records[1]).toEqual({ line: 2, fields: ["filler", "1"] });
    expect(records).toHaveLength(1 + Math.ceil((RECORD_CHARS_MAX * 1.5) / 9));
  });

  test("reads back what was written when it is cut anywhere", async () => {
    const field = fc.string({ unit: fc.constantFrom("a", "é", ",", '"', "\n", "\r\n", " ", "0") });
    const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom("\n", "\r\n"),
        async (rows, size, end) => {
          const text = rows.map((row) => row.map((f) => `"${f.replaceAll('"', '""')}"`).join(",") + end).join("");
          const records = await read(text, size);
          expect(records.map((record) => ("fields" in record ? record.fields : record.problem))).toEqual(rows);
        },
      ),
    );
  });
});
