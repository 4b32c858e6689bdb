import { packRows } from "../../src/hub/packed-rows.ts";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { micros } from "../../src/base/time.ts";
import { FINEST } from "../../src/engine/rollup/buckets.ts";
import { type AppendRow, type Store, StoreUnavailable } from "../../src/hub/ports.ts";
import { openPostgresStore } from "../../src/store/postgres/open-postgres-store.ts";
import { type PostgresServer, startPostgres } from "../support/servers.ts";
import { requireTool } from "../support/tools.ts";
import { row, wholeLog } from "./rows.ts";

const batch = (name: string, rows = 20): AppendRow[] =>
  Array.from({ length: rows }, (_, n) => row({ type: "error", id: `${name}-${n}`, code: "E", message: "m" }));

async function namesIn(store: Store, rows = 20): Promise<string[]> {
  const ids = (await wholeLog(store)).map(({ event }) => String(event.id));
  const names = [...new Set(ids.map((id) => id.split("-")[0] ?? ""))];
  expect(ids).toEqual(names.flatMap((name) => batch(name, rows).map(({ event }) => event.id)));
  return names;
}

/** Appends until the store takes it, as the hub does with what it holds. */
async function persist(store: Store, rows: readonly AppendRow[]): Promise<void> {
  for (;;) {
    try {
      await store.append(packRows(rows));
      return;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      await delay(50);
    }
  }
}

/** Where a line is cut: what the store sends last for a group, and what the server answers to it. */
interface Cut {
  readonly when: "before" | "after";
  readonly sent: string;
  readonly answer: string;
}

/** A group that is all new is one statement; any other is a transaction. */
const lastWords = (repeated: boolean) =>
  repeated ? { sent: "COMMIT\0", answer: "COMMIT\0" } : { sent: "insert-group", answer: "INSERT 0 " };

/** Stands between the store and the server, and cuts the line at a COMMIT, before or after the server has seen it. */
class CuttingProxy {
  cut: Cut | undefined;
  #server: Server | undefined;
  readonly #target: number;

  constructor(target: number) {
    this.#target = target;
  }

  async start(): Promise<number> {
    this.#server = createServer((client) => this.#relay(client)).listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the proxy has no TCP address");
    return address.port;
  }

  stop(): void {
    this.#server?.close();
  }

  #relay(client: Socket): void {
    const server = connect(this.#target, "127.0.0.1");
    const cut = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.on("error", cut).on("close", cut);
    let answer: string | undefined;
    client.on("data", (data) => {
      const at = this.cut;
      if (at === undefined || !data.includes(at.sent)) {
        server.write(data);
        return;
      }
      this.cut = undefined;
      if (at.when === "before") return cut();
      answer = at.answer;
      server.write(data);
    });
    server.on("data", (data) => {
      if (answer !== undefined && data.includes(answer)) cut();
      else client.write(data);
    });
  }
}

