import { readFileSync } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensure } from "../../src/base/assert.ts";
import { callRaw, postLines } from "../support/raw-http.ts";
import { scratchDesk, scratchDirectory } from "../support/scratch.ts";
import { type PostgresServer, startPostgres } from "../support/servers.ts";
import { type Attached, readTrace, type SystemCall, traceCalls } from "../support/system-calls.ts";
import { requireTool } from "../support/tools.ts";

const CONNECTIONS = 3;
const REQUESTS_EACH = 20;

const SYNCS = ["fsync", "fdatasync"];
const HUB_CALLS = ["read", "write", "writev", "pwrite64", ...SYNCS];
const SERVER_CALLS = ["pwrite64", "write", ...SYNCS];

/** Sends requests of one fact each, several at once, and waits for each answer; the marks are in the ids. */
async function sendMarked(url: string): Promise<string[]> {
  const marks = Array.from({ length: CONNECTIONS }, (_, connection) =>
    Array.from({ length: REQUESTS_EACH }, (__, request) => `mark-${connection}-${request}-end`),
  );
  await Promise.all(
    marks.map(async (ofConnection) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (const id of ofConnection) {
        const note = { type: "annotation", bot: "b", id, ts: "2026-05-04T00:00:00Z", title: "deploy" };
        expect((await postLines(url, JSON.stringify(note), agent)).status).toBe(200);
      }
      agent.destroy();
    }),
  );
  // The trace has all of a thread's calls before the one that it is in.
  expect((await callRaw(url, { path: "/healthz" })).status).toBe(200);
  return marks.flat();
}

interface Way {
  readonly mark: string;
  /** In the order in which they must happen. */
  readonly received: SystemCall;
  readonly written: SystemCall;
  readonly synced: SystemCall;
  readonly answered: SystemCall;
}

/** The way of one request: read, its fact written to the database's log, that log synced, the answer written. */
function wayOf(mark: string, hub: readonly SystemCall[], database: readonly SystemCall[]): Way {
  const received = ensure(
    hub.find((call) => call.name === "read" && call.file.startsWith("socket:") && call.parameters.includes(mark)),
    `${mark} was read`,
  );
  const answered = ensure(
    hub.find((call) => isAnswer(call) && call.file === received.file && call.startedAt >= received.endedAt),
    `${mark} was answered`,
  );
  const written = ensure(
    database.find(({ name, parameters }) => /write/.test(name) && parameters.includes(mark)),
    `${mark} was written`,
  );
  const synced = ensure(
    database.find(({ name, file, startedAt }) => isSync(name, file) && startedAt >= written.endedAt),
    `${mark} was synced`,
  );
  return { mark, received, written, synced, answered };
}

const isAnswer = ({ name, parameters }: SystemCall): boolean =>
  /^writev?$/.test(name) && parameters.includes("HTTP/1.1 200");

const isSync = (name: string, file: string): boolean => SYNCS.includes(name) && isLog(file);

/** The write-ahead log of SQLite or of PostgreSQL. */
const isLog = (file: string): boolean => /\/deskwatch\.sqlite-wal$|\/pg_wal\/[0-9A-F]{24}$/.test(file);

/** The marks whose answer did not wait for the sync of what they sent. */
const early = (ways: readonly Way[]): string[] =>
  ways
    .filter(({ received, written, synced, answered }) => {
      const inOrder = received.endedAt <= written.startedAt && written.endedAt <= synced.startedAt;
      return !inOrder || synced.endedAt > answered.startedAt;
    })
    .map(({ mark }) => mark);

requireTool("strace")("an acknowledgement on SQLite", () => {
  test("follows the sync of what it acknowledges", async () => {
    const desk = await scratchDesk();
    const file = join(scratchDirectory(), "trace");
    const trace = await traceCalls([desk.pid], HUB_CALLS, file);
    const marks = await sendMarked(desk.url);
    await trace.detach();
    const calls = readTrace(file);
    const log = calls.filter(({ file: of }) => isLog(of));
    expect(early(marks.map((mark) => wayOf(mark, calls, log)))).toEqual([]);
  }, 60_000);
});

requireTool("postgres")("an acknowledgement on PostgreSQL", () => {
  let postgres: PostgresServer;

  beforeAll(async () => {
    postgres = await startPostgres();
  });

  afterAll(() => postgres.stop());

  requireTool("strace")("traced", () => {
    test("follows the sync of what it acknowledges", async () => {
      const databaseUrl = await postgres.createDatabase();
      const directory = scratchDirectory();
      const server = await traceCalls(serverPids(postgres), SERVER_CALLS, join(directory, "server"));
      const desk = await scratchDesk({ databaseUrl });
      const hub: Attached = await traceCalls([desk.pid], HUB_CALLS, join(directory, "hub"));
      const marks = await sendMarked(desk.url);
      await hub.detach();
      await desk.end("SIGTERM");
      await server.detach();
      const calls = readTrace(join(directory, "hub"));
      const log = readTrace(join(directory, "server")).filter(({ file }) => isLog(file));
      expect(early(marks.map((mark) => wayOf(mark, calls, log)))).toEqual([]);
    }, 60_000);
  });
});

/** The postmaster and what it has started so far: its writers of the log among them. */
function serverPids(postgres: PostgresServer): number[] {
  const pid = ensure(postgres.pid(), "the server runs");
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  return [pid, ...children.map(Number)];
}
