/**
 * Packs the client, installs the tarball in an empty directory and uses it from there under the Node that runs this
 * (18 or newer): by `import` and by `require`, and its types by a strict compile of a program that uses both entries.
 * Prints one line for each check; ends with 1 when one fails.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const CLIENT = fileURLToPath(new URL("..", import.meta.url));
const MODULES = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "deskwatch-client-"));

const REPORT = `
  const reporter = createReporter({ url: "http://127.0.0.1:9", bot: "b", heartbeatS: 0 });
  reporter.fill({ fill_id: "1", venue: "v", symbol: "s", side: "buy", price: "1", size: "1" });
  const reader = createReader({ url: "http://127.0.0.1:9" });
  const control = createControl({ url: "http://127.0.0.1:9", bot: "b", reporter, untilHeard: "block" });
  if (control.allowed({ intent: "exit" })) throw new Error("it was not blocked");
  control.close();
  reporter.close({ timeoutMs: 20 }).then((stats) => {
    if (stats.dropped !== 1 || typeof reader.live !== "function") throw new Error(JSON.stringify(stats));
  });
`;

const TYPED = `
  import { type Control, createControl, createReporter, type FillFields, type OpenOrder, type Reporter } from "@deskwatch/client";
  import { createReader, type BotsAnswer } from "@deskwatch/client/reader";
  declare class Signal { readonly aborted: boolean; readonly reason: unknown; addEventListener(type: string, listener: () => void): void; }
  declare const standardFetch: (url: string | { href: string }, init?: { method?: string; body?: string | null; headers?: Record<string, string>; signal?: Signal | null }) =>
    Promise<{ status: number; ok: boolean; headers: { get(name: string): string | null }; text(): Promise<string> }>;
  const reporter: Reporter = createReporter({ url: "http://127.0.0.1:9", bot: "b" });
  const fill: FillFields = { fill_id: 1, venue: "v", symbol: "s", side: "buy", price: "1", size: 1 };
  reporter.fill(fill);
  const orders: OpenOrder[] = [];
  const control: Control = createControl({ url: "", bot: "b", reporter, openOrders: () => orders });
  control.onCommand(async ({ action }) => (action === "halt" ? { orders } : undefined));
  control.onCommand(async () => {});
  control.onCommand(({ target }) => { if ("venue" in target) target.venue.trim(); });
  export const allowed: boolean = control.allowed({ venue: "v", intent: "entry" });
  createReporter({ url: "", bot: "b", fetch: standardFetch });
  // @ts-expect-error a number is no bot
  createReporter({ url: "", bot: 1 });
  export const bots: Promise<BotsAnswer> = createReader({ url: "http://127.0.0.1:9" }).bots();
`;

const run = (command, args, cwd = directory) => execFileSync(command, args, { cwd, encoding: "utf8", stdio: "pipe" });

const write = (name, text) => {
  writeFileSync(join(directory, name), text);
  return name;
};

/** Without anybody's types installed: what the client says must not need those of Node or of a browser. */
function compiles(name, options) {
  const strict = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--skipLibCheck", "false"];
  run(join(MODULES, ".bin/tsc"), [...strict, "--ignoreConfig", ...options, name]);
}

const checks = {
  "packs, and installs in an empty directory": () => {
    const [{ filename }] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", directory], CLIENT));
    write("package.json", JSON.stringify({ private: true }));
    run("npm", ["install", "--offline", "--no-audit", "--no-fund", join(directory, filename)]);
  },
  "loads by import": () =>
    run(process.execPath, [
      write(
        "use.mjs",
        `import { createControl, createReporter } from "@deskwatch/client"; import { createReader } from "@deskwatch/client/reader";${REPORT}`,
      ),
    ]),
  "loads by require": () =>
    run(process.execPath, [
      write(
        "use.cjs",
        `const { createControl, createReporter } = require("@deskwatch/client"); const { createReader } = require("@deskwatch/client/reader");${REPORT}`,
      ),
    ]),
  "types compile in an ES module": () => compiles(write("use.mts", TYPED), ["--module", "nodenext", "--lib", "es2022"]),
  "types compile in a CommonJS module": () =>
    compiles(write("use.cts", TYPED), ["--module", "nodenext", "--lib", "es2022"]),
  "types compile for a bundler": () =>
    compiles(write("page.ts", TYPED), ["--module", "esnext", "--moduleResolution", "bundler", "--lib", "es2022"]),
};

try {
  for (const [name, check] of Object.entries(checks)) {
    check();
    console.log(`ok: ${name} (Node ${process.versions.node})`);
  }
} catch (error) {
  console.error(`failed: ${error.message}\n${error.stdout ?? ""}`);
  process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
