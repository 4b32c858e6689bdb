import { afterAll, beforeAll, expect, test } from "vitest";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DeskProcess, runDeskwatch, startDeskProcess } from "../support/desk-process.ts";
import { problemOf } from "../support/problem-of.ts";
import { callRaw } from "../support/raw-http.ts";

const NOTE = JSON.stringify({ type: "annotation", bot: "alpha", ts: "2026-05-04T00:00:00Z", title: "deploy" });

let dataDir: string;
let desk: DeskProcess;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "deskwatch-strangers-"));
  desk = await startDeskProcess({ dataDir });
});

afterAll(async () => {
  await desk.end("SIGKILL");
  rmSync(dataDir, { recursive: true, force: true });
});

const post = (headers: Readonly<Record<string, string>>, body = NOTE) =>
  callRaw(desk.url, { path: "/api/v1/events", headers: { "content-type": "application/json", ...headers }, body });

/** A key made as its owner would, on the command line. */
async function makeKey(...args: readonly string[]): Promise<string> {
  const { code, output } = await runDeskwatch(["keys", "create", "test", "--data-dir", dataDir, ...args]);
  expect([code, output]).toEqual([0, expect.stringContaining("dw_")]);
  return /dw_\S+/.exec(output)?.[0] ?? "";
}

const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

const stored = async (): Promise<number> =>
  JSON.parse((await callRaw(desk.url, { path: "/api/v1/events" })).text).events.length;

test.each<[string, Record<string, string>, number, string]>([
  ["comes to an unknown Host", { host: "evil.example" }, 421, "host_not_allowed"],
  ["comes to a name that was rebound", { host: "127.0.0.1.evil.example:8000" }, 421, "host_not_allowed"],
  ["comes from the page of another site", { origin: "https://evil.example" }, 403, "forbidden"],
  ["comes from a sandboxed page", { origin: "null" }, 403, "forbidden"],
  ["is said by a browser to be cross-site", { "sec-fetch-site": "cross-site" }, 403, "forbidden"],
  ["has a key that is none", bearer("nonsense"), 401, "unauthenticated"],
  ["has a key that nobody made", bearer(`dw_${"x".repeat(51)}`), 401, "unauthenticated"],
])("refuses an event that %s, and stores nothing", async (_, headers, status, code) => {
  expect(problemOf(await post(headers))).toMatchObject({ status, code });
  expect(await stored()).toBe(0);
});

test("refuses what a key may not do: send with one to read, read with one to send, speak for another bot", async () => {
  const reader = await makeKey("--scope", "read");
  const sender = await makeKey("--scope", "ingest", "--bot", "beta");
  expect(problemOf(await post(bearer(reader)))).toMatchObject({ status: 403, code: "forbidden" });
  const read = await callRaw(desk.url, { path: "/api/v1/bots", headers: bearer(sender) });
  expect(problemOf(read)).toMatchObject({ status: 403, code: "forbidden" });
  expect(JSON.parse((await post(bearer(sender))).text)).toMatchObject({
    accepted: 0,
    rejected: [{ index: 0, code: "forbidden", path: "bot" }],
  });
  expect(await stored()).toBe(0);
  expect((await callRaw(desk.url, { path: "/api/v1/bots", headers: bearer(reader) })).status).toBe(200);
});

test("takes a document that names no bot as said by the bot of its key", async () => {
  const sender = await makeKey("--scope", "ingest", "--bot", "beta");
  const fill = JSON.stringify({ fill_id: "f-1", pair_id: "a:b", size_usd: 10, pnl_cents: 3 });
  const answer = await callRaw(desk.url, { path: "/api/fills", headers: bearer(sender), body: fill });
  expect([answer.status, JSON.parse(answer.text)]).toMatchObject([201, { bot: "beta", fill_id: "f-1" }]);
});

test("refuses a key from the moment that it is revoked", async () => {
  const key = await makeKey("--scope", "ingest");
  const heartbeat = JSON.stringify({ type: "heartbeat", bot: "alpha", ts: "2026-05-04T00:00:00Z" });
  expect((await post(bearer(key), heartbeat)).status).toBe(200);
  expect((await runDeskwatch(["keys", "revoke", key, "--data-dir", dataDir])).code).toBe(0);
  expect(problemOf(await post(bearer(key), heartbeat))).toMatchObject({ status: 401, code: "unauthenticated" });
});

test("hands the stream to nobody from the page of another site", async () => {
  const answer = await callRaw(desk.url, {
    path: "/api/v1/stream",
    headers: {
      origin: "https://evil.example",
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    },
  });
  expect(answer.status).toBe(403);
});
