import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRefusedDesk } from "../support/desk-process.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { type PostgresServer, startPostgres } from "../support/servers.ts";
import { requireTool } from "../support/tools.ts";

/** What the program says, in a line of its own and without a trace of our code. */
async function wordsOf(options: Parameters<typeof startRefusedDesk>[0]): Promise<string> {
  const { code, output } = await startRefusedDesk(options);
  expect([code, output]).toEqual([expect.toBeOneOf([1, 2]), expect.stringMatching(/^deskwatch: /m)]);
  expect(output).not.toMatch(/^\s+at /m);
  return output;
}

function fileIn(directory: string, name: string): string {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, name), "not what it should be");
  return join(directory, name);
}

describe("a hub that cannot start where it was told to says so", () => {
  test.each([
    ["a file", (scratch: string) => fileIn(scratch, "file")],
    ["below a file", (scratch: string) => join(fileIn(scratch, "file"), "data")],
    ["where nobody may make a directory", () => "/proc/deskwatch/data"],
  ])("when its data directory is %s", async (_, dataDirIn) => {
    const dataDir = dataDirIn(scratchDirectory());
    const words = await wordsOf({ dataDir });
    expect(words).toContain(`The data directory ${dataDir} cannot be used: `);
    expect(words).toContain("--data-dir");
  });

  test("when the lock of its data directory is damaged", async () => {
    const dataDir = scratchDirectory();
    fileIn(dataDir, "lock.sqlite");
    expect(await wordsOf({ dataDir })).toContain("cannot be used: its file is not a database");
  });

  test("when its database is no PostgreSQL, without telling the password", async () => {
    const words = await wordsOf({ dataDir: scratchDirectory(), databaseUrl: "mysql://me:secret@127.0.0.1/desk" });
    expect(words).toContain("the database must be PostgreSQL");
    expect(words).not.toContain("secret");
  });

  test("when it is to listen at an address of another machine", async () => {
    // Of the addresses that are kept for documents.
    const words = await wordsOf({ dataDir: scratchDirectory(), args: ["--host", "192.0.2.1"] });
    expect(words).toMatch(/Nobody can listen on 192\.0\.2\.1 here \(.*\): .*--host/);
  });
});

requireTool("postgres")("a hub whose database does not let it in says so", () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  const urlWith = async (changes: Partial<Pick<URL, "password" | "pathname" | "username">>): Promise<string> =>
    Object.assign(new URL(await postgres.createDatabase()), changes).href;

  test.each([
    ["the password is wrong", { password: "wrong-one" }, "see the user and the password of DATABASE_URL"],
    ["there is no such database", { pathname: "/nowhere" }, "create it, or name another in DATABASE_URL"],
    ["its user is unknown", { username: "stranger" }, "see the user and the password of DATABASE_URL"],
  ])("when %s", async (_, changes, advice) => {
    const databaseUrl = await urlWith(changes);
    const words = await wordsOf({ dataDir: scratchDirectory(), databaseUrl });
    expect(words).toMatch(/PostgreSQL at 127\.0\.0\.1:\d+\/\w+ is away \(.*\): /);
    expect(words).toContain(advice);
    expect(words).not.toContain(new URL(databaseUrl).password);
  });
});