requireTool("postgres")("a store on postgres", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  test("outlives a server that crashes while transactions are under way, and saves again once it is back", async () => {
    const databaseUrl = await server.createDatabase();
    const store = await openPostgresStore({ databaseUrl });
    const sample = { key: "k", type: "mark", bot: "b", ts: micros(1), receivedAt: micros(1), body: "{}" };
    const holder = new Client({ connectionString: databaseUrl });
    holder.on("error", () => undefined);
    await holder.connect();
    await holder.query("BEGIN; LOCK TABLE samples, rollup_progress");
    const underWay = [store.saveSamples([sample]), store.rollups.advance(FINEST)];
    const ended = Promise.allSettled(underWay);
    await delay(300);
    await server.down("kill");
    for (const { status, ...rest } of await ended)
      expect([status, rest]).toEqual(["rejected", { reason: expect.any(StoreUnavailable) }]);
    await server.up();
    await expect.poll(() => store.saveSamples([sample]).then(() => "saved", String), { timeout: 20_000 }).toBe("saved");
    await store.close();
  });

  test("has every acknowledged batch once and no refused one when the server crashes under load, and goes on", async () => {
    const store = await openPostgresStore({ databaseUrl: await server.createDatabase() });
    const done: string[] = [];
    const reasons: unknown[] = [];
    let crashed = false;
    const caller = async (name: string) => {
      for (let n = 0; !crashed || n === 0; n++)
        await store.append(packRows(batch(`${name}x${n}`))).then(
          () => {
            done.push(`${name}x${n}`);
          },
          async (reason: unknown) => {
            reasons.push(reason);
            await delay(10);
          },
        );
    };
    const callers = ["a", "b", "c", "d"].map(caller);
    await delay(300);
    await server.down("kill");
    await expect(store.append(packRows(batch("down")))).rejects.toThrow(StoreUnavailable);
    await expect(store.check()).rejects.toThrow(/PostgreSQL at 127\.0\.0\.1:\d+\/test_\d+ is away/);
    await expect(store.lastSeq()).rejects.toThrow(StoreUnavailable);
    crashed = true;
    await server.up();
    await Promise.all(callers);
    await persist(store, batch("after"));
    const log = await wholeLog(store);
    const seqs = log.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
    expect((await namesIn(store)).sort()).toEqual([...done, "after"].sort());
    expect(done.length).toBeGreaterThan(0);
    for (const reason of reasons) expect(reason).toBeInstanceOf(StoreUnavailable);
    await store.close();
  });

  test("looks before it answers when the line breaks at a commit", async () => {
    const proxy = new CuttingProxy(server.port);
    const databaseUrl = new URL(await server.createDatabase());
    databaseUrl.port = String(await proxy.start());
    const store = await openPostgresStore({ databaseUrl: databaseUrl.href });
    await store.append(packRows(batch("plain")));

    const names = ["plain"];
    for (const repeated of [false, true]) {
      const rows = (name: string) => (repeated ? [...batch(name), ...batch(name)] : batch(name));
      proxy.cut = { when: "after", ...lastWords(repeated) };
      expect(await store.append(packRows(rows(`seen${repeated}`)))).toHaveLength(rows("").length);
      proxy.cut = { when: "before", ...lastWords(repeated) };
      await expect(store.append(packRows(rows(`lost${repeated}`)))).rejects.toThrow(StoreUnavailable);
      await persist(store, rows(`again${repeated}`));
      names.push(`seen${repeated}`, `again${repeated}`);
    }
    expect(await namesIn(store)).toEqual(names);
    await store.close();
    proxy.stop();
  });

  test("gives up the log to another hub when it lost its session, and never writes beside it", async () => {
    const databaseUrl = await server.createDatabase();
    const first = await openPostgresStore({ databaseUrl });
    await first.append(packRows(batch("first")));
    const rival = new Client({ connectionString: databaseUrl });
    await rival.connect();
    await rival.query(
      "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid() AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    );
    await expect
      .poll(() =>
        first.check().then(
          () => "writes",
          () => "away",
        ),
      )
      .toBe("away");
    await expect
      .poll(
        () =>
          first.check().then(
            () => "writes",
            () => "away",
          ),
        { timeout: 10_000 },
      )
      .toBe("writes");
    await persist(first, batch("second"));
    expect(await namesIn(first)).toEqual(["first", "second"]);
    await rival.end();
    await first.close();
  });

  test("names neither user nor password when the server cannot be reached", async () => {
    const databaseUrl = "postgresql://someone:secret-word@127.0.0.1:1/desk";
    const reason = await openPostgresStore({ databaseUrl }).then(String, (error: unknown) => error);
    expect(reason).toBeInstanceOf(StoreUnavailable);
    expect(String(reason)).toMatch(/PostgreSQL at 127\.0\.0\.1:1\/desk is away/);
    expect(String(reason)).not.toMatch(/someone|secret-word/);
  });
});
