import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { ensure } from "../../src/base/assert.ts";
import { readLocalAccess } from "../../src/http/access/local-token.ts";
import type { CommandView } from "../../src/protocol/api-control.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { scratchHub, sendTo } from "../support/scratch-hub.ts";
import { requireTool } from "../support/tools.ts";
import { waitUntil } from "../support/wait-until.ts";
import { commandsOf, shellBlocks } from "./shell-blocks.ts";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const pathOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const page = read("docs/control.md");
const exec = promisify(execFile);

/** A hub, and what an operator does with it. */
async function desk() {
  const hub = await scratchHub();
  const { token } = ensure(readLocalAccess(hub.dataDir), "the local token");
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  return {
    url: hub.url,
    /** Whether it was taken; the bot may not be known yet. */
    issue: async (action: string, target: object, command_id: string): Promise<boolean> => {
      const body = JSON.stringify({ action, target, reason: "a test", command_id });
      return (await fetch(`${hub.url}/api/v1/controls`, { method: "POST", headers, body })).ok;
    },
    command: async (id: string): Promise<CommandView> => {
      const answer = await fetch(`${hub.url}/api/v1/controls/${id}`, { headers });
      return ((await answer.json()) as { command: CommandView }).command;
    },
  };
}

async function provenWith(program: string, example: string, bot: string): Promise<void> {
  const { url, issue, command } = await desk();
  const child = spawn(program, [pathOf(example)], {
    ...{ cwd: scratchDirectory(), stdio: ["ignore", "ignore", "inherit"] },
    env: { ...process.env, DESKWATCH_URL: url, PYTHONDONTWRITEBYTECODE: "1" },
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const shown = async (): Promise<string> => (await fetch(`${url}/api/v1/bots/${bot}`)).text();
  await waitUntil("it rests orders", async () => (await shown()).includes('"open_orders":2'));
  await waitUntil("the halt is taken", () => issue("halt", { bot }, "d-1"));
  await waitUntil("it is verified", async () => (await command("d-1")).state === "verified");
  expect(await command("d-1")).toMatchObject({ bots: [{ open_orders: 0, orders_since: 0, evidence: "reported" }] });
  await issue("resume", { bot }, "d-2");
  await waitUntil("it quotes again", async () => (await shown()).includes('"open_orders":2'));
}

describe("the page on control", () => {
  test.each([
    ["ts", "examples/typescript/control-a-bot.ts", "import {"],
    ["python", "examples/python/control_a_bot.py", "import os"],
  ])("has the %s of its example, word for word", (language, example, begins) => {
    const text = read(example);
    const block = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1];
    expect(block).toBe(text.slice(text.indexOf(begins)));
  });

  test("has an example in TypeScript that is halted, proven and resumed", async () => {
    await provenWith(process.execPath, "examples/typescript/control-a-bot.ts", "example-controlled");
  }, 180_000);

  test("has commands of curl that prove a halt", async () => {
    const { url, issue, command } = await desk();
    await sendTo(url, [{ type: "bot.started", bot: "my-bot", ts: new Date().toISOString(), status: "running" }]);
    expect(await issue("halt", { all: true }, "halt-1")).toBe(true);
    const curls = shellBlocks(page)
      .flatMap(commandsOf)
      .filter((line) => line.startsWith("curl"));
    const said: string[] = [];
    for (const line of curls) {
      const script = `curl() { command curl --silent --show-error --fail-with-body "$@"; }\n${line.replaceAll("http://localhost:8000", url)}`;
      said.push((await exec("bash", ["-euo", "pipefail", "-c", script], { cwd: scratchDirectory() })).stdout);
    }
    const shape = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
    expect(Object.keys(JSON.parse(said[0] ?? "{}"))).toEqual(expect.arrayContaining(Object.keys(JSON.parse(shape))));
    expect(JSON.parse(said[0] ?? "{}")).toMatchObject({ state: "halted", commands: [{ command_id: "halt-1" }] });
    await waitUntil("it is verified", async () => (await command("halt-1")).state === "verified");
  }, 180_000);
});

requireTool("python3")("the page on control", () => {
  test("has an example in Python that is halted, proven and resumed", async () => {
    await provenWith("python3", "examples/python/control_a_bot.py", "example-controlled-py");
  }, 180_000);
});
