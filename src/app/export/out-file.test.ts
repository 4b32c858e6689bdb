import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { scratchDirectory } from "../../../test/support/scratch.ts";
import { type OutFile, writeOut } from "./out-file.ts";

const write = (options: Partial<OutFile>) => {
  const path = join(scratchDirectory(), "out");
  return { path, done: writeOut({ path, texts: [], kind: "ndjson", ...options }) };
};

describe("writeOut", () => {
  test("tells the rows, bytes and hash of what lies there", async () => {
    const { path, done } = write({ texts: ['{"a":"é"}\n{"b"', ":1}\n"] });
    const bytes = await done.then(() => readFileSync(path));
    expect(bytes.toString()).toBe('{"a":"é"}\n{"b":1}\n');
    expect(await done).toEqual({
      rows: 2,
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    });
  });

  test.each([
    ["gzip", gunzipSync],
    ["zstd", zstdDecompressSync],
  ] as const)("hashes the compressed file when it is %s", async (compression, open) => {
    const { path, done } = write({ texts: ["1\n", "2\n"], compression });
    const { rows, bytes, sha256 } = await done;
    const file = readFileSync(path);
    expect([rows, bytes, sha256]).toEqual([2, file.length, createHash("sha256").update(file).digest("hex")]);
    expect(open(file).toString()).toBe("1\n2\n");
  });

  test("counts rows of CSV, not lines: without its head, and with line ends within quotes", async () => {
    const texts = ['a,b\r\n1,"two\n', 'lines ""quoted"""\r\n', '3,"four,"\r\n'];
    expect((await write({ texts, kind: "csv" }).done).rows).toBe(2);
    expect((await write({ texts: ["a,b\r\n"], kind: "csv" }).done).rows).toBe(0);
    expect((await write({ texts: [], kind: "csv" }).done).rows).toBe(0);
  });

  test.each([
    ["ndjson", ['{"a":1}\n', '{"b"']],
    ["csv", ["a\r\n", '"within\n']],
  ] as const)("rejects when %s ends in the middle of a row", async (kind, texts) => {
    await expect(write({ texts, kind }).done).rejects.toThrow("in the middle of a row");
  });

  test("rejects with what broke off", async () => {
    const texts = (async function* () {
      yield "1\n";
      throw new Error("cut");
    })();
    await expect(write({ texts }).done).rejects.toThrow("cut");
  });
});
