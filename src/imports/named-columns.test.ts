import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchDirectory } from "../../test/support/scratch.ts";
import { columnChoices } from "./aliased-table.ts";
import { TextRows } from "./follow/text-rows.ts";
import { importFiles } from "./import-files.ts";

const TEXT = "time,symbol,side,entry_price,exit_price,volume\n2026-05-04T00:00:00Z,ABC,long,1,2,3\n";

function optionsOf(text: string) {
  const columns = columnChoices(text);
  return { bot: "mine", mode: undefined, columns: columns.ok ? columns.value : undefined };
}

async function imported(name: string, columns: string) {
  const file = join(scratchDirectory(), name);
  writeFileSync(file, TEXT);
  const options = optionsOf(columns);
  const report = await importFiles({ files: [file], format: undefined, options, hub: undefined, onBytes: () => 0 });
  return report.files[0];
}

test.each(["trades.csv", "mine.csv"])("columns that are named help to know %s", async (name) => {
  const report = await imported(name, "size=volume");
  expect(report).toMatchObject({ format: "trades-csv", rows: 1 });
  expect(report).not.toHaveProperty("error");
});

test.each([
  ["size=volum", "--columns: no column volum; the file has time, symbol, side, entry_price, exit_price, volume"],
  ["fee='0'", 'no column for size: pass --columns "size=…"; the file has time, symbol'],
])("says what is wrong with --columns %s, and which names there are", async (columns, error) => {
  expect((await imported("mine.csv", columns))?.error).toContain(error);
  expect((await imported("trades.csv", columns))?.error).toContain(error);
});

test("columns that are named help to know a file that is followed", async () => {
  const rows = new TextRows({ format: undefined, options: optionsOf("size=volume") }, { path: "trades.csv" });
  expect(await rows.feed(Buffer.from(TEXT), 0)).toHaveLength(2);
});
