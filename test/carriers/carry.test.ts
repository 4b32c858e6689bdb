import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { describe, expect, onTestFinished, test } from "vitest";
import { registerCarry } from "../../src/app/commands/carry.ts";
import { ensure } from "../../src/base/assert.ts";
import { BotApi } from "../../src/bots/carriers/bot-api.ts";
import type { CarriedBot } from "../../src/bots/carriers/carried.ts";
import { carry } from "../../src/bots/carriers/carry.ts";
import { Freqtrade } from "../../src/bots/carriers/freqtrade.ts";
import { Hummingbot } from "../../src/bots/carriers/hummingbot.ts";
import { readLocalAccess } from "../../src/http/access/local-token.ts";
import type { CommandView } from "../../src/protocol/api-control.ts";
import { type FakeBotApi, USER } from "../fakes/fake-bot-api.ts";
import { openOrder, openTrade, startFakeFreqtrade } from "../fakes/fake-freqtrade.ts";
import { perpetual, startFakeHummingbot } from "../fakes/fake-hummingbot.ts";
import { type FakeControl, startFakeControl } from "../support/fake-hub/fake-control.ts";
import { startDeskProcess } from "../support/desk-process.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { waitUntil } from "../support/wait-until.ts";

const MAIN = fileURLToPath(new URL("../../src/app/main.ts", import.meta.url));

const apiOf = (bot: FakeBotApi): BotApi =>
  new BotApi({ url: bot.url, username: USER, password: bot.password, timeoutMs: 30_000 });

/** A carrier between a fake hub and a bot; ended with the test. */
async function carrying(
  carried: CarriedBot,
  stopAfterS?: number,
): Promise<{ readonly hub: FakeControl; readonly lines: string[] }> {
  const hub = await startFakeControl("ft-1");
  const lines: string[] = [];
  const stop = new AbortController();
  const running = carry(
    {
      ...{ carried, bot: "ft-1", url: hub.url, key: undefined, mode: "live", stateFile: undefined, everyMs: 30 },
      stopAfterS,
      say: (line) => lines.push(line),
    },
    stop.signal,
  );
  onTestFinished(async () => {
    stop.abort();
    await running;
    await hub.down();
  });
  await waitUntil("the hub is heard", () => hub.links() > 0);
  return { hub, lines };
}

const newest = (hub: FakeControl, type: string) => hub.events.filter((event) => event.type === type).at(-1);

