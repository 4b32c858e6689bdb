import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csvCell, csvTable } from "./csv.ts";

describe("csvCell", () => {
  test.each([
    [undefined, ""],
    [null, ""],
    ["plain", "plain"],
    ["a,b", '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ["two\nlines", '"two\nlines"'],
    [12.5, "12.5"],
    [true, "true"],
    [{ a: 1 }, '"{""a"":1}"'],
  ])("writes %j as %s when it is a cell", (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });

  test.each(["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\tx", "=HYPERLINK(1)"])(
    "puts an apostrophe in front when a spreadsheet would run %j",
    (value) => {
      expect(csvCell(value)).toBe(`'${value}`);
    },
  );

  test("puts the apostrophe inside the quotes when the formula must be quoted", () => {
    expect(csvCell('=cmd|"/c calc",A1')).toBe(`"'=cmd|""/c calc"",A1"`);
    expect(csvCell("\r=1")).toBe(`"'\r=1"`);
  });

  test.each(["-0.25", "-12", -3.5])("leaves %j alone when it is a negative number", (value) => {
    expect(csvCell(value)).toBe(String(value));
  });

  test("gives back any text when it is read by the rules of RFC 4180", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const cell = csvCell(text);
        const plain = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
        expect(plain === text || plain === `'${text}`).toBe(true);
        expect(/^[=+\-@\t\r]/.test(plain) && !/^-?\d+(\.\d+)?$/.test(plain)).toBe(false);
      }),
    );
  });
});

describe("a table", () => {
  test("has a cell for every column of its header, empty where a row has none, and the whole row where that is wanted", () => {
    const table = csvTable(["seq", "venue", "account", "price", "levels", "body"], "body");
    const row = { seq: 7, venue: "=x", price: "-1.5", levels: [["1", "2"]], note: "a" };
    const line = table.line(JSON.stringify(row));
    const quoted = (value: unknown) => `"${JSON.stringify(value).replaceAll('"', '""')}"`;
    expect(table.header).toBe("seq,venue,account,price,levels,body\r\n");
    expect(line).toBe(`7,'=x,,-1.5,${quoted(row.levels)},${quoted(row)}\r\n`);
  });
});
