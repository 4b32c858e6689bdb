import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { ensure } from "../../src/base/assert.ts";
import type { CommandIo } from "../../src/app/commands/command-io.ts";
import { registerImport } from "../../src/app/commands/import.ts";
import { registerSend } from "../../src/app/commands/send.ts";
import { loadConfig } from "../../src/app/config.ts";
import { type Desk, startDesk } from "../../src/app/wiring.ts";
import { importsAnswer } from "../../src/protocol/api-sessions.ts";
import { requireTestData, testData } from "../support/test-data.ts";

let directory: string;
let desk: Desk;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "deskwatch-imports-"));
  const config = loadConfig({ port: "0", dataDir: join(directory, "data") }, { DESKWATCH_LOG_LEVEL: "silent" });
  desk = await startDesk(ensure(config.ok ? config.value : undefined, "a configuration"));
});

afterEach(async () => {
  await desk.close();
  await rm(directory, { recursive: true });
});

interface Ran {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** Runs a command as it is typed, with the desk as its hub unless the environment names another. */
async function run(typed: readonly string[], input = "", environment: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const ran = { code: undefined as number | undefined, out: "", err: "" };
  const io: CommandIo = {
    environment: { DASHBOARD_API_URL: desk.url, ...environment },
    stdin: stdinOf(input),
    stdout: { write: (text) => (ran.out += text) },
    stderr: { write: (text) => (ran.err += text) },
    exitCode: (code) => {
      ran.code = code;
    },
  };
  const program = new Command("deskwatch").exitOverride().configureOutput({ writeErr: io.stderr.write });
  registerImport(program, io);
  registerSend(program, io);
  await program.parseAsync(typed, { from: "user" });
  return ran;
}

async function* stdinOf(text: string): AsyncGenerator<Buffer, void> {
  yield Buffer.from(text);
}

const reportShape = z.object({
  complete: z.boolean(),
  rows_read: z.number(),
  outcomes: z.object({
    accepted: z.number(),
    sampled: z.number(),
    duplicates: z.number(),
    merged: z.number(),
    contradictions: z.number(),
  }),
  refused: z.object({ total: z.number() }),
});

async function importJson(...files: string[]) {
  return reportShape.parse(JSON.parse((await run(["import", "--json", ...files])).out));
}

const pageShape = z.object({ events: z.array(z.looseObject({ type: z.string() })), next_cursor: z.string().nullish() });

/** Every event of a type that stands in the log as a first statement. */
async function stored(type: string) {
  const events: z.infer<typeof pageShape>["events"] = [];
  let cursor = "";
  do {
    const response = await fetch(`${desk.url}/api/v1/events?type=${type}&mode=all&limit=1000${cursor}`);
    expect(response.status).toBe(200);
    const page = pageShape.parse(await response.json());
    events.push(...page.events.filter((event) => event["standing"] === undefined));
    cursor = page.next_cursor ? `&cursor=${encodeURIComponent(page.next_cursor)}` : "";
  } while (cursor !== "");
  return events;
}

const NOTE = { type: "annotation", bot: "b", ts: "2026-05-04T00:00:00Z", title: "deploy" };
const FILL = {
  type: "fill",
  bot: "b",
  ts: NOTE.ts,
  fill_id: "f1",
  venue: "x",
  symbol: "S",
  side: "buy",
  price: "1",
  size: "2",
};
const ndjson = (...lines: readonly unknown[]): string =>
  lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");

describe("deskwatch send", () => {
  test("sends every line and says so when all is well", async () => {
    const { code, out, err } = await run(
      ["send", "--json"],
      ndjson(NOTE, FILL, { type: "heartbeat", bot: "b", ts: NOTE.ts }),
    );
    expect([code, err]).toEqual([0, ""]);
    expect(JSON.parse(out)).toMatchObject({ lines: 3, accepted: 2, sampled: 1, refused: 0 });
    expect(await stored("fill")).toMatchObject([{ fill_id: "f1" }]);
  });

  test("names line, code, path and reason when lines are refused, and sends the others", async () => {
    const { code, out, err } = await run(["send"], ndjson(NOTE, "", "{", { ...FILL, price: "dear" }, FILL));
    expect(code).toBe(1);
    expect(err).toMatch(/^line 3: invalid_event: not JSON/);
    expect(err).toMatch(/^line 4: invalid_event at price: expected a decimal of 0 or more, found "dear"$/m);
    expect(out).toBe("4 lines: 2 accepted, 0 sampled, 0 duplicates, 0 merged, 0 contradictions, 2 refused\n");
  });

  test("gives --bot to lines that name none, and to no other", async () => {
    const { bot: _, ...nameless } = NOTE;
    await run(["send", "--bot", "given"], ndjson(nameless, { ...NOTE, title: "own" }));
    expect((await stored("annotation")).map((event) => event["bot"])).toEqual(["given", "b"]);
  });

  test("counts a fact once when it is sent twice", async () => {
    await run(["send"], ndjson(FILL));
    const { out } = await run(["send", "--json"], ndjson({ ...FILL, type: "order.filled", order_id: "o1" }));
    expect(JSON.parse(out)).toMatchObject({ accepted: 0, merged: 1 });
    expect(await stored("fill")).toHaveLength(1);
  });

  test("shows the key to the hub, and not to the reader, when the hub does not know it", async () => {
    const key = `dw_${"x".repeat(51)}`;
    const { code, err } = await run(["send"], ndjson(NOTE), { DASHBOARD_API_KEY: key });
    expect(code).toBe(1);
    expect(err).toMatch(/^deskwatch: 40[13]/);
    expect(err).not.toContain(key);
  });

  test.each([
    ["the address is none", ["send", "--url", "hub"]],
    ["the bot's name is none", ["send", "--bot", "a b"]],
    ["the key is none", ["send", "--key", "a\nb"]],
  ])("says what is wrong and ends with 2 when %s", async (_, typed) => {
    const { code, err, out } = await run(typed, ndjson(NOTE));
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^deskwatch: /);
  });
});