describe("a carrier", () => {
  test("halts freqtrade, acknowledges when it is stopped, and tells what is left", async () => {
    const bot = await startFakeFreqtrade();
    bot.trades = [openTrade(1, { orders: [openOrder("x-1", "sell")] })];
    const { hub } = await carrying(new Freqtrade(apiOf(bot)));
    hub.issue("halt");
    await waitUntil("it is acknowledged", () => hub.acks.length > 0);
    expect([bot.state, hub.acks]).toEqual(["stopped", [{ command_id: "c-1", by: "link" }]]);
    await waitUntil("what rests is told", () => newest(hub, "orders.snapshot") !== undefined);
    expect(newest(hub, "orders.snapshot")).toMatchObject({ bot: "ft-1", mode: "paper", orders: [], source: "bot" });
    await waitUntil("its state is told", () => newest(hub, "bot.state")?.["status"] === "halted");
    hub.issue("flatten");
    await waitUntil("what is held is told", () => newest(hub, "position.snapshot") !== undefined);
    expect([newest(hub, "position.snapshot")?.["positions"], bot.trades]).toEqual([[], []]);
    hub.issue("resume");
    await waitUntil("it goes on", () => bot.state === "running" && hub.acks.length === 3);
  });

  test("holds freqtrade when its venue is held, and leaves it alone for another", async () => {
    const bot = await startFakeFreqtrade();
    const { hub } = await carrying(new Freqtrade(apiOf(bot)));
    hub.issue("halt", { venue: "kraken" });
    await waitUntil("it is acknowledged", () => hub.acks.length === 1);
    expect(bot.state).toBe("running");
    hub.issue("pause", { venue: "binance" });
    await waitUntil("it is acknowledged", () => hub.acks.length === 2);
    expect(bot.state).toBe("paused");
    hub.issue("resume", { venue: "binance" });
    await waitUntil("it goes on", () => bot.state === "running");
  });

  test("starts nothing that is stopped when a pause is asked for", async () => {
    const bot = await startFakeFreqtrade();
    bot.state = "stopped";
    const { hub } = await carrying(new Freqtrade(apiOf(bot)));
    hub.issue("pause");
    await waitUntil("it is acknowledged", () => hub.acks.length === 1);
    expect(bot.state).toBe("stopped");
  });

  test("halts it again when somebody starts it although it is to be halted", async () => {
    const bot = await startFakeFreqtrade();
    const { hub, lines } = await carrying(new Freqtrade(apiOf(bot)));
    hub.issue("halt");
    await waitUntil("it is acknowledged", () => hub.acks.length === 1);
    bot.state = "running";
    await waitUntil("it is stopped again", () => bot.state === "stopped");
    expect(lines).toContain("ft-1 is running although it is to be halted: told again");
    expect(hub.acks).toHaveLength(1);
  });

  test("tells a bot that cannot be paused so ever more seldom, says it once, and goes on being heard", async () => {
    let looks = 0;
    let asked = 0;
    const carried: CarriedBot = {
      sign: async () => {
        looks++;
        return { state: "running" };
      },
      pause: async () => {
        asked++;
        throw new Error("it cannot refuse entries alone");
      },
      ...{ halt: async () => undefined, flatten: async () => undefined, resume: async () => undefined },
      ...{ openOrders: undefined, positions: undefined },
    };
    const { hub, lines } = await carrying(carried);
    hub.issue("pause");
    await waitUntil("it is answered", () => hub.acks.length === 1);
    const before = looks;
    await waitUntil("it was looked at often", () => looks > before + 60);
    expect(hub.acks[0]?.error).toBe("it cannot refuse entries alone");
    expect(asked).toBeLessThan(20);
    expect(lines.filter((line) => line.includes("although"))).toHaveLength(1);
    expect(lines.filter((line) => line.includes("was not made"))).toHaveLength(2);
    expect(lines.filter((line) => line.includes("is away"))).toEqual([]);
    expect(hub.links()).toBe(1);
  });

  test("tells the hub why a command was not carried out", async () => {
    const bot = await startFakeFreqtrade();
    const { hub } = await carrying(new Freqtrade(apiOf(bot)));
    bot.instead = ({ path }) => (path.endsWith("/stop") ? { status: 502, body: { error: "no" } } : undefined);
    hub.issue("halt");
    await waitUntil("it is acknowledged", () => hub.acks.length > 0);
    expect(hub.acks[0]?.error).toBe("POST /api/v1/stop: 502 no");
    bot.instead = undefined;
    await waitUntil("it is tried again", () => bot.state === "stopped");
  });

  test("is heard by the hub only while the bot can be reached, and carries what waited when it is back", async () => {
    const bot = await startFakeFreqtrade();
    const { hub } = await carrying(new Freqtrade(apiOf(bot)));
    await waitUntil("it beats", () => newest(hub, "heartbeat") !== undefined);
    await bot.down();
    await waitUntil("the hub hears nothing of it", () => hub.links() === 0);
    hub.issue("halt");
    await bot.up();
    await waitUntil("it is halted", () => bot.state === "stopped");
    await waitUntil("that is acknowledged", () => hub.acks.length === 1);
  });

  test("halts it when the hub is away for too long, and lets it go on by a resume", async () => {
    const bot = await startFakeFreqtrade();
    const { hub } = await carrying(new Freqtrade(apiOf(bot)), 0.4);
    await hub.down();
    await waitUntil("it is halted", () => bot.state === "stopped");
    hub.issue("resume");
    await hub.up();
    await waitUntil("it goes on", () => bot.state === "running");
    await waitUntil("that is acknowledged", () => hub.acks.length === 1);
  });

  test("halts a Hummingbot instance, and refuses to hold it at one venue", async () => {
    const bot = await startFakeHummingbot();
    bot.positions = [perpetual("BTC-USDT", "LONG", 1)];
    const { hub } = await carrying(
      new Hummingbot(apiOf(bot), { instance: "hb-1", account: "master_account", pauseAs: "refuse" }),
    );
    hub.issue("pause");
    hub.issue("halt", { venue: "binance_perpetual" });
    await waitUntil("both are answered", () => hub.acks.length === 2);
    expect(hub.acks.map(({ error }) => error?.slice(0, 36)).sort()).toEqual([
      "Hummingbot cannot refuse entries alo",
      "this bot cannot be held at one venue",
    ]);
    hub.issue("flatten");
    await waitUntil("it is flat", () => newest(hub, "position.snapshot") !== undefined);
    expect([newest(hub, "position.snapshot")?.["positions"], bot.status]).toEqual([[], "stopped"]);
    expect(newest(hub, "orders.snapshot")).toBeUndefined();
  });
});

