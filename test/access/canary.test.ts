import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { readLocalAccess } from "../../src/http/access/local-token.ts";
import type { NewKeyAnswer } from "../../src/protocol/api-people.ts";
import { runDeskwatch } from "../support/desk-process.ts";
import {
  accept,
  addSecondFactor,
  invite,
  PASSWORD,
  secondStep,
  signIn,
  trySignIn,
  Visitor,
} from "../support/desk-people.ts";
import { cookiesOf, type HttpCall, send } from "../support/guarded-hub.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { type PostgresServer, startPostgres } from "../support/servers.ts";
import { requireTool } from "../support/tools.ts";
import { fromBase32, totpOf } from "../support/totp.ts";
import { waitUntil } from "../support/wait-until.ts";

const MAIN = fileURLToPath(new URL("../../src/app/main.ts", import.meta.url));

/** Of venues, as somebody sets them: a hub has no use for showing any of them. */
const VENUE_SECRETS = {
  KALSHI_API_KEY_ID: "canary-kalshi-key-id",
  KALSHI_PRIVATE_KEY: "canary-kalshi-private-key",
  POLYMARKET_API_KEY: "canary-polymarket-key",
  POLYMARKET_API_SECRET: "canary-polymarket-secret",
  POLYMARKET_API_PASSPHRASE: "canary-polymarket-passphrase",
  BINANCE_API_KEY: "canary-binance-key",
  BINANCE_API_SECRET: "canary-binance-secret",
};

/** On a machine that is busy with something else. */
const BUSY_MS = 240_000;

interface Running {
  readonly url: string;
  readonly dataDir: string;
  readonly printed: () => string;
  readonly send: (call: HttpCall) => ReturnType<typeof send>;
}

