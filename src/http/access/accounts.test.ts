import { afterAll, beforeAll, expect, test } from "vitest";
import { Pool } from "pg";
import { cookiesOf, newDataDir, startGuardedHub } from "../../../test/support/guarded-hub.ts";
import { type PostgresServer, startPostgres } from "../../../test/support/servers.ts";
import { requireTool } from "../../../test/support/tools.ts";

const OWNER = { name: "Ada", email: "ada@desk.example", password: "correct horse battery" };

requireTool("postgres")("people in PostgreSQL", () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  test("are made, signed in and remembered by the next hub on the database", async () => {
    const pool = new Pool({ connectionString: await postgres.createDatabase() });
    // The server may stop before the last connection has said goodbye.
    pool.on("error", () => undefined);
    pool.on("connect", (client) => client.on("error", () => undefined));
    try {
      const dataDir = newDataDir();
      const first = await startGuardedHub({ pool, dataDir });
      expect(await first.access.ownerExists()).toBe(false);
      const made = await first.send({ method: "POST", path: "/api/v1/setup", body: OWNER });
      expect(made.status).toBe(200);
      await first.app.close();
      const second = await startGuardedHub({ pool, dataDir });
      expect(await second.access.ownerExists()).toBe(true);
      const headers = { cookie: cookiesOf(made) };
      expect((await second.send({ path: "/account", headers })).json).toMatchObject({ kind: "person", name: "Ada" });
      await second.app.close();
    } finally {
      await pool.end();
    }
  });

  test("cannot sign in while the database is away, are told so, and can once it is back", async () => {
    const pool = new Pool({ connectionString: await postgres.createDatabase() });
    pool.on("error", () => undefined);
    try {
      const hub = await startGuardedHub({ pool });
      const made = await hub.send({ method: "POST", path: "/api/v1/setup", body: OWNER });
      const headers = { cookie: cookiesOf(made) };
      await postgres.down("fast");
      const away = await hub.send({ path: "/account", headers });
      const { email, password } = OWNER;
      const signIn = { method: "POST", path: "/api/auth/sign-in/email", body: { email, password } };
      const refused = await hub.send(signIn);
      expect([away.json, refused.json]).toMatchObject([{ code: "store_unavailable" }, { code: "store_unavailable" }]);
      expect((await hub.send({ path: "/read" })).status).toBe(200);
      await postgres.up();
      expect((await hub.send({ path: "/account", headers })).status).toBe(200);
      expect((await hub.send(signIn)).status).toBe(200);
      await hub.app.close();
    } finally {
      await pool.end();
    }
  });
});
