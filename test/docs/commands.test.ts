import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import {
  COMMAND_LINE_PAGE,
  commandLineText,
  commandsOf as programCommands,
  helpOf,
} from "../../scripts/generate-command-line.ts";
import { type HubProcess, startHubProcess } from "../../scripts/hub-process.ts";
import { commandFiles } from "../../src/app/command-files.ts";
import { createProgram } from "../../src/app/program.ts";
import { repositoryPaths, textOf } from "../tidy/repository.ts";
import { commandsOf, shellBlocks } from "./shell-blocks.ts";
import { argumentProblem, deskwatchCalls } from "./typed-line.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const exec = promisify(execFile);
const documents = repositoryPaths().filter((path) => path.endsWith(".md"));
const commands = documents.flatMap((path) =>
  shellBlocks(textOf(path) ?? "")
    .flatMap(commandsOf)
    .map((command) => ({ path, command })),
);
const scripts = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(textOf("package.json") ?? ""));

const unique = (pattern: RegExp): string[] => [
  ...new Set(commands.flatMap(({ command }) => [...command.matchAll(pattern)].map((match) => match[1] ?? ""))),
];

describe("commands in the documents", () => {
  test("every npm script that a document names is there", () => {
    const named = [...unique(/npm run ([\w:-]+)/g), ...unique(/npm (start|test)\b/g)];
    expect(named.filter((name) => scripts.scripts[name] === undefined)).toEqual([]);
  });

  test("every call of deskwatch has only commands, options and arguments that the program takes", async () => {
    const calls = await Promise.all(
      commands.flatMap(({ path, command }) =>
        deskwatchCalls(command).map(async (args) => ({
          path,
          args,
          problem: argumentProblem(await createProgram(), args),
        })),
      ),
    );
    expect(calls.length).toBeGreaterThan(5);
    expect(calls.filter(({ problem }) => problem !== undefined)).toEqual([]);
  });
});

describe("the page on the command line", async () => {
  test("is what the program says of itself: node scripts/generate-command-line.ts", async () => {
    expect(textOf(COMMAND_LINE_PAGE)).toBe(await commandLineText());
  });

  const whole = await createProgram();

  test.each(programCommands(whole))(
    "deskwatch $name explains itself by an example that it takes",
    async ({ name, command }) => {
      const examples =
        helpOf(command)
          .split(/\nExamples?:\n/)[1]
          ?.split("\n") ?? [];
      const calls = examples.flatMap(deskwatchCalls);
      expect(calls.map((args) => args.join(" ").startsWith(name))).toContain(true);
      for (const args of calls) expect([args, argumentProblem(await createProgram(), args)]).toEqual([args, undefined]);
    },
  );

  test("each command is found by its name alone", async () => {
    const names = commandFiles.flatMap((file) => file.names);
    expect(whole.commands.map((command) => command.name())).toEqual(names);
    for (const name of names) expect((await createProgram(name)).commands.map((one) => one.name())).toContain(name);
  });

  test("is what the program prints when it runs", async () => {
    const { stdout } = await exec(process.execPath, ["src/app/main.ts", "status", "--help"], { cwd: ROOT });
    expect(stdout).toContain("deskwatch status");
  });
});

describe("README", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "deskwatch-readme-"));
  const args = ["src/app/main.ts", "start", "--port", "0", "--data-dir", dataDir];
  let hub: HubProcess;

  beforeAll(async () => {
    hub = await startHubProcess({ command: process.execPath, args, cwd: ROOT });
  });
  afterAll(async () => {
    await hub.end("SIGTERM");
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  test("its curl commands succeed in order, and after kill -9 nothing is missing", async () => {
    const curls = commands.filter(({ path, command }) => path === "README.md" && command.startsWith("curl"));
    expect(curls.length).toBeGreaterThan(1);
    for (const { command } of curls) await curl(command);
    const before = await storedEvents();
    await hub.end("SIGKILL");
    hub = await startHubProcess({ command: process.execPath, args, cwd: ROOT });
    expect(await storedEvents()).toEqual(before);
    expect(before.length).toBeGreaterThan(0);
  });

  async function curl(command: string): Promise<string> {
    const here = command.replaceAll(/http:\/\/(?:localhost|127\.0\.0\.1):8000/g, hub.address);
    const script = `curl() { command curl --silent --show-error --fail-with-body "$@"; }\n${here}`;
    return (await exec("bash", ["-euo", "pipefail", "-c", script], { cwd: ROOT })).stdout;
  }

  async function storedEvents(): Promise<unknown[]> {
    const answer = await fetch(`${hub.address}/api/v1/events?limit=1000`);
    return z.object({ events: z.array(z.looseObject({ bot: z.string() })) }).parse(await answer.json()).events;
  }
});