describe("deskwatch carry", () => {
  test("carries a halt of a real hub to freqtrade, and it is verified", async () => {
    const bot = await startFakeFreqtrade();
    bot.dryRun = false;
    bot.trades = [openTrade(1, { orders: [openOrder("x-1", "sell")] })];
    const directory = scratchDirectory();
    const dataDir = join(directory, "data");
    const desk = await startDeskProcess({ dataDir });
    onTestFinished(() => desk.end("SIGTERM"));
    const secret = join(directory, "secret");
    writeFileSync(secret, `${USER}:${bot.password}\n`, { mode: 0o600 });
    const args = ["carry", "freqtrade", "--bot", "ft-1", "--at", bot.url, "--credentials", secret, "--every", "0.1"];
    const child = spawn(process.execPath, [MAIN, ...args, "--url", desk.url], { cwd: tmpdir(), stdio: "pipe" });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString("utf8");
      });
    onTestFinished(() => {
      child.kill("SIGKILL");
    });
    const { token } = ensure(readLocalAccess(dataDir), "the local token");
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const issue = async (): Promise<number> => {
      const body = JSON.stringify({ action: "halt", target: { bot: "ft-1" }, reason: "a test", command_id: "f-1" });
      return (await fetch(`${desk.url}/api/v1/controls`, { method: "POST", headers, body })).status;
    };
    await waitUntil("the hub knows the bot", async () => (await issue()) < 300);
    const command = async (): Promise<CommandView> => {
      const answer = await fetch(`${desk.url}/api/v1/controls/f-1`, { headers });
      return ((await answer.json()) as { command: CommandView }).command;
    };
    await waitUntil("it is verified", async () => (await command()).state === "verified");
    expect(await command()).toMatchObject({ bots: [{ evidence: "reported", open_orders: 0, error: null }] });
    expect([bot.state, output.includes("canary")]).toEqual(["stopped", false]);
    expect(output).toContain("ft-1 is told to halt: a test");
  }, 180_000);

  test("says what is wrong with how it was called, and never what is secret", async () => {
    const missing = join(scratchDirectory(), "nothing");
    const inside = "http://me:hb_secret-canary@127.0.0.1:1";
    expect(await misused(["freqtrade", "--at", "http://127.0.0.1:1"])).toContain("FREQTRADE_USERNAME");
    expect(await misused(["hummingbot", "--at", "http://127.0.0.1:1"])).toContain("HUMMINGBOT_API_PASSWORD");
    expect(await misused(["hummingbot", "--at", inside])).toContain("use --credentials");
    expect(await misused(["hummingbot", "--at", "http://x", "--pause", "wait"])).toContain("refuse or stop");
    expect(await misused(["freqtrade", "--at", "http://x", "--credentials", missing])).toContain("ENOENT");
    expect(await misused(["freqtrade", "--at", "http://x", "--credentials", MAIN])).toContain("name:password");
    expect(await misused(["freqtrade", "--at", "http://x", "--every", "0"])).toContain("--every");
    expect(await misused(["freqtrade", "--at", "http://x", "--stop-after", "soon"])).toContain("--stop-after");
    expect(await misused(["freqtrade", "--at", "ftp://x"])).toContain("--at");
  });
});

/** What the command says when it is called wrongly: it ends with 2, and shows no secret. */
async function misused(args: readonly string[]): Promise<string> {
  let [said, code] = ["", 0];
  const stream = { write: (text: string) => (said += text) };
  const io = {
    ...{ environment: {}, stdin: process.stdin, stdout: stream, stderr: stream },
    exitCode: (ended: number) => {
      code = ended;
    },
  };
  const program = new Command();
  registerCarry(program, io, () => AbortSignal.abort());
  await program.parseAsync(["carry", ...args, "--bot", "ft-1"], { from: "user" });
  expect([code, said.includes("canary")]).toEqual([2, false]);
  return said;
}