/** A hub in a process of its own, with secrets in its environment, that logs all it can. */
async function startTalkative(databaseUrl?: string): Promise<Running> {
  const dataDir = join(scratchDirectory(), "data");
  let printed = "";
  const child = spawn(process.execPath, [MAIN, "start", "--port", "0", "--data-dir", dataDir], {
    cwd: scratchDirectory(),
    env: {
      PATH: process.env["PATH"],
      DESKWATCH_LOG_LEVEL: "trace",
      ...VENUE_SECRETS,
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  await waitUntil("the hub is ready", () => printed.includes("Deskwatch is ready at"), 120_000);
  const url = /ready at (\S+)/.exec(printed)?.[1] ?? "";
  return { url, dataDir, printed: () => printed, send: (call) => send(url, call) };
}

type Secrets = ReadonlyMap<string, string>;

/** Uses every kind of secret, rightly and wrongly; what must be shown nowhere afterwards. */
async function spendSecrets(hub: Running): Promise<{ secrets: Secrets; ada: Visitor }> {
  const setupToken = readFileSync(join(hub.dataDir, "setup-token"), "utf8").trim();
  const person = { name: "Ada", email: "ada@desk.example", password: PASSWORD };
  const body = { ...person, setup_token: setupToken };
  const made = await hub.send({ method: "POST", path: "/api/v1/setup", body });
  const ada = new Visitor(hub, cookiesOf(made));
  const { secret, recovery_codes: codes } = await addSecondFactor(ada);
  const code = totpOf(secret, 1);
  const second = await secondStep(hub, await trySignIn(hub, "Ada"), { code });
  expect(second.status).toBe(200);
  const used = await secondStep(hub, await trySignIn(hub, "Ada"), { recovery_code: codes[0] });
  expect(used.status).toBe(200);
  const { token } = await invite(ada, "Vera", "viewer");
  const { token: unused } = await invite(ada, "Ina", "viewer");
  await accept(hub, token, "canary vera password");
  const vera = await signIn(hub, "Vera", "canary vera password");
  const key = (await ada.ask("POST", "/api/v1/keys", { name: "bot", scopes: ["ingest", "read", "control"] }))
    .json as NewKeyAnswer;
  await misuse(hub, key.key);
  const local = readLocalAccess(hub.dataDir)?.token ?? "";
  const secrets = new Map<string, string>([
    ["a password", PASSWORD],
    ["another password", "canary vera password"],
    ["a password typed as an address", "canary-password-as-address"],
    ["a wrong password", "canary wrong password"],
    ["a wrong key", WRONG_KEY],
    ["a key", key.key],
    ["the setup token", setupToken],
    ["the secret of a second factor", secret],
    ["the same as it is stored", fromBase32(secret).toString("latin1")],
    ["a used recovery code", codes[0] ?? ""],
    ["a recovery code", codes[1] ?? ""],
    ["the cookie of a session", cookieValue(ada.cookie)],
    ["the cookie of another session", cookieValue(vera.cookie)],
    ["a used invitation", token],
    ["an invitation", unused],
    ["the token of the machine", local],
    ["the secret of sessions", readFileSync(join(hub.dataDir, "auth-secret"), "utf8").trim()],
    ...Object.entries(VENUE_SECRETS),
  ]);
  for (const [name, value] of secrets) expect(value.length, name).toBeGreaterThan(8);
  return { secrets, ada };
}

const WRONG_KEY = `dw_abcd1234${"canarycanary".repeat(3)}canary0`;
const cookieValue = (cookie: string): string => cookie.split("=").slice(1).join("=");

/** What people and programs do wrong with secrets. */
async function misuse(hub: Running, key: string): Promise<void> {
  const call = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
    hub.send({ method: body === undefined ? "GET" : "POST", path, headers, ...(body === undefined ? {} : { body }) });
  const signIn = "/api/auth/sign-in/email";
  await call(signIn, { email: "canary-password-as-address", password: "canary wrong password" });
  await call(signIn, { email: "ada@desk.example", password: "canary wrong password" });
  await call(signIn, { email: "ada@desk.example", password: ["canary wrong password"] });
  await call("/api/v1/bots", undefined, { authorization: `Bearer ${WRONG_KEY}` });
  await call("/api/v1/bots", undefined, { "x-api-key": WRONG_KEY });
  await call(`/api/v1/bots?key=${key}`);
  await call(`/api/v1/controls/${key}`);
  await call("/api/v1/keys", { name: "x", scopes: [key] }, { authorization: `Bearer ${key}` });
  await call("/api/v1/invitations/accept", { token: WRONG_KEY, password: "canary wrong password" });
  await call("/api/v1/setup", { setup_token: WRONG_KEY, password: "canary wrong password" });
}

/** What a hub prints comes a little later: waits for the line of one more refusal, and so for all before it. */
async function allPrinted(hub: Running): Promise<void> {
  const refusals = (): number => hub.printed().split("a sign-in failed").length;
  const before = refusals();
  await trySignIn(hub, "Nobody");
  await waitUntil("the refusal is printed", () => refusals() > before);
}

function found(secrets: Secrets, where: string, text: string): string[] {
  return [...secrets].filter(([, value]) => text.includes(value)).map(([name]) => `${name} in ${where}`);
}

/** Every answer of every read, for whoever may read it. */
async function answers(hub: Running, ada: Visitor): Promise<string[]> {
  const document = (await ada.get("/openapi.json")).json as { paths: Record<string, Record<string, object>> };
  const texts: string[] = [];
  for (const [path, operations] of Object.entries(document.paths)) {
    if (!("get" in operations) || path.includes("{")) continue;
    const { text, headers } = await ada.get(path);
    const { "set-cookie": _, ...shown } = headers;
    texts.push(path, text, JSON.stringify(shown));
  }
  for (const query of ["?format=csv", "?format=ndjson"]) texts.push((await ada.get(`/api/v1/audit${query}`)).text);
  texts.push((await hub.send({ path: "/" })).text, (await hub.send({ path: "/metrics" })).text);
  return texts;
}

async function exported(hub: Running): Promise<string> {
  const directory = join(scratchDirectory(), "export");
  const { code, output } = await runDeskwatch(["export", directory, "--url", hub.url]);
  expect(code).toBe(0);
  const files = readdirSync(directory).map((file) => readFileSync(join(directory, file), "latin1"));
  return [output, ...files].join("\n");
}

/** Files that are there to hold one secret, each readable by its owner only. */
const KEEPERS = new Map([
  ["auth-secret", "the secret of sessions"],
  ["local-token", "the token of the machine"],
]);

function inFiles(secrets: Secrets, dataDir: string): string[] {
  return readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const text = readFileSync(join(entry.parentPath, entry.name), "latin1");
      const allowed = KEEPERS.get(entry.name);
      return found(secrets, entry.name, text).filter((each) => each !== `${allowed} in ${entry.name}`);
    });
}

async function searchEverywhere(hub: Running): Promise<{ leaks: string[]; secrets: Secrets }> {
  const { secrets, ada } = await spendSecrets(hub);
  const texts = await answers(hub, ada);
  await allPrinted(hub);
  const leaks = [
    ...found(secrets, "an answer", texts.join("\n")),
    ...found(secrets, "an export", await exported(hub)),
    ...found(secrets, "what the hub printed", hub.printed()),
    ...inFiles(secrets, hub.dataDir),
  ];
  // The search finds what is there: a name that nobody hides.
  expect(found(new Map([["a name", "Vera"]]), "an answer", texts.join("\n"))).toHaveLength(1);
  return { leaks, secrets };
}

describe("secrets", () => {
  test("are in no answer, export, log line or file, however they were used", { timeout: BUSY_MS }, async () => {
    const hub = await startTalkative();
    const { leaks } = await searchEverywhere(hub);
    expect(leaks).toEqual([]);
    expect(inFiles(new Map([["a name", "Vera"]]), hub.dataDir).length).toBeGreaterThan(0);
  });
});

requireTool("postgres")("secrets of a hub on PostgreSQL", () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  test("are in no table either, nor is the password of the database in what the hub prints", {
    timeout: BUSY_MS,
  }, async () => {
    const databaseUrl = await postgres.createDatabase();
    const hub = await startTalkative(databaseUrl);
    const { leaks, secrets } = await searchEverywhere(hub);
    const dump = await everyRow(databaseUrl);
    expect([...leaks, ...found(secrets, "the database", dump)]).toEqual([]);
    expect(found(new Map([["a name", "Vera"]]), "the database", dump)).toHaveLength(1);
    const { password } = new URL(databaseUrl);
    if (password !== "") expect(hub.printed()).not.toContain(password);
  });
});

async function everyRow(databaseUrl: string): Promise<string> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'",
    );
    const texts: string[] = [];
    for (const { name } of rows) {
      const dump = await client.query<{ row: string }>(`SELECT to_jsonb(t)::text AS row FROM ${name} t`);
      texts.push(...dump.rows.map(({ row }) => row));
    }
    return texts.join("\n");
  } finally {
    await client.end();
  }
}
