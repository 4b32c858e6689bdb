import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseEvent } from "../../../src/protocol/parse-event.ts";
import { type FakeControl, startFakeControl } from "../../../test/support/fake-hub/fake-control.ts";
import { requireTool } from "../../../test/support/tools.ts";
import { waitUntil } from "../../../test/support/wait-until.ts";

const BOT = fileURLToPath(new URL("./python_control.py", import.meta.url));

requireTool("python3")("a Python bot under control", () => {
  let hub: FakeControl;
  let stateFile: string;
  let directory: string;
  const running: ChildProcess[] = [];

  beforeEach(async () => {
    hub = await startFakeControl();
    directory = mkdtempSync(join(tmpdir(), "deskwatch-python-control-"));
    stateFile = join(directory, "kept", "control.json");
  });

  afterEach(async () => {
    for (const child of running.splice(0)) child.kill("SIGKILL");
    await hub.down();
    rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  });

  const start = (does: string, environment: Record<string, string> = {}) => {
    const child = spawn("python3", [BOT, does], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, DESKWATCH_URL: hub.url, ...environment },
    });
    running.push(child);
    const run = { child, lines: [] as string[], says: (line: string) => waitUntil(`the bot says ${line}`, has(line)) };
    const has = (line: string) => () => run.lines.includes(line);
    let rest = "";
    child.stdout.on("data", (chunk: Buffer) => {
      const parts = (rest + chunk.toString("utf8")).split("\n");
      rest = parts.pop() ?? "";
      run.lines.push(...parts);
    });
    return run;
  };
  const finish = async ({ child }: { readonly child: ChildProcess }): Promise<void> => {
    const closed = once(child, "close");
    child.stdin?.end();
    expect((await closed)[0]).toBe(0);
  };
  const told = (type: string) => hub.events.filter((event) => event.type === type);

  test("names its reporter's strategy when it asks", async () => {
    const run = start("obeys", { BOT_STRATEGY: "market making" });
    await run.says("state running True True False");
    expect(hub.asked[0]).toBe("/api/v1/commands?bot=b-1&strategy=market%20making&wait=0");
  });

  test("changes its flag, does what is asked, acknowledges and tells what is left when commands come", async () => {
    const run = start("obeys");
    await run.says("state running True True False");
    for (const action of ["pause", "flatten", "halt", "resume"] as const) {
      const before = hub.acks.length;
      hub.issue(action);
      await waitUntil(`the ${action} is acknowledged`, () => hub.acks.length > before);
    }
    await run.says("handler resume running True False");
    await waitUntil("what is left is told", () => told("position.snapshot").length > 0);
    await waitUntil("each state is told", () => told("bot.state").length === 4);
    expect(run.lines.filter((line) => line.startsWith("handler"))).toEqual([
      "handler pause paused False False",
      "handler flatten reducing False False",
      "handler halt halted False False",
      "handler resume running True False",
    ]);
    expect(told("bot.state").map(({ status }) => status)).toEqual(["paused", "reducing", "halted", "running"]);
    expect(told("orders.snapshot")[0]).toMatchObject({ orders: [], source: "bot" });
    expect(hub.acks.map(({ command_id, error }) => [command_id, error])).toEqual(
      ["c-1", "c-2", "c-3", "c-4"].map((id) => [id, undefined]),
    );
    expect(hub.events.map((event) => parseEvent({ ...event })).filter(({ ok }) => !ok)).toEqual([]);
    await finish(run);
  });

  test("holds a venue for itself when a command is of one", async () => {
    const run = start("obeys");
    await run.says("state running True True False");
    hub.issue("halt", { venue: "binance" });
    await run.says("state running False False False");
    hub.issue("resume", { venue: "binance" });
    await waitUntil(
      "it goes on",
      () => run.lines.filter((line) => line === "state running True True False").length === 2,
    );
    await finish(run);
  });

  test("tells why when its handler raises", async () => {
    const run = start("fails");
    hub.issue("halt");
    await waitUntil("it is acknowledged", () => hub.acks.length > 0);
    expect(hub.acks).toEqual([{ command_id: "c-1", error: "the venue refused", by: "poll" }]);
    await run.says("state halted False False False");
    await finish(run);
  });

  test("runs a coroutine on the bot's own loop, and tells what it returns", async () => {
    const run = start("awaits");
    hub.issue("halt");
    await run.says("handler halt True");
    await waitUntil("what is left is told", () => told("orders.snapshot").length > 0);
    expect(told("orders.snapshot")[0]).toMatchObject({ orders: [{ order_id: "o-1" }] });
    await finish(run);
  });

  test("runs a halt at once when the handler of a pause hangs", async () => {
    const run = start("hangs");
    await run.says("state running True True False");
    hub.issue("pause");
    await run.says("handler pause");
    hub.issue("halt");
    await waitUntil("the halt is acknowledged", () => hub.acks.length > 0);
    expect(hub.acks.map(({ command_id }) => command_id)).toEqual(["c-2"]);
    await finish(run);
  });

  test("tells what is left once more when the hub asks anew for what it had confirmed", async () => {
    const run = start("obeys");
    await run.says("state running True True False");
    hub.forgetful = true;
    hub.issue("halt");
    await waitUntil("it is proven again", () => hub.acks.length >= 2 && told("orders.snapshot").length >= 2);
    hub.forgetful = false;
    await waitUntil("the hub has it", () => hub.orders().commands.length === 0);
    expect(run.lines.filter((line) => line.startsWith("handler"))).toHaveLength(1);
    await finish(run);
  });

  test("does a command once when its acknowledgements are lost and the line is cut", async () => {
    const run = start("obeys");
    await run.says("state running True True False");
    hub.loseAcks = true;
    hub.forgetful = true;
    hub.issue("halt");
    await waitUntil("it was acknowledged three times", () => hub.acks.length >= 3);
    hub.cut();
    hub.loseAcks = false;
    const before = hub.acks.length;
    await waitUntil("it is acknowledged again", () => hub.acks.length > before);
    hub.forgetful = false;
    await waitUntil("the hub has it", () => hub.orders().commands.length === 0);
    expect(run.lines.filter((line) => line.startsWith("handler"))).toEqual(["handler halt halted False False"]);
    await finish(run);
  });

  test.each([
    ["resets the line", undefined],
    ["answers 503", "HTTP/1.1 503 Sorry\r\nretry-after: 0\r\ncontent-length: 2\r\n\r\n{}"],
    ["answers 429", "HTTP/1.1 429 Later\r\nretry-after: 0\r\ncontent-length: 2\r\n\r\n{}"],
    ["refuses the key", "HTTP/1.1 401 No\r\ncontent-length: 2\r\n\r\n{}"],
    ["talks something else", "SSH-2.0-OpenSSH_9\r\n\r\n"],
    ["cuts its answer", "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"],
    ["tells half an order", 'HTTP/1.1 200 OK\r\ncontent-length: 19\r\n\r\n{"state":"running"}'],
    ["tells a strange state", 'HTTP/1.1 200 OK\r\ncontent-length: 29\r\n\r\n{"state":"mad","commands":[]} '],
  ])("is halted all the same when the hub first %s", async (_what, says) => {
    let troubles = 0;
    hub.intercept = (_request, socket) => {
      if (troubles++ >= 3) return false;
      if (says !== undefined) socket.write(says);
      socket.destroySoon();
      return true;
    };
    const run = start("obeys");
    await run.says("ready True");
    hub.issue("halt");
    await run.says("state halted False False False");
    await waitUntil("it is acknowledged", () => hub.acks.length > 0);
    await finish(run);
  });

  test("starts halted after a kill when no hub is there", async () => {
    const first = start("obeys", { DESKWATCH_STATE: stateFile });
    await first.says("ready True");
    hub.issue("halt");
    await waitUntil("it is acknowledged", () => hub.acks.length > 0);
    first.child.kill("SIGKILL");
    await once(first.child, "close");
    expect(JSON.parse(readFileSync(stateFile, "utf8"))).toEqual({
      ...{ bot: "b-1", state: "halted", venues: {}, stopped: false },
    });
    await hub.down();
    const second = start("obeys", { DESKWATCH_STATE: stateFile });
    await second.says("starts halted False");
    hub.issue("resume");
    await hub.up();
    await second.says("state running True True False");
    await finish(second);
  });

  test("halts itself when the hub is away for too long, and goes on by a resume alone", async () => {
    const run = start("stops");
    await run.says("state running True True False");
    await hub.down();
    await run.says("state halted False False True");
    await run.says("handler halt True");
    const asked = hub.asked.length;
    await hub.up();
    await waitUntil("it has asked again", () => hub.asked.length > asked + 2);
    expect(run.lines.filter((line) => line.startsWith("state running")).length).toBe(1);
    hub.issue("resume");
    await run.says("handler resume False");
    await waitUntil("it goes on", () => run.lines.filter((line) => line.startsWith("state running")).length === 2);
    await waitUntil("that is acknowledged", () => hub.acks.length > 0);
    expect(hub.acks.map(({ command_id }) => command_id)).toEqual(["c-1"]);
    await finish(run);
  });

  test("ends by itself when nothing but its control is open", async () => {
    const run = start("ends");
    await once(run.child, "close");
    // It may have heard the hub before it says how it starts.
    expect(run.lines.at(0)).toMatch(/^starts (halted False|running True)$/);
    expect(run.lines.slice(1)).toEqual(["ready True True"]);
  });

  test("says its key in the header alone", async () => {
    const run = start("ends", { DESKWATCH_KEY: "dw_secret-canary" });
    await once(run.child, "close");
    expect(hub.authorizations[0]).toBe("Bearer dw_secret-canary");
    expect(hub.asked.join()).not.toContain("canary");
  });
});
