import { describe, expect, test } from "vitest";
import { clipped, printable, textWidth } from "./printable.ts";

const ESC = "\u001b";

describe("printable", () => {
  test.each([
    ["a colour", `${ESC}[31mred${ESC}[0m`, "red"],
    ["a cleared screen", `a${ESC}[2J${ESC}[1;1Hb`, "ab"],
    ["a window title", `${ESC}]0;owned\u0007a`, "a"],
    ["a link", `${ESC}]8;;http://evil.example${ESC}\\click${ESC}]8;;${ESC}\\`, "click"],
    ["a title that never ends", `a${ESC}]0;owned`, "a"],
    ["a colour in eight bits", "\u009b31mred", "red"],
    ["a device string", `${ESC}Pq#0${ESC}\\a`, "a"],
    ["a reset", `a${ESC}cb`, "ab"],
    ["a lone escape at the end", `a${ESC}`, "a"],
    ["backspaces and a bell", "paid\b\b\b\bfree\u0007", "paidfree"],
    ["a line break that makes a row of its own", "a\r\nb\tc\u2028d", "a b c d"],
    ["writing turned round", "a\u202egpj.exe\u2066b", "agpj.exeb"],
    ["nothing visible", "a\u200b\ufeffb", "ab"],
    ["half a character", "a\ud800b", "ab"],
  ])("leaves nothing of %s", (_, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test("leaves letters, signs and emoji as they are", () => {
    expect(printable("Trump ↔ PRES — 日本 é 🟢 +3.2¢")).toBe("Trump ↔ PRES — 日本 é 🟢 +3.2¢");
  });
});

describe("textWidth", () => {
  test.each([
    ["BTC-USDT", 8],
    ["日本", 4],
    ["e\u0301", 1],
    ["한국", 4],
    ["🟢 up", 5],
    ["● ↔ — −", 7],
  ])("of %s is %i", (text, width) => {
    expect(textWidth(text)).toBe(width);
  });
});

describe("clipped", () => {
  test.each([
    ["short", 5, "short"],
    ["longer", 5, "long…"],
    ["日本語", 4, "日…"],
    ["日本語", 5, "日本…"],
    ["ab", 1, "…"],
    ["ab", 0, ""],
  ])("cuts %s to %i columns as %s", (text, width, cut) => {
    expect(clipped(text, width)).toBe(cut);
  });
});
