/**
 * Packs the hub and the client, installs both in an empty folder with Node 24 beside them, and uses them as a stranger
 * would. Prints a line for each check and `N passed, N failed` at the end.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type HubProcess, startHubProcess } from "./hub-process.ts";
import { ROOT } from "./run.ts";

const CLIENT_CHECK = "if (typeof client.createReporter !== 'function') throw new Error('no createReporter')";

let passed = 0;
let failed = 0;
const folder = mkdtempSync(join(tmpdir(), "deskwatch-packages-"));
const installed = join(folder, "installed");
try {
  mkdirSync(installed);
  await checks();
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

async function checks(): Promise<void> {
  await check("npm start runs the hub in the repository", async () => {
    const data = join(folder, "start-data");
    const args = ["start", "--", "--port", "0", "--data-dir", data];
    await withHub({ command: "npm", args, cwd: ROOT }, isReady);
  });
  await check("the packed hub holds what it needs and no tests", () => {
    const files = pack([]);
    for (const needed of ["dist/app/main.js", "dist/web/index.html", "LICENSE", "README.md"]) {
      if (!files.includes(needed)) throw new Error(`${needed} is not in the package`);
    }
    const stray = files.filter((path) => /\.test\.|(?<!\.d)\.tsx?$|(^|\/)\./.test(path));
    if (stray.length > 0) throw new Error(`not for others: ${stray.join(", ")}`);
  });
  await check("the packed client is packed", () => {
    if (!pack(["--workspace", "packages/client"]).some((path) => path.endsWith(".d.ts"))) throw new Error("no types");
  });
  await check("both install in an empty folder", install);
  await check("the installed hub answers, takes an event, and has it after kill -9", takesAnEvent);
  await check("the client loads by require() and import under the machine's own Node", clientLoads);
}

async function check(name: string, body: () => void | Promise<void>): Promise<void> {
  try {
    await body();
    passed++;
    process.stdout.write(`ok      ${name}\n`);
  } catch (error) {
    failed++;
    process.stdout.write(`FAILED  ${name}\n${error instanceof Error ? error.message : String(error)}\n`);
  }
}

/** The paths in the tarball, which is left in `folder`. */
function pack(args: readonly string[]): string[] {
  const options = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder, ...args];
  const report: unknown = JSON.parse(execFileSync("npm", options, { cwd: ROOT, encoding: "utf8" }));
  const [packed]: unknown[] = Array.isArray(report) ? report : Object.values(report ?? {});
  const files = typeof packed === "object" && packed !== null && "files" in packed ? packed.files : undefined;
  if (!Array.isArray(files)) throw new Error("npm pack told no files");
  return files.map(({ path }: { path: string }) => path);
}

function install(): void {
  const manifest = { name: "stranger", private: true, allowScripts: { node: true } };
  writeFileSync(join(installed, "package.json"), JSON.stringify(manifest));
  const tarballs = execFileSync("find", [folder, "-maxdepth", "1", "-name", "*.tgz"], { encoding: "utf8" });
  const packages = [...tarballs.trim().split("\n"), "node@24"];
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", ...packages], {
    cwd: installed,
    stdio: ["ignore", "inherit", "inherit"],
  });
}

async function takesAnEvent(): Promise<void> {
  const command = {
    command: "npx",
    args: ["--no-install", "deskwatch", "start", "--port", "0", "--data-dir", join(folder, "data")],
    cwd: installed,
    env: { ...process.env, PATH: outsidePath() },
  };
  await withHub(command, async (hub) => {
    await isReady(hub);
    const edge = {
      pair_id: "pm-0x1234:kalshi-ABC",
      primary_market: "Market A",
      hedge_market: "Market B",
      net_edge_cents: 3.2,
      confidence: 0.88,
    };
    const posted = await fetch(`${hub.address}/api/edges`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(edge),
    });
    if (posted.status !== 201) throw new Error(`POST /api/edges: ${posted.status} ${await posted.text()}`);
    await tells(`${hub.address}/api/edges?limit=10`, edge.pair_id);
    await tells(`${hub.address}/`, "<title>");
    await hub.end("SIGKILL");
  });
  await withHub(command, (hub) => tells(`${hub.address}/api/v1/events?type=edge`, "pm-0x1234:kalshi-ABC"));
}

function clientLoads(): void {
  const snippets = [
    ["-e", `const client = require("@deskwatch/client"); ${CLIENT_CHECK}; require("@deskwatch/client/reader")`],
    ["--input-type=module", "-e", `import * as client from "@deskwatch/client"; ${CLIENT_CHECK}`],
  ];
  for (const args of snippets) {
    const done = spawnSync("node", args, {
      cwd: installed,
      encoding: "utf8",
      env: { ...process.env, PATH: outsidePath() },
    });
    if (done.status !== 0) throw new Error(`node ${args.join(" ")}\n${done.stderr}`);
  }
}

async function withHub(command: Parameters<typeof startHubProcess>[0], body: (hub: HubProcess) => Promise<void>) {
  const hub = await startHubProcess(command);
  try {
    await body(hub);
  } finally {
    await hub.end("SIGTERM");
  }
}

function isReady(hub: HubProcess): Promise<void> {
  return tells(`${hub.address}/readyz`, "");
}

async function tells(url: string, text: string): Promise<void> {
  const answer = await fetch(url);
  const body = await answer.text();
  if (answer.status !== 200 || !body.includes(text)) throw new Error(`${url}: ${answer.status} ${body.slice(0, 500)}`);
}

/** PATH without the programs of this repository: what a stranger's shell finds. */
function outsidePath(): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.filter((path) => !path.endsWith("node_modules/.bin")).join(delimiter);
}
