import { describe, expect, test } from "vitest";
import { inChunks } from "../../test/imports/items-of.ts";
import { headLines, LINE_CHARS_MAX, linesOf } from "./lines.ts";

describe("linesOf", () => {
  test("counts lines and leaves out empty ones when they end in LF or CRLF", async () => {
    const lines = await Array.fromAsync(linesOf(inChunks("one\r\n\n  \ntwo\nthree", 3)));
    expect(lines).toEqual([
      { line: 1, text: "one" },
      { line: 4, text: "two" },
      { line: 5, text: "three" },
    ]);
  });

  test("tells a line without its text when it is too long, and goes on", async () => {
    const lines = await Array.fromAsync(linesOf(inChunks(`${"x".repeat(LINE_CHARS_MAX * 2)}\nshort\n`)));
    expect(lines).toEqual([
      { line: 1, text: undefined },
      { line: 2, text: "short" },
    ]);
  });

  test("tells the last line when it is too long and has no end", async () => {
    expect(await Array.fromAsync(linesOf(inChunks("x".repeat(LINE_CHARS_MAX + 1))))).toEqual([
      { line: 1, text: undefined },
    ]);
  });
});

describe("headLines", () => {
  test("leaves out the last line when it may be cut", () => {
    expect(headLines("\na\n b \nc")).toEqual(["a", "b"]);
  });

  test("keeps the only line when there is one", () => {
    expect(headLines("a")).toEqual(["a"]);
  });
});
