import { expect, test } from "vitest";
import { TextSet } from "./text-set.ts";

const COUNT = 200_000;
const nameOf = (n: number): string => `live\torder.placed\tbot-${n % 7}\tvenue\torder-${n}`;

test("Every text is new once, however many there are", () => {
  const set = new TextSet();
  for (let n = 0; n < COUNT; n++) if (!set.add(nameOf(n))) throw new Error(`${nameOf(n)} was taken for another`);
  expect(set.size).toBe(COUNT);
  for (let n = 0; n < COUNT; n++) if (set.add(nameOf(n))) throw new Error(`${nameOf(n)} was forgotten`);
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
  expect(texts.map((text) => set.add(text))).toEqual(texts.map(() => true));
  expect(texts.map((text) => set.add(text))).toEqual(texts.map(() => false));
});
