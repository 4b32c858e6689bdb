import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Reporter, ReporterOptions } from "../src/index.ts";
import { until } from "./fake-hub.ts";
import { expectedIds, fill, reporting } from "./reporting.ts";

const BOT = fileURLToPath(new URL("./bot-process.ts", import.meta.url));
const desk = reporting();
let spoolDir: string;
const bots: ChildProcess[] = [];

const reporterFor = (options: Partial<ReporterOptions> = {}): Reporter => desk.reporterFor({ spoolDir, ...options });

interface BotArguments {
  readonly count: number;
  readonly first?: number;
  readonly end: "close" | "exit" | "idle" | "run";
  readonly dir?: string;
}

function startBot({ count, first = 0, end, dir = spoolDir }: BotArguments): ChildProcess {
  const bot = spawn(process.execPath, [BOT, desk.hub.url, dir, String(count), String(first), end], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  bots.push(bot);
  return bot;
}

/** Resolves when the bot's output has the text. */
async function says(bot: ChildProcess, text: string): Promise<void> {
  let heard = "";
  bot.stdout?.on("data", (chunk: Buffer) => {
    heard = (heard + chunk.toString("utf8")).slice(-1000);
  });
  await until(`the bot to say ${text}`, () => heard.includes(text));
}

async function spoolFiles(): Promise<string[]> {
  const names = await readdir(spoolDir, { recursive: true });
  return names
    .filter((name) => name.endsWith(".ndjson"))
    .sort()
    .map((name) => join(spoolDir, name));
}

beforeEach(async () => {
  spoolDir = await mkdtemp(join(tmpdir(), "deskwatch-spool-"));
});

afterEach(async () => {
  for (const bot of bots.splice(0)) bot.kill("SIGKILL");
  await rm(spoolDir, { recursive: true, force: true });
});

describe("while the hub is away", () => {
  test("keeps every fact on disk and delivers them before newer ones when the hub comes back", async () => {
    await desk.hub.down();
    const reporter = reporterFor({ queueMax: 200 });
    for (let index = 0; index < 3000; index += 100) {
      for (let step = 0; step < 100; step++) reporter.fill(fill(index + step));
      await until("room", () => reporter.stats().queued < 100);
    }
    await until("all on disk", () => reporter.stats().spooled === 3000);
    await desk.hub.up();
    for (let index = 3000; index < 3100; index++) reporter.fill(fill(index));
    await until("all delivered", () => desk.hub.events.length === 3100);
    expect(desk.fillIds()).toEqual(expectedIds(3100));
    await until("an empty spool", () => reporter.stats().spooled === 0);
    expect(reporter.stats()).toMatchObject({ accepted: 3100, dropped: 0, queued: 0 });
    reporter.fill(fill(3100));
    await until("the direct way", () => desk.hub.events.length === 3101);
  });

  test("lets samples pass while facts wait for older ones on disk", async () => {
    await desk.hub.down();
    const reporter = reporterFor();
    reporter.fill(fill(0));
    await until("on disk", () => reporter.stats().spooled === 1);
    reporter.tick({ duration_s: 1 });
    await desk.hub.up();
    await until("both", () => desk.hub.events.length === 2);
    expect(desk.hub.events.map((event) => event.type)).toEqual(["fill", "tick"]);
  });

  test("puts what it sent on disk when the hub hangs", async () => {
    desk.hub.behave = () => "hang";
    const reporter = reporterFor();
    for (let index = 0; index < 30; index++) reporter.fill(fill(index));
    await until("all on disk", () => reporter.stats().spooled === 30);
    reporter.fill(fill(30));
    await until("the next too", () => reporter.stats().spooled === 31);
    desk.hub.behave = () => "ok";
    await desk.hub.down();
    await desk.hub.up();
    await until("all delivered", () => desk.hub.events.length === 31);
    expect(desk.fillIds()).toEqual(expectedIds(31));
  });

  test("sends a batch that comes back before newer facts when those are on disk already", async () => {
    desk.hub.behave = (request) => (request === 0 ? "hang" : "ok");
    const reporter = reporterFor({ queueMax: 40, timeoutMs: 300 });
    for (let index = 0; index < 10; index++) reporter.fill(fill(index));
    await until("a request", () => desk.hub.requests.length === 1);
    for (let index = 10; index < 30; index++) reporter.fill(fill(index));
    await until("the newer on disk", () => reporter.stats().spooled === 20);
    await until("all delivered", () => desk.hub.events.length === 30);
    expect(desk.fillIds()).toEqual(expectedIds(30));
  });

  test("forgets what it put on disk when a slow hub answers after all", async () => {
    let answer = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const bodies: string[] = [];
    const reporter = reporterFor({
      fetch: async (_url, init) => {
        bodies.push(init.body);
        if (bodies.length === 1) await asked;
        return { status: 200, headers: { get: () => null }, text: async () => '{"accepted":1}' };
      },
    });
    reporter.fill(fill(0));
    await until("on disk", () => reporter.stats().spooled === 1);
    answer();
    await until("gone again", () => reporter.stats().spooled === 0 && reporter.stats().queued === 0);
    expect(reporter.stats()).toMatchObject({ sent: 1, retries: 0 });
    expect(bodies.length).toBe(1);
    expect(await spoolFiles()).toEqual([]);
  });

  test("keeps in memory what the full spool has no room for, and drops and counts the newest, when it goes on", async () => {
    await desk.hub.down();
    const reporter = reporterFor({ spoolMaxBytes: 20_000, queueMax: 100 });
    for (let index = 0; index < 20; index++) reporter.fill(fill(index));
    await until("the first on disk", () => reporter.stats().spooled === 20);
    for (let index = 20; index < 500; index++) reporter.fill(fill(index));
    await until("a full disk", () => reporter.stats().lastError === "the spool is full");
    const { spooled, queued, dropped } = reporter.stats();
    expect(spooled + queued + dropped).toBe(500);
    expect(dropped).toBe(280);
    const sizes = await Promise.all((await spoolFiles()).map(async (path) => (await stat(path)).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(20_000);
    await desk.hub.up();
    await until("the rest delivered", () => desk.hub.events.length === 220);
    expect(desk.fillIds()).toEqual(expectedIds(220));
  });

  test("goes on in memory and says why when the directory cannot be used", async () => {
    const file = join(spoolDir, "file");
    await writeFile(file, "");
    const reporter = reporterFor({ spoolDir: join(file, "below") });
    for (let index = 0; index < 10; index++) reporter.fill(fill(index));
    await until("all delivered", () => desk.hub.events.length === 10);
    expect(reporter.stats().lastError).toContain("ENOTDIR");
  });

  test("makes files that only their owner can read", async () => {
    await desk.hub.down();
    const reporter = reporterFor();
    reporter.fill(fill(0));
    await until("on disk", () => reporter.stats().spooled === 1);
    const modes = await Promise.all((await spoolFiles()).map(async (path) => (await stat(path)).mode & 0o777));
    expect(modes).toEqual([0o600]);
  });

  test("loses nothing in memory when the session's folder is taken away", async () => {
    await desk.hub.down();
    const reporter = reporterFor();
    reporter.fill(fill(0));
    await until("on disk", () => reporter.stats().spooled === 1);
    for (const name of await readdir(spoolDir)) await rm(join(spoolDir, name), { recursive: true });
    reporter.fill(fill(1));
    await desk.hub.up();
    await until("the second", () => desk.fillIds().includes("f-1"));
  });
});

describe("a bot that ends", () => {
  test("leaves its facts on disk for the next one when the hub is down at its close", async () => {
    await desk.hub.down();
    const first = reporterFor();
    for (let index = 0; index < 100; index++) first.fill(fill(index));
    expect(await first.close()).toMatchObject({ spooled: 100, dropped: 0, queued: 0 });
    await desk.hub.up();
    const second = reporterFor();
    for (let index = 100; index < 150; index++) second.fill(fill(index));
    await until("all delivered", () => desk.hub.events.length === 150);
    expect(desk.fillIds()).toEqual(expectedIds(150));
    await second.close();
    expect(await readdir(spoolDir)).toEqual([]);
  });

  test("loses nothing that is on disk when it is killed, half a line at the end or not", async () => {
    await desk.hub.down();
    const bot = startBot({ count: 2000, end: "run" });
    await says(bot, "spooled 2000");
    bot.kill("SIGKILL");
    await once(bot, "exit");
    const last = (await spoolFiles()).at(-1);
    await appendFile(last ?? "", '{"fill_id":"half a li');
    await desk.hub.up();
    const next = reporterFor();
    next.fill(fill(2000));
    await until("all delivered", () => desk.hub.events.length === 2001);
    expect(desk.fillIds()).toEqual(expectedIds(2001));
    expect(next.stats()).toMatchObject({ dropped: 1, rejected: 0 });
  });

  test("sends again only what the hub cannot have when it is killed amid the delivery", async () => {
    await desk.hub.down();
    const bot = startBot({ count: 6000, end: "run" });
    await says(bot, "spooled 6000");
    desk.hub.behave = (request) => (request < 3 ? "ok" : "hang");
    await desk.hub.up();
    await until("some delivered", () => desk.hub.requests.length > 3);
    bot.kill("SIGKILL");
    await once(bot, "exit");
    desk.hub.behave = () => "ok";
    reporterFor();
    await until("all delivered", () => desk.hub.events.length === 6000);
    expect(desk.fillIds()).toEqual(expectedIds(6000));
  });

  test.each([1, 500])("writes what is in memory when the process exits without close after %i facts", async (count) => {
    await desk.hub.down();
    await once(startBot({ count, end: "exit" }), "exit");
    await desk.hub.up();
    reporterFor();
    await until("all delivered", () => desk.hub.events.length === count);
    expect([...desk.fillIds()].sort()).toEqual(expectedIds(count).sort());
  });

  test("ends by itself without close while the hub hangs", async () => {
    desk.hub.behave = () => "hang";
    const bot = startBot({ count: 50, end: "idle", dir: "" });
    const [code] = await once(bot, "exit");
    expect(code).toBe(0);
    expect(desk.hub.requests.length).toBe(1);
  });
});

describe("two processes on one directory", () => {
  test("deliver everything once and keep their own order when both are alive", async () => {
    await desk.hub.down();
    const [one, two] = [startBot({ count: 1000, end: "run" }), startBot({ count: 1000, first: 5000, end: "run" })];
    await Promise.all([says(one, "spooled 1000"), says(two, "spooled 1000")]);
    await desk.hub.up();
    await until("all delivered", () => desk.hub.events.length === 2000);
    const numbers = desk.fillIds().map((id) => Number(String(id).slice(2)));
    expect(numbers.filter((number) => number < 5000).map((number) => `f-${number}`)).toEqual(expectedIds(1000));
    expect(numbers.filter((number) => number >= 5000).map((number) => `f-${number}`)).toEqual(expectedIds(1000, 5000));
  });

  test("leave the other's files alone when they are of another bot", async () => {
    await desk.hub.down();
    const first = reporterFor();
    first.fill(fill(0));
    await first.close();
    await desk.hub.up();
    const other = reporterFor({ bot: "b-2" });
    other.fill(fill(1));
    await until("its own", () => desk.hub.events.length === 1);
    await other.close();
    expect(desk.fillIds()).toEqual(["f-1"]);
    const [left] = await spoolFiles();
    expect(await readFile(left ?? "", "utf8")).toContain("f-0");
  });
});

describe("a disk that fails", () => {
  test("costs only what was on it when it can neither be written nor read any more", async () => {
    await desk.hub.down();
    const reporter = reporterFor();
    reporter.fill(fill(0));
    await until("the first on disk, and tried", () => reporter.stats().spooled === 1 && reporter.stats().retries > 2);
    reporter.fill(fill(1));
    await until("the second on disk", () => reporter.stats().spooled === 2);
    const second = (await spoolFiles()).at(-1) ?? "";
    await rm(second);
    await mkdir(second);
    reporter.fill(fill(2));
    await desk.hub.up();
    await until("what was in memory", () => desk.hub.events.length === 2);
    expect(desk.fillIds()).toEqual(["f-0", "f-2"]);
    expect(reporter.stats()).toMatchObject({ dropped: 1, lastError: expect.stringContaining("EISDIR") });
  });
});
