/**
 * Real servers for tests, thrown away afterwards. In a suite:
 *
 *     requireTool("postgres")("store on PostgreSQL", () => {
 *       let postgres: PostgresServer;
 *       beforeAll(async () => { postgres = await startPostgres(); });
 *       afterAll(() => postgres.stop());
 *       test("…", async () => { const url = await postgres.createDatabase(); … });
 *     });
 *
 * `requireTool` is in `tools.ts`, `findTool("chromium")` in `find-tool.ts`.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { findTool } from "./find-tool.ts";

const READY_WITHIN_MS = 30_000;

/** A PostgreSQL cluster of its own in a temporary directory: fsync on, TCP on 127.0.0.1, a random password. */
export interface PostgresServer {
  /** Address of the database `postgres`: `postgresql://postgres:…@127.0.0.1:PORT/postgres`. */
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  /** The postmaster's process id, undefined while it is down. */
  readonly pid: () => number | undefined;
  /** A new empty database; resolves with its address. */
  readonly createDatabase: () => Promise<string>;
  /** Takes the server down and keeps its data: `fast` lets it write a checkpoint, `kill` is a crash (SIGKILL). */
  readonly down: (how: "fast" | "kill") => Promise<void>;
  /** Brings it up again on the same port with the same data; resolves when it answers. */
  readonly up: () => Promise<void>;
  /** Takes it down and removes its data. May be called twice. */
  readonly stop: () => Promise<void>;
}

/** Starts a cluster; `settings` are added to its command line as `-c name=value`. Throws when PostgreSQL is not installed. */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  const postgres = findTool("postgres");
  if (postgres === undefined) throw new Error("postgres is not installed: guard the suite with requireTool");
  const owner = serverOwner();
  const root = mkdtempSync(join(tmpdir(), "deskwatch-postgres-"));
  const dataDir = join(root, "data");
  const password = randomBytes(12).toString("hex");
  const port = await freePort();
  const urlOf = (database: string) => `postgresql://postgres:${password}@127.0.0.1:${port}/${database}`;
  initialise({ root, dataDir, password, owner, initdb: join(dirname(postgres), "initdb") });

  const serverArgs = Object.entries({
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: root,
    fsync: "on",
    ...settings,
  }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  let running: ChildProcess | undefined;
  let databases = 0;

  const killAtExit = () => running?.kill("SIGKILL");
  process.on("exit", killAtExit);

  const start = async () => {
    running = spawn(postgres, ["-D", dataDir, ...serverArgs], {
      ...owner,
      cwd: root,
      stdio: ["ignore", "ignore", "pipe"],
    });
    await answers(running, urlOf("postgres"));
  };
  // After a crash the old backends may hold the shared memory for a moment longer.
  const up = () => start().catch(() => delay(500).then(start));
  const down = async (how: "fast" | "kill") => {
    const child = running;
    running = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(how === "fast" ? "SIGINT" : "SIGKILL");
    await exited;
  };

  await up();
  return {
    url: urlOf("postgres"),
    port,
    dataDir,
    pid: () => running?.pid,
    up,
    down,
    createDatabase: async () => {
      const name = `test_${++databases}`;
      await query(urlOf("postgres"), `CREATE DATABASE ${name}`);
      return urlOf(name);
    },
    stop: async () => {
      await down("fast");
      process.off("exit", killAtExit);
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** A TCP port of 127.0.0.1 that was free a moment ago: PostgreSQL cannot be told to listen on port 0. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("the probe has no TCP address");
  return address.port;
}

type Owner = { readonly uid?: number; readonly gid?: number };

/** PostgreSQL refuses to run as root: then it runs as the user that its package made. */
function serverOwner(): Owner {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: idOf("-u"), gid: idOf("-g") };
}

interface ClusterPlan {
  readonly root: string;
  readonly dataDir: string;
  readonly password: string;
  readonly owner: Owner;
  readonly initdb: string;
}

function initialise({ root, dataDir, password, owner, initdb }: ClusterPlan): void {
  const passwordFile = join(root, "password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  chmodSync(root, 0o700);
  if (owner.uid !== undefined && owner.gid !== undefined) {
    chownSync(root, owner.uid, owner.gid);
    chownSync(passwordFile, owner.uid, owner.gid);
  }
  const options = ["-U", "postgres", "--pwfile", passwordFile, "--auth", "scram-sha-256", "-E", "UTF8"];
  const made = spawnSync(initdb, ["-D", dataDir, ...options, "--locale", "C.UTF-8", "--no-sync"], {
    ...owner,
    cwd: root,
    encoding: "utf8",
  });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
}

async function answers(child: ChildProcess, url: string): Promise<void> {
  let log = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-4_000);
  });
  for (let waitedMs = 0; waitedMs < READY_WITHIN_MS; waitedMs += 50) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`postgres stopped at start:\n${log}`);
    const answered = await query(url, "SELECT 1").then(
      () => true,
      () => false,
    );
    if (answered) return;
    await delay(50);
  }
  throw new Error(`postgres did not answer within ${READY_WITHIN_MS} ms:\n${log}`);
}

async function query(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end();
  }
}
