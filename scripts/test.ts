import { spawnSync } from "node:child_process";
import { findTool, TOOLS, type Tool } from "../test/support/find-tool.ts";
import { run } from "./run.ts";

/** The Debian package of each tool that `npm test` installs by itself. */
const PACKAGES: Readonly<Record<Tool, string>> = {
  chromium: "chromium",
  postgres: "postgresql",
  python3: "python3",
  strace: "strace",
};

const reasons = installTools();
for (const reason of Object.values(reasons)) {
  process.stderr.write(`${reason}\n  The suites that need it are skipped; with CI=true they fail.\n`);
}
process.exit(run("vitest", ["run", ...process.argv.slice(2)], reasons));

/** Installs what is missing, where that can be done; returns `DESKWATCH_MISSING_<TOOL>` with the reason for the rest. */
function installTools(): Record<string, string> {
  const missing = TOOLS.filter((tool) => findTool(tool) === undefined).map((tool) => ({
    tool,
    debian: PACKAGES[tool],
  }));
  if (missing.length === 0) return {};
  const failure = aptInstall(missing.map(({ debian }) => debian));
  return Object.fromEntries(
    missing
      .filter(({ tool }) => findTool(tool) === undefined)
      .map(({ tool, debian }) => [
        `DESKWATCH_MISSING_${tool.toUpperCase()}`,
        `${tool} is not installed (Debian package ${debian}): ${failure ?? "its program was not found"}`,
      ]),
  );
}

/** Undefined when the packages were installed, else why not. */
function aptInstall(packages: readonly string[]): string | undefined {
  if (process.getuid?.() !== 0) return `only root may install packages: sudo apt-get install ${packages.join(" ")}`;
  process.stderr.write(`Installing ${packages.join(", ")} for the tests (once)…\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", ...packages]]) {
    const done = spawnSync("apt-get", ["-q", ...args], { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    if (done.error !== undefined) return "there is no apt-get";
    if (done.status !== 0) return `apt-get ${args[0]}: ${done.stderr.trim().split("\n").at(-1)}`;
  }
  return undefined;
}