describe("deskwatch import", () => {
  test("changes nothing when a file is imported again", async () => {
    const file = join(directory, "events.ndjson");
    await writeFile(file, ndjson(NOTE, NOTE, FILL, { ...NOTE, id: "own" }));
    expect((await importJson(file)).outcomes).toMatchObject({ accepted: 4, duplicates: 0 });
    expect((await importJson(file)).outcomes).toMatchObject({ accepted: 0, duplicates: 4, contradictions: 0 });
    expect(await stored("annotation")).toHaveLength(3);
  });

  test("sends nothing in a dry run", async () => {
    const file = join(directory, "events.ndjson");
    await writeFile(file, ndjson(NOTE, { ...FILL, size: "-1" }));
    const { code, out } = await run(["import", "--dry-run", file]);
    expect(code).toBe(1);
    expect(out).toContain("1 × fill size: invalid_event");
    expect(await stored("annotation")).toEqual([]);
  });

  test("has the hub keep its report, and says nothing of that", async () => {
    const file = join(directory, "events.ndjson");
    await writeFile(file, ndjson(NOTE, FILL, "{"));
    const { err } = await run(["import", file]);
    expect(err).toBe("");
    const response = await fetch(`${desk.url}/api/v1/imports`);
    const { imports } = importsAnswer.parse(await response.json());
    expect(imports).toMatchObject([
      {
        via: "import",
        files: [{ file: "events.ndjson", format: "deskwatch-ndjson", rows: 3 }],
        events: { annotation: 1, fill: 1 },
        accepted: 2,
        refused: 1,
        reasons: [{ reason: "not JSON", count: 1 }],
      },
    ]);
    await run(["import", "--dry-run", file]);
    const after = importsAnswer.parse(await (await fetch(`${desk.url}/api/v1/imports`)).json());
    expect(after.imports).toHaveLength(1);
  });

  test("takes columns under other names from --columns, and ends with 2 when that says nothing", async () => {
    const file = join(directory, "trades.csv");
    await writeFile(file, "time,symbol,side,entry_price,exit_price,lots\n2026-05-04T00:00:00Z,S,long,1,2,3\n");
    const { code, out } = await run(["import", "--format", "trades-csv", "--columns", "size=lots,venue='x'", file]);
    expect([code, out]).toEqual([0, expect.stringContaining("position.closed      1")]);
    expect(await stored("position.closed")).toMatchObject([{ size: "3", venue: "x", bot: "default" }]);
    const misuse = await run(["import", "--columns", "lots", file]);
    expect([misuse.code, misuse.err]).toEqual([2, expect.stringContaining("ours=theirs")]);
    const unknown = await run(["import", "--columns", "a=lots", file]);
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining("no field a; there are symbol, venue")]);
  });

  test.each([
    ["the format is unknown", ["import", "--format", "excel", "x"]],
    ["the mode is unknown", ["import", "--mode", "real", "x"]],
  ])("says what there is and ends with 2 when %s", async (_, typed) => {
    const { code, err } = await run(typed);
    expect(code).toBe(2);
    expect(err).toContain("there are ");
  });

  test("tells the reason and ends with 1 when no file is there", async () => {
    const { code, out } = await run(["import", join(directory, "absent.csv")]);
    expect(code).toBe(1);
    expect(out).toContain("ENOENT");
  });
});

const ARBITRAGE = "data/arbitrage-attempts";
const HBOT = "data/hbot-paper";

requireTestData(ARBITRAGE, HBOT)("deskwatch import of the recordings", () => {
  const table = testData(`${ARBITRAGE}/arb_executions.csv`);
  const log = testData(`${ARBITRAGE}/execution_events.jsonl.gz`);

  test.each([
    ["the table comes first", [table, log]],
    ["the log comes first", [log, table]],
  ])("counts every attempt of both files once when %s", async (_, files) => {
    const { outcomes, refused } = await importJson(...files);
    expect([outcomes.contradictions, refused.total]).toEqual([0, 0]);
    // 819 of the table and 1,498 of the log, 505 of them told by both.
    expect(await stored("fill")).toHaveLength(819 + 1_498 - 505);
    const again = await importJson(...files);
    expect(again.outcomes).toMatchObject({ accepted: 0, merged: 0, contradictions: 0 });
    expect(await stored("fill")).toHaveLength(1_812);
  });

  test("does not double when paper trading is imported twice", async () => {
    const files = ["fills.csv", "bot1_minute_20260220-23.csv.gz", "bot1_daily.csv"].map((name) =>
      testData(`${HBOT}/${name}`),
    );
    const first = await importJson(...files);
    expect([first.rows_read, first.refused.total]).toEqual([1_000 + 2_343 + 3, 61]);
    const again = await importJson(...files);
    expect(again.outcomes).toMatchObject({ accepted: 0, merged: 0, contradictions: 0 });
    expect(await stored("fill")).toHaveLength(1_000);
  });
});
