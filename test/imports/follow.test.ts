import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { ensure } from "../../src/base/assert.ts";
import type { CommandIo } from "../../src/app/commands/command-io.ts";
import { registerFollow } from "../../src/app/commands/follow.ts";
import { loadConfig } from "../../src/app/config.ts";
import { type Desk, startDesk } from "../../src/app/wiring.ts";
import { waitUntil } from "../support/wait-until.ts";

let base: string;
let bot: string;
let desk: Desk;

beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), "deskwatch-follow-command-"));
  bot = join(base, "bot");
  mkdirSync(bot);
  const config = loadConfig({ port: "0", dataDir: join(base, "data") }, { DESKWATCH_LOG_LEVEL: "silent" });
  desk = await startDesk(ensure(config.ok ? config.value : undefined, "a configuration"));
});

afterEach(async () => {
  await desk.close();
  rmSync(base, { recursive: true, force: true });
});

interface Ran {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** Runs the command as it is typed; `stop` is its Ctrl-C. */
async function run(typed: readonly string[], stop: AbortSignal = new AbortController().signal): Promise<Ran> {
  const ran = { code: undefined as number | undefined, out: "", err: "" };
  const io: CommandIo = {
    environment: { DASHBOARD_API_URL: desk.url, XDG_STATE_HOME: join(base, "state") },
    stdin: (async function* () {})(),
    stdout: { write: (text) => (ran.out += text) },
    stderr: { write: (text) => (ran.err += text) },
    exitCode: (code) => {
      ran.code = code;
    },
  };
  const program = new Command("deskwatch").exitOverride().configureOutput({ writeErr: io.stderr.write });
  registerFollow(program, io, () => stop);
  await program.parseAsync(["follow", ...typed], { from: "user" });
  return ran;
}

const page = z.object({ events: z.array(z.looseObject({ type: z.string() })) });

async function stored(type: string) {
  const answer = await fetch(`${desk.url}/api/v1/events?type=${type}&mode=all&limit=1000`);
  return page.parse(await answer.json()).events;
}

const note = (title: string, ts = "2026-05-04T00:00:00Z"): string =>
  `${JSON.stringify({ type: "annotation", bot: "alpha", ts, title })}\n`;

const liveness = async (): Promise<unknown> => {
  const answer = await fetch(`${desk.url}/api/v1/bots?mode=all`);
  const { bots } = z.object({ bots: z.array(z.looseObject({ bot: z.string() })) }).parse(await answer.json());
  return bots.find((one) => one.bot === "alpha")?.["liveness"];
};

describe("deskwatch follow", () => {
  test("takes what is there and ends with --once, and takes only what is new the next time", async () => {
    writeFileSync(join(bot, "events.ndjson"), note("one"));
    expect(await run([bot, "--once"])).toMatchObject({ code: 0, out: expect.stringContaining("1 accepted") });
    appendFileSync(join(bot, "events.ndjson"), note("two"));
    const { out } = await run([bot, "--once", "--json"]);
    const lines = out
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(lines.at(-1)).toMatchObject({ event: "summary", rows: 1, accepted: 1, duplicates: 0 });
    expect((await stored("annotation")).map((event) => event["title"])).toEqual(["one", "two"]);
  });

  test("shows a bot as alive while its file grows, and one of old rows as stopped", async () => {
    const file = join(bot, "events.ndjson");
    writeFileSync(file, note("old"));
    const stopping = new AbortController();
    const ended = run([bot, "--state", join(base, "position.json")], stopping.signal);
    await waitUntil("the old row is there", async () => (await stored("annotation")).length === 1);
    expect(await liveness()).toBe("stopped");
    appendFileSync(file, note("new", new Date().toISOString()));
    await waitUntil("the bot is alive", async () => (await liveness()) === "alive");
    stopping.abort();
    expect(await ended).toMatchObject({ code: 0, out: expect.stringContaining("2 rows: 2 accepted") });
    expect(existsSync(join(base, "position.json"))).toBe(true);
  });

  test("ends with 2 and the names of the fields when --columns names none of them", async () => {
    const { code, err } = await run([bot, "--once", "--columns", "a=nonsense"]);
    expect(code).toBe(2);
    expect(err).toContain("--columns: no field a; there are symbol, venue, bot,");
  });

  test("ends with 1 when a file cannot be read as its format, and not for one that is none", async () => {
    writeFileSync(join(bot, "notes.txt"), "nothing that a format knows\n");
    const position = ["--state", join(base, "position.json")];
    // Written long ago: nobody writes it on.
    utimesSync(join(bot, "notes.txt"), 0, 0);
    expect(await run([bot, "--once", ...position])).toMatchObject({ code: 0 });
    writeFileSync(join(bot, "trades.csv"), "time,symbol,side,entry_price,exit_price,lots\n2026-05-04,S,long,1,2,3\n");
    const { code, err } = await run([bot, "--once", "--columns", "size=volume", ...position]);
    expect(code).toBe(1);
    expect(err).toContain("no column volume; the file has time,");
  });

  test("ends with 1 when a document is too large to be read", async () => {
    writeFileSync(join(bot, "positions.json"), `{"positions":[]${" ".repeat(1_000_000)}`);
    truncateSync(join(bot, "positions.json"), 67_108_865);
    const { code, err } = await run([bot, "--once"]);
    expect(code).toBe(1);
    expect(err).toContain("larger than 67108864 bytes");
  });

  test("ends with 1 and the reasons when rows are refused", async () => {
    writeFileSync(join(bot, "events.ndjson"), `${note("one")}{"type":"fill","bot":"alpha"}\n`);
    const { code, err } = await run([bot, "--once"]);
    expect(code).toBe(1);
    expect(err).toContain("refused 1 × fill");
  });

  test("scrapes a metrics page", async () => {
    const server = createServer((_, response) => response.end('hbot_bot_equity_quote{bot="alpha"} 12\n'));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    expect(await run([`http://127.0.0.1:${port}/metrics`, "--once"])).toMatchObject({ code: 0 });
    expect(await liveness()).toBe("alive");
  });

  test("ends with 1 when a page cannot be scraped, and when the hub does not know the key", async () => {
    expect(await run(["http://127.0.0.1:1/metrics", "--once"])).toMatchObject({ code: 1 });
    writeFileSync(join(bot, "events.ndjson"), note("one"));
    const { code, err } = await run([bot, "--key", `dw_${"x".repeat(51)}`]);
    expect(code).toBe(1);
    expect(err).toMatch(/deskwatch: 40[13]/);
  });

  test("ends with 1 and holds the position when the hub is away", async () => {
    writeFileSync(join(bot, "events.ndjson"), note("one"));
    const { code, err } = await run([
      bot,
      "--once",
      "--url",
      "http://127.0.0.1:1",
      "--state",
      join(base, "position.json"),
    ]);
    expect(code).toBe(1);
    expect(err).toContain("no hub answers");
    expect(existsSync(join(base, "position.json"))).toBe(false);
  });

  test.each([
    ["the directory is not there", () => [join(base, "absent")], "cannot be followed"],
    ["it is the hub's own store", () => [join(base, "data")], "holds a store of Deskwatch"],
    ["the address is not of http", () => ["ftp://127.0.0.1/metrics"], "http or https"],
    ["the address holds a password", () => ["http://a:secret@127.0.0.1/metrics"], "would be shown"],
    ["the time is none", () => [bot, "--every", "often"], "--every"],
    ["the format is unknown", () => [bot, "--format", "excel"], "no format excel"],
    ["one position is for two", () => [bot, base, "--state", "x"], "exactly one"],
  ])("says what is wrong and ends with 2 when %s", async (_, typed, told) => {
    const { code, err, out } = await run(typed());
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(told);
    expect(err).not.toContain("secret");
  });
});
