import { expect, test } from "vitest";
import { TextSet } from "./text-set.ts";

const COUNT = 200_000;
const nameOf = (n: number): string => `order-${n}\torder.placed\tbot-${n % 7}\tvenue\tlive`;
const nearOf = (name: string): number => name.indexOf("\t") - 1;

test("Every text is new once, however many there are", () => {
  const set = new TextSet();
  const add = (n: number): boolean => set.add(nameOf(n), nearOf(nameOf(n)));
  for (let n = 0; n < COUNT; n++) if (!add(n)) throw new Error(`${nameOf(n)} was taken for another`);
  expect(set.size).toBe(COUNT);
  for (let n = 0; n < COUNT; n++) if (add(n)) throw new Error(`${nameOf(n)} was forgotten`);
  expect(set.size).toBe(COUNT);
});

test("Texts that differ in one letter, in its place, or in their end are not the same", () => {
  const set = new TextSet();
  const long = "live\torder-1";
  const places = Array.from({ length: long.length }, (_, at) => `${long.slice(0, at)}#${long.slice(at + 1)}`);
  const texts = [
    ...places,
    "",
    "a",
    "b",
    "ab",
    "ba",
    "aa",
    "aaa",
    "ä",
    "Ā",
    "a\u0000",
    "\u0000a",
    "\ud83d\ude00",
    "\ud83d\ude01",
  ];
  expect(texts.map((text) => set.add(text, text.length - 1))).toEqual(texts.map(() => true));
  expect(texts.map((text) => set.add(text, text.length - 1))).toEqual(texts.map(() => false));
});

test.each([-1, 0, 1, 4, 8])(
  "Texts that differ in the letter at %d alone are not the same, far as they are apart",
  (near) => {
    const set = new TextSet();
    const letters = Array.from({ length: 2_000 }, (_, n) => String.fromCharCode(n * 31));
    const at = Math.max(near, 0);
    const texts = letters.map((letter) => `${"abcdefgh".slice(0, at)}${letter}${"abcdefgh".slice(at)}`);
    expect(texts.filter((text) => !set.add(text, near))).toEqual([]);
    expect(texts.filter((text) => set.add(text, near))).toEqual([]);
  },
);

test("No letter makes a crowd of those beside it, whatever comes before it", () => {
  const set = new TextSet();
  // A crowd would not be looked through to its end.
  for (let before = 0; before < 20; before++)
    for (let letter = 0x4e00; letter < 0x9e00; letter++) {
      const text = `p${before}${String.fromCharCode(letter)}`;
      if (!set.add(text, text.length - 1)) throw new Error(`${text} was taken for another`);
    }
  expect(set.size).toBe(20 * 0x5000);
  expect(set.isCrowded).toBe(false);
});

test("Texts are told apart by their salt", () => {
  const set = new TextSet();
  expect([set.add("a", 0, 1), set.add("a", 0, 2), set.add("a", 0, 1)]).toEqual([true, true, false]);
});
