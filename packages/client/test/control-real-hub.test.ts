import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { ensure } from "../../../src/base/assert.ts";
import { readLocalAccess } from "../../../src/http/access/local-token.ts";
import type { CommandView } from "../../../src/protocol/api-control.ts";
import { type DeskProcess, startDeskProcess } from "../../../test/support/desk-process.ts";
import { scratchDirectory } from "../../../test/support/scratch.ts";
import { scratchHub } from "../../../test/support/scratch-hub.ts";
import { requireTool } from "../../../test/support/tools.ts";
import { waitUntil } from "../../../test/support/wait-until.ts";
import { type ControlOptions, createControl, createReporter } from "../src/index.ts";
import { restingOrder } from "./controlling.ts";

const PYTHON_BOT = fileURLToPath(new URL("./python_control.py", import.meta.url));

/** What an operator does with a real hub, wherever that is just now. */
function operator(dataDir: string, url: () => string) {
  const call = async (path: string, body?: object): Promise<Record<string, unknown>> => {
    const { token } = ensure(readLocalAccess(dataDir), "the local token");
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    return (await (await fetch(`${url()}${path}`, { headers, ...init })).json()) as Record<string, unknown>;
  };
  return {
    url,
    issue: async (command_id: string, action: string, target: object): Promise<void> => {
      const said = await call("/api/v1/controls", { action, target, reason: "a test", command_id });
      expect(said).toMatchObject({ command: { command_id } });
    },
    command: async (id: string) => (await call(`/api/v1/controls/${id}`))["command"] as CommandView,
  };
}

async function realHub() {
  const hub = await scratchHub();
  return operator(hub.dataDir, () => hub.url);
}

/** A hub in a process of its own. */
async function mortalHub() {
  const dataDir = join(scratchDirectory(), "data");
  let desk: DeskProcess = await startDeskProcess({ dataDir });
  onTestFinished(async () => {
    await desk.end("SIGTERM");
  });
  return {
    ...operator(dataDir, () => desk.url),
    /** Kills the hub and starts it again on the same port with the same data. */
    killed: async () => {
      const { port } = new URL(desk.url);
      await desk.end("SIGKILL");
      desk = await startDeskProcess({ dataDir, args: ["--port", port] });
    },
  };
}

function startBot(url: string, options: Partial<ControlOptions> = {}) {
  const reporter = createReporter({ url, bot: "b-1", strategy: "making", heartbeatS: 0, flushMs: 5 });
  const ran: string[] = [];
  const control = createControl({
    ...{ url, bot: "b-1", reporter, retry: { minMs: 10, maxMs: 100 } },
    onCommand: ({ action }) => {
      ran.push(action);
    },
    ...options,
  });
  onTestFinished(async () => {
    control.close();
    await reporter.close({ timeoutMs: 0 });
  });
  return { reporter, control, ran };
}

describe("a bot under the control of a real hub", () => {
  test("is halted, and the halt is verified by what it tells", async () => {
    const hub = await realHub();
    const resting = [restingOrder("o-1"), restingOrder("o-2")];
    const { reporter, control } = startBot(hub.url(), {
      openOrders: () => resting,
      onCommand: async () => {
        resting.length = 0;
      },
    });
    reporter.botStarted({ status: "running", venues: [{ venue: "binance", connected: true }] });
    for (const order of resting) reporter.orderPlaced(order);
    expect(await control.ready({ timeoutMs: 30_000 })).toBe(true);
    expect(control.status().by).toBe("link");
    await waitUntil("the hub knows the strategy", async () => {
      const said = await fetch(`${hub.url()}/api/v1/bots/b-1`);
      return said.status === 200 && (await said.text()).includes('"open_orders":2');
    });
    await hub.issue("h-1", "halt", { strategy: "making" });
    await waitUntil("it is verified", async () => (await hub.command("h-1")).state === "verified");
    expect(await hub.command("h-1")).toMatchObject({
      bots: [{ bot: "b-1", evidence: "reported", open_orders: 0, orders_since: 0, error: null }],
    });
    expect(control.allowed({ intent: "exit" })).toBe(false);
    await hub.issue("h-2", "halt", { venue: "binance" });
    await hub.issue("h-3", "resume", { all: true });
    await waitUntil("it is free", () => control.allowed({ venue: "binance" }));
    await waitUntil("that is acknowledged", async () => (await hub.command("h-3")).state === "acknowledged");
    await waitUntil("the bot says so", async () =>
      (await (await fetch(`${hub.url()}/api/v1/bots/b-1`)).text()).includes('"status":"running"'),
    );
  }, 180_000);

  test("is halted by what was issued while it was away, does it once, and stays halted when the hub is killed", async () => {
    const hub = await mortalHub();
    const first = startBot(hub.url());
    first.reporter.botStarted({ status: "running" });
    expect(await first.control.ready({ timeoutMs: 30_000 })).toBe(true);
    await waitUntil("its start is told", () => first.reporter.stats().accepted > 0);
    first.control.close();
    await hub.issue("k-1", "halt", { bot: "b-1" });
    await hub.killed();
    const second = startBot(hub.url(), { untilHeard: "block", openOrders: () => [] });
    expect(second.control.allowed({})).toBe(false);
    expect(await second.control.ready({ timeoutMs: 30_000 })).toBe(true);
    expect(second.control.state).toBe("halted");
    await waitUntil("it is verified", async () => (await hub.command("k-1")).state === "verified");
    await hub.killed();
    await waitUntil("it is connected to the next", () => second.control.status().by === "link");
    expect([second.control.state, second.ran]).toEqual(["halted", ["halt"]]);
    expect((await hub.command("k-1")).bots).toMatchObject([{ bot: "b-1", evidence: "reported" }]);
  }, 180_000);
});

requireTool("python3")("a Python bot under the control of a real hub", () => {
  test("is halted, and the halt is verified by what it tells", async () => {
    const hub = await realHub();
    const child = spawn("python3", [PYTHON_BOT, "obeys"], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, DESKWATCH_URL: hub.url() },
    });
    onTestFinished(() => {
      child.kill("SIGKILL");
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
    });
    await waitUntil("it has heard the hub", () => output.includes("ready True"));
    const started = { type: "bot.started", bot: "b-1", ts: new Date().toISOString(), status: "running" };
    await fetch(`${hub.url()}/api/v1/events`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(started),
    });
    await hub.issue("p-1", "flatten", { bot: "b-1" });
    await waitUntil("it is verified", async () => (await hub.command("p-1")).state === "verified");
    expect(output).toContain("handler flatten reducing False False");
    expect(await hub.command("p-1")).toMatchObject({ bots: [{ open_orders: 0, positions: 0, evidence: "reported" }] });
  }, 180_000);
});
