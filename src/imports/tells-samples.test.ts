import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { tellsSamples } from "./tells-samples.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "deskwatch-samples-"));
});

afterEach(() => rm(directory, { recursive: true }));

const linesOf = (samples: number, facts: number): string =>
  [...Array<string>(samples).fill('{"type":"book"}'), ...Array<string>(facts).fill('{"type":"order.placed"}'), ""].join(
    "\n",
  );

test.each<[string, string | Buffer, boolean]>([
  ["books alone", linesOf(10, 0), true],
  ["a third of books", linesOf(10, 20), true],
  ["few of them", linesOf(10, 21), false],
  ["orders alone", linesOf(0, 30), false],
  ["books, compressed", gzipSync(linesOf(10, 0)), true],
  ["rows of a table", "time,price\n1,2\n3,4\n", false],
  ["nothing", "", false],
])("tells of a file whether it says samples: %s", async (_, content, tells) => {
  const file = join(directory, "events.ndjson");
  await writeFile(file, content);
  expect(await tellsSamples(file)).toBe(tells);
});

test("a file that is not there tells none", async () => {
  expect(await tellsSamples(join(directory, "missing"))).toBe(false);
});
