import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { startHubProcess } from "../../scripts/hub-process.ts";
import { freshDemoStore } from "../../src/app/demo/demo-store.ts";
import { demoDeskView, deskAnswer } from "../../src/protocol/api-sessions.ts";
import { runDeskwatch } from "../support/desk-process.ts";
import { scratchDesk } from "../support/scratch.ts";
import { waitUntil } from "../support/wait-until.ts";

const MAIN = fileURLToPath(new URL("../../src/app/main.ts", import.meta.url));
const WITHIN_MS = 60_000;
const exec = promisify(execFile);

const bots = z.object({
  bots: z.array(z.object({ bot: z.string(), mode: z.string(), liveness: z.string(), fills: z.number() })),
});
const events = z.object({ events: z.array(z.object({ bot: z.string(), type: z.string() })) });

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), "deskwatch-demo-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const body = async (url: string): Promise<unknown> => (await fetch(url)).json();

async function startDemo(dataDir: string): Promise<{ readonly url: string; readonly pid: number }> {
  const { address, pid, end } = await startHubProcess({
    command: process.execPath,
    args: [MAIN, "demo", "--port", "0", "--hours", "0.05", "--data-dir", dataDir],
    cwd: tmpdir(),
    env: { PATH: process.env["PATH"], DESKWATCH_LOG_LEVEL: "warn" },
  });
  onTestFinished(() => end("SIGKILL"));
  return { url: address, pid };
}

const stateOf = async (url: string) => deskAnswer.parse(await body(`${url}/api/v1/desk`)).demo?.state;

describe("the demo desk", () => {
  test("fills its past, lives on, is a demo all over, and is wiped without a trace of it or of anything else", async () => {
    const dataDir = directory();
    writeFileSync(join(dataDir, "deskwatch.db"), "the real store");
    const { url } = await startDemo(dataDir);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    await waitUntil("the past is told", async () => (await stateOf(url)) === "live", WITHIN_MS);
    expect(deskAnswer.parse(await body(`${url}/api/v1/desk`))).toMatchObject({ kind: "demo", mode: "demo" });
    const shown = () => body(`${url}/api/v1/bots`).then((answer) => bots.parse(answer).bots);
    expect((await shown()).map(({ bot }) => bot).toSorted()).toEqual(["arb-1", "mm-alts", "mm-majors", "perp-eth"]);
    expect(new Set((await shown()).map(({ mode, liveness }) => `${mode} ${liveness}`))).toEqual(
      new Set(["demo alive"]),
    );
    await waitUntil(
      "something is filled",
      async () => (await shown()).reduce((sum, { fills }) => sum + fills, 0) > 0,
      WITHIN_MS,
    );
    expect(await body(`${url}/api/edges`)).toMatchObject({ edges: expect.arrayContaining([expect.anything()]) });
    for (const mode of ["live", "paper", "simulate"])
      expect(events.parse(await body(`${url}/api/v1/events?mode=${mode}`)).events).toEqual([]);

    const foreign = { method: "DELETE", headers: { origin: "https://elsewhere.example" } };
    expect((await fetch(`${url}/api/v1/demo`, foreign)).status).toBe(403);
    expect((await fetch(`${url}/api/v1/demo`, { method: "DELETE" })).status).toBe(202);
    await waitUntil("the store is gone", () => !existsSync(join(dataDir, "demo")), WITHIN_MS);
    expect(readdirSync(dataDir)).toEqual(["deskwatch.db"]);
  }, 120_000);

  test("says that the simulator has stopped when that has crashed, and goes on showing what there is", async () => {
    const { url, pid } = await startDemo(directory());
    await waitUntil("the past is told", async () => (await stateOf(url)) === "live", WITHIN_MS);
    const { stdout } = await exec("ps", ["-o", "pid=", "--ppid", String(pid)]);
    process.kill(Number(stdout.trim().split("\n")[0]), "SIGKILL");
    await waitUntil("the demo says so", async () => (await stateOf(url)) === "stopped", WITHIN_MS);
    expect(bots.parse(await body(`${url}/api/v1/bots`)).bots).toHaveLength(4);
  }, 120_000);

  test("is started beside an ordinary hub, whose own store gets none of it", async () => {
    const desk = await scratchDesk();
    const demo = () => body(`${desk.url}/api/v1/demo`).then((answer) => demoDeskView.parse(answer));
    expect(await demo()).toEqual({ state: "none" });
    const begun = await fetch(`${desk.url}/api/v1/demo`, { method: "POST" });
    expect(begun.status).toBe(201);
    const { url = "" } = demoDeskView.parse(await begun.json());
    expect(deskAnswer.parse(await body(`${url}/api/v1/desk`)).kind).toBe("demo");
    expect((await demo()).url).toBe(url);
    await waitUntil(
      "all bots speak",
      async () => bots.parse(await body(`${url}/api/v1/bots`)).bots.length === 4,
      WITHIN_MS,
    );
    expect(events.parse(await body(`${desk.url}/api/v1/events?mode=all`)).events).toEqual([]);
    expect(deskAnswer.parse(await body(`${desk.url}/api/v1/desk`))).toMatchObject({ kind: "live", mode: "live" });
    expect((await fetch(`${desk.url}/api/v1/demo`, { method: "DELETE" })).status).toBe(404);
    process.kill(desk.pid, "SIGKILL");
    await waitUntil(
      "the demo ends",
      () =>
        fetch(`${url}/healthz`)
          .then(() => false)
          .catch(() => true),
      WITHIN_MS,
    );
  }, 120_000);

  test("leaves alone what it did not make: a link, and a directory of somebody else", async () => {
    const dataDir = directory();
    const others = directory();
    writeFileSync(join(others, "precious"), "");
    symlinkSync(others, join(dataDir, "demo"));
    const wipe = () => runDeskwatch(["demo", "--wipe", "--data-dir", dataDir]);
    expect(await wipe()).toMatchObject({ code: 1, output: expect.stringContaining("left alone") });
    rmSync(join(dataDir, "demo"));
    mkdirSync(join(dataDir, "demo"));
    writeFileSync(join(dataDir, "demo", "precious"), "");
    expect(await wipe()).toMatchObject({ code: 1, output: expect.stringContaining("left alone") });
    expect(await runDeskwatch(["demo", "--data-dir", dataDir])).toMatchObject({ code: 1 });
    expect([readdirSync(others), readdirSync(join(dataDir, "demo"))]).toEqual([["precious"], ["precious"]]);
  }, 60_000);

  test("lends its directory to no ordinary hub, whose store the next demo would delete", async () => {
    const dataDir = directory();
    expect(freshDemoStore(dataDir).ok).toBe(true);
    const refused = await runDeskwatch(["start", "--port", "0", "--data-dir", join(dataDir, "demo")]);
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining("is a demo's") });
    expect(readdirSync(join(dataDir, "demo"))).toEqual(["deskwatch-demo"]);
  });

  test("is refused a database, which would be the real one", async () => {
    const refused = await runDeskwatch([
      "demo",
      "--database-url",
      "postgres://localhost/desk",
      "--data-dir",
      directory(),
    ]);
    expect(refused).toMatchObject({ code: 2, output: expect.stringContaining("--database-url") });
  });
});
