import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test, vi } from "vitest";
import { importFiles } from "./import-files.ts";
import { type ImportReport, importReportText } from "./import-report.ts";
import { anyFormatNamed } from "./registry.ts";

const directory = mkdtempSync(join(tmpdir(), "deskwatch-import-"));
afterAll(() => rmSync(directory, { recursive: true }));

function fileOf(name: string, content: Uint8Array | string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const DRY = { options: { bot: undefined, mode: undefined }, hub: undefined, onBytes: () => undefined };

const dryRun = (...files: string[]): Promise<ImportReport> => importFiles({ ...DRY, files, format: undefined });

const NOTE = '{"type":"annotation","bot":"b","ts":"2026-05-04T00:00:00Z","title":"deploy"}';

describe("importFiles", () => {
  test("counts rows and events by type when all is well", async () => {
    const report = await dryRun(fileOf("a.ndjson", `${NOTE}\n${NOTE}\n`), fileOf("b.gz", gzipSync(NOTE)));
    expect(report).toMatchObject({
      dry_run: true,
      complete: true,
      rows_read: 3,
      events: { annotation: { told: 3, refused: 0 } },
      refused: { total: 0 },
    });
    expect(importReportText(report)).toContain("nothing refused");
  });

  test("says of which bots the events are, and from when to when", async () => {
    const other = NOTE.replace('"b"', '"a"').replace("2026-05-04", "2026-05-03");
    const report = await dryRun(fileOf("two.ndjson", `${NOTE}\n${other}\n`));
    expect(report).toMatchObject({
      bots: ["a", "b"],
      period: { from: "2026-05-03T00:00:00.000Z", to: "2026-05-04T00:00:00.000Z" },
    });
    expect(importReportText(report)).toContain("bots: a, b\nfrom 2026-05-03T00:00:00.000Z to 2026-05-04T00:00:00.000Z");
    expect(await dryRun(fileOf("none.ndjson", '{"type":"log"}\n'))).toMatchObject({ bots: [], period: null });
  });

  test("tells line and reason when a row or an event of it is refused", async () => {
    const file = fileOf("bad.ndjson", `${NOTE}\nnonsense\n{"type":"fill","bot":"b","ts":1}\n${NOTE}\n`);
    const report = await dryRun(file);
    expect(report.refused.by_reason).toEqual([
      { reason: "fill fill_id: invalid_event", count: 1 },
      { reason: "not JSON", count: 1 },
    ]);
    expect(report.refused.first).toMatchObject([
      { file, line: 2, reason: "not JSON" },
      { file, line: 3, reason: "fill fill_id: invalid_event" },
    ]);
    expect(report.events["fill"]).toEqual({ told: 1, refused: 1 });
    expect(importReportText(report)).toContain(`${file}:2: not JSON`);
  });

  test("shows the first refusals only, and counts all, when there are many", async () => {
    const report = await dryRun(fileOf("many.ndjson", `${NOTE}\n${"{\n".repeat(500)}`));
    expect(report.refused.total).toBe(500);
    expect(report.refused.first).toHaveLength(20);
    expect(importReportText(report)).toContain("and 480 more");
  });

  test("goes on with the other files when one is absent, unknown, damaged or of another format", async () => {
    const damaged = fileOf("damaged.gz", gzipSync(`${NOTE}\n`.repeat(9)).subarray(0, 40));
    const report = await dryRun(
      join(directory, "absent"),
      fileOf("unknown.txt", "hello\n"),
      fileOf("empty.csv", ""),
      damaged,
      directory,
      fileOf("good.ndjson", NOTE),
    );
    expect(report.complete).toBe(false);
    expect(report.files.map(({ error }) => error)).toEqual([
      expect.stringContaining("ENOENT"),
      expect.stringContaining("--format"),
      "the file is empty",
      expect.stringContaining("unexpected end of file"),
      expect.stringContaining("directory"),
      undefined,
    ]);
    expect(report.rows_read).toBe(1);
  });

  test("reads databases of a known kind, and fails alone with those that are of none or are named as another", async () => {
    const made = (name: string, sql: string): string => {
      const path = join(directory, name);
      const database = new DatabaseSync(path);
      database.exec(sql);
      database.close();
      return path;
    };
    const known = made(
      "known.db",
      "CREATE TABLE trades (id INTEGER); CREATE TABLE orders (ft_trade_id INTEGER, id INTEGER)",
    );
    const foreign = fileOf("foreign.gz", gzipSync(readFileSync(made("foreign.db", "CREATE TABLE t (n INTEGER)"))));
    const report = await dryRun(known, foreign, fileOf("good.ndjson", NOTE));
    expect(report.files.map(({ format, error }) => [format, error])).toEqual([
      ["freqtrade-sqlite", undefined],
      [null, "no format has tables such as this database's"],
      ["deskwatch-ndjson", undefined],
    ]);
    const named = async (file: string, name: string) =>
      (await importFiles({ ...DRY, files: [file], format: anyFormatNamed(name) })).files[0]?.error;
    expect(await named(known, "hbot-paper-fills")).toBe("a database is not hbot-paper-fills");
    expect(await named(known, "hummingbot-sqlite")).toContain("no such table");
    expect(await named(fileOf("text.csv", "a,b\n"), "freqtrade-sqlite")).toBe("the file is no SQLite database");
  });

  test("closes and removes its copy of a database when the hub says no in the middle of it", async () => {
    const path = join(directory, "many.db");
    const database = new DatabaseSync(path);
    database.exec(`CREATE TABLE trades (id INTEGER, exchange TEXT, pair TEXT, is_open INTEGER, open_date TEXT,
        open_rate NUMERIC, amount NUMERIC);
      CREATE TABLE orders (ft_trade_id INTEGER, id INTEGER);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
      INSERT INTO trades SELECT i, 'x', 'A/B', 1, '2026-05-04', 1, 1 FROM n`);
    database.close();
    const copies = mkdtempSync(join(directory, "copies-"));
    vi.stubEnv("TMPDIR", copies);
    let copiesMeanwhile = 0;
    const report = await importFiles({
      ...DRY,
      files: [path],
      format: undefined,
      hub: {
        url: "http://hub.example",
        fetch: () => {
          copiesMeanwhile = readdirSync(copies).length;
          return Promise.resolve(new Response('{"detail":"no"}', { status: 403 }));
        },
        sleep: () => Promise.resolve(),
        random: () => 0,
      },
    });
    expect(report.error).toBe("403: no");
    expect(report.rows_read).toBeLessThan(3_000);
    expect([copiesMeanwhile, readdirSync(copies)]).toEqual([1, []]);
    vi.unstubAllEnvs();
  });
});
