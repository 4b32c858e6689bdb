import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { HEAD_CHARS, openText } from "./text-source.ts";

const directory = mkdtempSync(join(tmpdir(), "deskwatch-text-"));
afterAll(() => rmSync(directory, { recursive: true }));

function fileOf(name: string, content: Uint8Array | string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

async function textOf(path: string): Promise<string> {
  const source = await openText(path);
  return (await Array.fromAsync(source.chunks)).join("");
}

const LONG = Array.from({ length: 60_000 }, (_, row) => `row ${row} größer\n`).join("");

describe("openText", () => {
  test.each([
    ["plain", Buffer.from(LONG)],
    ["gzip", gzipSync(LONG)],
    ["zstd", zstdCompressSync(LONG)],
    ["two gzip members", Buffer.concat([gzipSync(LONG.slice(0, 500_000)), gzipSync(LONG.slice(500_000))])],
  ])("reads the whole text when the file is %s, whatever its name", async (name, bytes) => {
    expect(await textOf(fileOf(`${name}.txt`, bytes))).toBe(LONG);
  });

  test("shows the beginning and still reads all when the head was looked at", async () => {
    const source = await openText(fileOf("head.gz", gzipSync(LONG)));
    expect(source.head).toBe(LONG.slice(0, HEAD_CHARS));
    expect((await Array.fromAsync(source.chunks)).join("")).toBe(LONG);
  });

  test("drops the byte order mark when there is one", async () => {
    expect(await textOf(fileOf("bom.csv", "\ufeffts,side\n"))).toBe("ts,side\n");
  });

  test("reads nothing when the file is empty or shorter than a magic number", async () => {
    expect(await textOf(fileOf("empty", ""))).toBe("");
    expect(await textOf(fileOf("short", "a\n"))).toBe("a\n");
  });

  test("counts the bytes of the file when it is compressed", async () => {
    const bytes = gzipSync(LONG);
    let read = 0;
    const source = await openText(fileOf("count.gz", bytes), (count) => {
      read += count;
    });
    await Array.fromAsync(source.chunks);
    expect(read).toBe(bytes.length);
  });

  test("fails while reading when the compressed file is cut", async () => {
    const bytes = gzipSync(Buffer.from(Array.from({ length: 400_000 }, (_, at) => (at * 7919 * (at % 13)) & 127)));
    const path = fileOf("cut.gz", bytes.subarray(0, bytes.length - 20));
    await expect(textOf(path)).rejects.toThrow("unexpected end of file");
  });

  test("fails and says what to do when it is a directory", async () => {
    await expect(openText(tmpdir())).rejects.toThrow("name its files");
  });

  test("fails when there is no such file", async () => {
    await expect(openText(join(directory, "absent"))).rejects.toThrow("ENOENT");
  });
});
