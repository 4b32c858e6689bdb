import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, describe, expect, test, vi } from "vitest";
import { isDatabase, openDatabase } from "./database-source.ts";
import { openText } from "./text-source.ts";

const directory = mkdtempSync(join(tmpdir(), "deskwatch-source-"));
const copies = mkdtempSync(join(tmpdir(), "deskwatch-copies-"));
vi.stubEnv("TMPDIR", copies);
afterAll(() => {
  vi.unstubAllEnvs();
  for (const made of [directory, copies]) rmSync(made, { recursive: true });
});

const left = (): string[] => readdirSync(copies);

let count = 0;
function made(sql: string): string {
  const path = join(directory, `${++count}.sqlite`);
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
  return path;
}

function saved(name: string, content: Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const TABLE = "CREATE TABLE t (n BIGINT); INSERT INTO t VALUES (1), (2);";

async function rowsIn(path: string): Promise<number> {
  const { database, close } = await openDatabase(path, {});
  const rows = database.prepare("SELECT n FROM t").all().length;
  await close();
  return rows;
}

describe("openDatabase", () => {
  test("leaves nothing behind when the program ends while a database is open", () => {
    const source = new URL("./database-source.ts", import.meta.url).href;
    const script = `import { openDatabase } from ${JSON.stringify(source)};
      const { tables } = await openDatabase(process.argv[1], {});
      process.stdout.write([...tables].join());
      process.exit(0);`;
    const out = execFileSync(process.execPath, ["--input-type=module", "-e", script, made(TABLE)], {
      encoding: "utf8",
    });
    expect([out, left()]).toEqual(["t", []]);
  });

  const plain = made(TABLE);

  test.each([
    ["plain", () => plain],
    ["gzip", () => saved("a.gz", gzipSync(readFileSync(plain)))],
    ["zstd", () => saved("a.zst", zstdCompressSync(readFileSync(plain)))],
  ])("reads a %s database, whose beginning says what it is", async (_, path) => {
    const source = await openText(path());
    expect(isDatabase(source.head)).toBe(true);
    source.close();
    expect(await rowsIn(path())).toBe(2);
    expect(left()).toEqual([]);
  });

  test("opens a copy that nobody else may read, that cannot be written, and that goes with it", async () => {
    const { database, tables, close } = await openDatabase(saved("b.gz", gzipSync(readFileSync(plain))), {});
    expect([...tables]).toEqual(["t"]);
    expect(() => database.exec("DELETE FROM t")).toThrow("readonly");
    const [folder = ""] = left();
    const files = readdirSync(join(copies, folder));
    expect(statSync(join(copies, folder)).mode & 0o777).toBe(0o700);
    expect(files.map((file) => statSync(join(copies, folder, file)).mode & 0o777)).toEqual([0o600]);
    await close();
    expect(left()).toEqual([]);
  });

  test("reads a database in WAL mode that stands alone, and writes nothing beside it", async () => {
    const path = made(`PRAGMA journal_mode = WAL; ${TABLE}`);
    const alone = join(mkdtempSync(join(directory, "wal-")), "alone.sqlite");
    copyFileSync(path, alone);
    expect(readFileSync(alone).subarray(18, 20)).toEqual(Buffer.from([2, 2]));
    expect(await rowsIn(alone)).toBe(2);
    expect(await rowsIn(saved("wal.gz", gzipSync(readFileSync(alone))))).toBe(2);
    expect(readdirSync(dirname(alone))).toEqual(["alone.sqlite"]);
  });

  test("reads what stands only in the write-ahead log of a bot that runs, which goes on writing", async () => {
    const path = made(`PRAGMA journal_mode = WAL; ${TABLE}`);
    const bot = new DatabaseSync(path);
    bot.exec("PRAGMA wal_autocheckpoint = 0; INSERT INTO t VALUES (3)");
    expect(existsSync(`${path}-wal`)).toBe(true);
    const { database, close } = await openDatabase(path, {});
    bot.exec("INSERT INTO t VALUES (4)");
    expect(database.prepare("SELECT n FROM t").all()).toHaveLength(3);
    await close();
    bot.close();
    expect(await rowsIn(path)).toBe(4);
  });

  test("undoes in its copy what a killed bot left half written", async () => {
    const path = made(TABLE);
    const bot = new DatabaseSync(path);
    bot.exec("PRAGMA cache_size = 1; BEGIN");
    for (let index = 0; index < 5_000; index++) bot.exec("INSERT INTO t VALUES (9)");
    const folder = mkdtempSync(join(directory, "hot-"));
    const killed = join(folder, "killed.sqlite");
    for (const suffix of ["", "-journal"]) copyFileSync(path + suffix, killed + suffix);
    bot.exec("ROLLBACK");
    bot.close();
    expect(statSync(killed).size).toBeGreaterThan(statSync(path).size);
    expect(await rowsIn(killed)).toBe(2);
    expect(existsSync(`${killed}-journal`)).toBe(true);
  });

  test.each([
    ["is absent", () => join(directory, "absent.sqlite"), /ENOENT/],
    [
      "is damaged",
      () => saved("damaged.sqlite", Buffer.from("SQLite format 3\u0000 and no more".repeat(200))),
      /database/,
    ],
    [
      "is cut off within its compression",
      () => saved("cut.gz", gzipSync(readFileSync(plain)).subarray(0, 90)),
      /end of file/,
    ],
  ])("rejects and leaves nothing behind when the file %s", async (_, path, message) => {
    await expect(openDatabase(path(), {})).rejects.toThrow(message);
    expect(left()).toEqual([]);
  });

  test.each([
    ["plain", () => plain],
    ["compressed", () => saved("large.gz", gzipSync(readFileSync(plain)))],
  ])("refuses a %s database that is too large, and leaves nothing behind", async (_, path) => {
    await expect(openDatabase(path(), { bytesMax: 5_000 })).rejects.toThrow("larger than 5000 bytes");
    expect(left()).toEqual([]);
  });
});
