import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

const SOURCES = [
  "file-time.ts",
  "arb-bot.ts",
  "formats/calibration.ts",
  "formats/arb-bot-opportunities.ts",
  "formats/arb-bot-orderbooks.ts",
  "formats/arb-bot-positions.ts",
  "formats/arb-bot-state.ts",
];

/** The names in the lists of spellings of a source: `const BID = ["best_bid", …]`, also inside a table of lists. */
const spellings = (source: string): string[] =>
  [...source.matchAll(/[:=] \[\s*("[^\]]*")[\s,]*\]/g)].flatMap(([, list = ""]) =>
    [...list.matchAll(/"([a-z_]+)"/g)].map(([, name = ""]) => name),
  );

test.each(SOURCES)("the page of imports names every spelling that %s accepts", (source) => {
  const accepted = spellings(read(`src/imports/${source}`));
  expect(accepted.length).toBeGreaterThan(2);
  const page = read("docs/reference/imports.md");
  expect(accepted.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
