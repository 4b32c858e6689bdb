import { mkdtempSync, rmSync } from "node:fs";
import { type IncomingHttpHeaders, request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Fastify, { type FastifyInstance } from "fastify";
import { onTestFinished } from "vitest";
import { MICROS_PER_SECOND, type Micros, micros } from "../../src/base/time.ts";
import { type Access, type AccessOptions, registerAccess } from "../../src/http/access/register-access.ts";
import { registerProblems } from "../../src/http/problem.ts";
import type { Act } from "../../src/hub/audit.ts";
import type { KeyRow, KeyStore } from "../../src/hub/ports.ts";

/** Keys in memory, as the port has them; `touches` counts the uses that were noted. */
export class MemoryKeyStore implements KeyStore {
  readonly rows = new Map<string, KeyRow>();
  touches = 0;
  lookUps = 0;
  /** When set, every call rejects with it. */
  away: Error | undefined;

  async add(row: KeyRow): Promise<void> {
    this.#check();
    this.rows.set(row.prefix, row);
  }

  async byPrefix(prefix: string): Promise<KeyRow | undefined> {
    this.lookUps += 1;
    this.#check();
    return this.rows.get(prefix);
  }

  async list(): Promise<KeyRow[]> {
    this.#check();
    return [...this.rows.values()];
  }

  async revoke(prefix: string, at: Micros): Promise<boolean> {
    this.#check();
    const row = this.rows.get(prefix);
    if (row === undefined || row.revokedAt !== undefined) return false;
    this.rows.set(prefix, { ...row, revokedAt: at });
    return true;
  }

  async touch(prefix: string, at: Micros): Promise<void> {
    this.touches += 1;
    this.#check();
    const row = this.rows.get(prefix);
    if (row !== undefined) this.rows.set(prefix, { ...row, lastUsedAt: at });
  }

  #check(): void {
    if (this.away !== undefined) throw this.away;
  }
}

/** A clock that moves when it is told to. */
export class ManualClock {
  #now = micros(Date.UTC(2026, 10, 21) * 1000);

  readonly now = (): Micros => this.#now;

  advanceS(seconds: number): void {
    this.#now = micros(this.#now + seconds * MICROS_PER_SECOND);
  }
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed body; undefined when it is not JSON. */
  readonly json: unknown;
}

export interface HttpCall {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A request by `node:http`, which, unlike `fetch`, sends any `Host`, `Origin` or `Sec-Fetch-Site` that it is told. */
export function send(url: string, { method = "GET", path, headers = {}, body }: HttpCall): Promise<HttpAnswer> {
  const { hostname, port } = new URL(url);
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const allHeaders = { ...(payload === undefined ? {} : { "content-type": "application/json" }), ...headers };
  return new Promise((resolve, reject) => {
    const call = httpRequest(
      { host: hostname.replace(/^\[|\]$/g, ""), port, method, path, headers: allHeaders, agent: false },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: parsed(text, response.headers["content-type"]),
          }),
        );
      },
    );
    call.on("error", reject);
    call.end(payload);
  });
}

export interface GuardedHub {
  readonly app: FastifyInstance;
  readonly access: Access;
  readonly url: string;
  readonly dataDir: string;
  readonly keys: MemoryKeyStore;
  readonly clock: ManualClock;
  readonly send: (call: HttpCall) => Promise<HttpAnswer>;
  /** What was noted for the audit. */
  readonly acts: readonly Act[];
  /** Lines that the hub has logged. */
  readonly log: readonly string[];
}

export type GuardedHubOptions = Partial<AccessOptions> & {
  readonly addRoutes?: (app: FastifyInstance) => void;
  readonly level?: string;
};

/** A real server on a free port of loopback with one route for each kind of access; closed when the test ends. */
export async function startGuardedHub({
  addRoutes,
  level = "info",
  ...options
}: GuardedHubOptions = {}): Promise<GuardedHub> {
  const dataDir = options.dataDir ?? newDataDir();
  const keys = new MemoryKeyStore();
  const clock = new ManualClock();
  const log: string[] = [];
  const acts: Act[] = [];
  const audit = { note: async (act: Act) => void acts.push(act) };
  const app = Fastify({ logger: { level, stream: { write: (line: string) => void log.push(line) } } });
  onTestFinished(() => app.close());
  registerProblems(app);
  const access = await registerAccess(app, { keys, clock, dataDir, audit, host: "127.0.0.1", ...options });
  for (const scope of [
    "ingest",
    "read",
    "metrics",
    "control",
    "public",
    "account",
    "operator",
    "owner",
    "desk-side",
  ] as const) {
    app.get(`/${scope}`, { config: { access: scope } }, async (request) => whoIs(request.principal));
    app.post(`/${scope}`, { config: { access: scope } }, async (request) => whoIs(request.principal));
  }
  addRoutes?.(app);
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return { app, access, url, dataDir, keys, clock, acts, log, send: (call) => send(url, call) };
}

/** An empty directory that goes away when the test ends. */
export function newDataDir(): string {
  const directory = mkdtempSync(join(tmpdir(), "deskwatch-access-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** The `name=value` pairs of the cookies that an answer sets. */
export function cookiesOf(answer: HttpAnswer): string {
  return (answer.headers["set-cookie"] ?? []).map((cookie) => cookie.split(";")[0] ?? "").join("; ");
}

function whoIs(principal: object): object {
  return Object.fromEntries(
    Object.entries(principal).map(([name, value]) => [name, value instanceof Set ? [...value] : value]),
  );
}

function parsed(text: string, contentType = ""): unknown {
  return text !== "" && /\bjson\b/.test(contentType) ? JSON.parse(text) : undefined;
}
