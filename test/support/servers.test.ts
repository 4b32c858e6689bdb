import { existsSync } from "node:fs";
import { Client } from "pg";
import { expect, test } from "vitest";
import { startPostgres } from "./servers.ts";
import { requireTool } from "./tools.ts";

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

requireTool("postgres")("startPostgres", () => {
  test("keeps what was committed when it is killed and brought up again", async () => {
    const server = await startPostgres();
    try {
      const url = await server.createDatabase();
      await ask(url, "CREATE TABLE kept AS SELECT 7 AS value");
      await server.down("kill");
      await expect(ask(url, "SELECT 1")).rejects.toThrow();
      await server.up();
      expect(await ask(url, "SELECT value FROM kept")).toEqual([{ value: 7 }]);
      expect(await ask(url, "SHOW fsync")).toEqual([{ fsync: "on" }]);
    } finally {
      await server.stop();
    }
    expect(existsSync(server.dataDir)).toBe(false);
    expect(server.pid()).toBeUndefined();
  });
});
