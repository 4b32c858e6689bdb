import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DeskProcess, startDeskProcess } from "../../../test/support/desk-process.ts";
import { requireTool } from "../../../test/support/tools.ts";
import { createReader } from "../src/reader.ts";

const EXAMPLES = fileURLToPath(new URL("../../../examples", import.meta.url));

let dataDir: string;
let desk: DeskProcess;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "deskwatch-examples-"));
  desk = await startDeskProcess({ dataDir });
});

afterAll(async () => {
  await desk.end("SIGTERM");
  await rm(dataDir, { recursive: true, force: true });
});

/** Runs an example to its end; resolves to its exit code and what it printed. */
function run(command: string, path: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const env = { ...process.env, DESKWATCH_URL: desk.url, PYTHONDONTWRITEBYTECODE: "1" };
  const child = spawn(command, [join(EXAMPLES, path)], { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}

async function typesOf(bot: string): Promise<string[]> {
  const types: string[] = [];
  for await (const event of createReader({ url: desk.url }).events({ bot, mode: "all" })) types.push(event.type);
  return types;
}

describe("the examples", () => {
  test("report a day in TypeScript when they are run against a hub", async () => {
    expect(await run(process.execPath, "typescript/report-a-bot.ts")).toMatchObject({ code: 0 });
    const trade = ["order.placed", "fill"];
    const trades = Array.from({ length: 5 }, () => trade).flat();
    expect(await typesOf("example-typescript")).toEqual(["bot.started", ...trades, "bot.stopped"]);
  });

  test("send with curl and read back when they are run against a hub", async () => {
    const { code, output } = await run("sh", "curl/send.sh");
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('"accepted":1') });
    expect(await typesOf("example-curl")).toContain("fill");
  });
});

requireTool("python3")("the Python example", () => {
  test("reports a day when it is run against a hub", async () => {
    expect(await run("python3", "python/report_a_bot.py")).toMatchObject({ code: 0 });
    const types = await typesOf("example-python");
    expect(types.filter((type) => type === "fill").length).toBe(6);
    expect(types.at(-1)).toBe("bot.stopped");
  });
});
