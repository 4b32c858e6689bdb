import { describe, expect, test } from "vitest";
import { textWidth } from "./printable.ts";
import { plain, type Shown, unknownValue } from "./shown.ts";
import { type Paint, type TextColumn, textTable } from "./text-table.ts";

interface Row {
  readonly name: string;
  readonly price: Shown;
  readonly note: string;
}

const columns: readonly TextColumn<Row>[] = [
  { title: "NAME", cell: ({ name }) => plain(name), min: 4 },
  { title: "PRICE", cell: ({ price }) => price, right: true },
  { title: "NOTE", cell: ({ note }) => plain(note), min: 8, spare: 1 },
];
const bare: Paint = (text) => text;
const row = (name: string, price: Shown = plain("1.00"), note = ""): Row => ({ name, price, note });
const table = (rows: readonly Row[], width = Number.POSITIVE_INFINITY, paint = bare): string[] =>
  textTable({ columns, rows, width, paint });

describe("textTable", () => {
  test("puts numbers to the right, and nothing after the last column", () => {
    expect(table([row("a", plain("12.50"), "x"), row("bcdef", plain("3.00"))])).toEqual([
      "NAME   PRICE  NOTE",
      "a      12.50  x",
      "bcdef   3.00",
    ]);
  });

  test("counts wide characters as two columns", () => {
    expect(
      table([row("日本語"), row("abc")])
        .slice(1)
        .map((line) => textWidth(line)),
    ).toEqual([13, 13]);
  });

  test("shrinks the widest column first, then lets the spare one go, to stay within the screen", () => {
    const rows = [row("a-very-long-name", plain("1.00"), "and a note that is longer")];
    for (const width of [60, 40, 30, 22])
      for (const line of table(rows, width)) expect(textWidth(line)).toBeLessThanOrEqual(width);
    expect(table(rows, 40)[1]).toBe("a-very-long-na…   1.00  and a note that…");
    expect(table(rows, 20)).toEqual(["NAME           PRICE", "a-very-long-…   1.00"]);
  });

  test("is one harmless line for each row, whatever a bot calls itself", () => {
    const [, line, after] = table([row("\u001b[2J\u001b]0;x\u0007evil\nrow 2"), row("b")]);
    expect(line).toBe("evil row 2   1.00");
    expect(after).toContain("b ");
  });

  test("says below why a value is not known, once for each reason of a column", () => {
    const rows = [
      row("a", unknownValue("no mark came")),
      row("b", unknownValue("no mark came")),
      row("c", unknownValue("no\u001b[1m cost")),
    ];
    expect(table(rows).slice(-2)).toEqual(["— PRICE: no mark came", "— PRICE: no cost"]);
  });

  test("paints the texts and not the room around them", () => {
    const painted = table([row("a", { text: "+1.00", tone: "up" })], 80, (text, tone) => `<${tone}:${text}>`);
    expect(painted).toEqual(["<muted:NAME  PRICE  NOTE>", "<neutral:a>     <up:+1.00>"]);
  });
});
