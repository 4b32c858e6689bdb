import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { scratchInMemory } from "../test/support/scratch-in-memory.ts";
import { findTool, TOOLS, type Tool } from "../test/support/find-tool.ts";
import { run } from "./run.ts";

/** The Debian package of each tool that `npm test` installs by itself. */
const PACKAGES: Readonly<Record<Tool, string>> = {
  chromium: "chromium",
  postgres: "postgresql",
  prometheus: "prometheus",
  promtool: "prometheus",
  python3: "python3",
  strace: "strace",
};

const reasons = installTools();
for (const reason of Object.values(reasons)) {
  process.stderr.write(`${reason}\n  The suites that need it are skipped; with CI=true they fail.\n`);
}
const scratch = scratchInMemory();
const inMemory = scratch === undefined ? {} : { TMPDIR: scratch };
const code = run("vitest", ["run", ...process.argv.slice(2)], { ...reasons, ...inMemory });
if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
process.exit(code);

/** Installs what is missing, where that can be done; returns `DESKWATCH_MISSING_<TOOL>` with the reason for the rest. */
function installTools(): Record<string, string> {
  const missing = TOOLS.filter((tool) => findTool(tool) === undefined);
  if (missing.length === 0) return {};
  const packages = [...new Set(missing.map((tool) => PACKAGES[tool]))];
  const refusal = canInstall(packages) ?? apt("update");
  const reasonOf = (tool: Tool): string | undefined => {
    const failure = refusal ?? apt("install", "-y", "--no-install-recommends", PACKAGES[tool]);
    if (findTool(tool) !== undefined) return undefined;
    return `${tool} is not installed (Debian package ${PACKAGES[tool]}): ${failure ?? "its program was not found"}`;
  };
  return Object.fromEntries(
    missing.flatMap((tool) => {
      const reason = reasonOf(tool);
      return reason === undefined ? [] : [[`DESKWATCH_MISSING_${tool.toUpperCase()}`, reason]];
    }),
  );
}

/** Undefined when this process may install packages, else what to do instead. */
function canInstall(packages: readonly string[]): string | undefined {
  if (process.getuid?.() !== 0) return `only root may install packages: sudo apt-get install ${packages.join(" ")}`;
  process.stderr.write(`Installing ${packages.join(", ")} for the tests (once)…\n`);
  return undefined;
}

/** Undefined when it succeeded, else why not. */
function apt(...args: readonly string[]): string | undefined {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const done = spawnSync("apt-get", ["-q", ...args], { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  if (done.error !== undefined) return "there is no apt-get";
  return done.status === 0 ? undefined : `apt-get ${args[0]}: ${done.stderr.trim().split("\n").at(-1)}`;
}
