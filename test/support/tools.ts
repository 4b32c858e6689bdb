import { accessSync, constants, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "vitest";

/** A program of the machine that some suites need. `npm test` installs what it can before the tests run. */
export type Tool = "chromium" | "postgres" | "python3" | "strace";

/** `describe` for a suite, once what it needs is known to be there; see `requireTool`. */
export type Suite = (name: string, body: () => void) => void;

const EXECUTABLES: Record<Tool, readonly string[]> = {
  chromium: ["chromium", "chromium-browser", "google-chrome"],
  postgres: ["postgres"],
  python3: ["python3"],
  strace: ["strace"],
};

/** The tool's absolute path, or undefined where it is not installed. */
export function findTool(tool: Tool): string | undefined {
  const folders = [...(tool === "postgres" ? debianPostgresFolders() : []), ...(process.env["PATH"] ?? "").split(":")];
  const candidates = folders.flatMap((folder) => EXECUTABLES[tool].map((name) => join(folder, name)));
  return candidates.find(isExecutable);
}

/**
 * A `describe` for suites that need `tool`. Where it is missing the suite is skipped, with the reason in its name and
 * on stderr; with `CI=true` it fails instead, so that a gate never passes by not having run.
 * `requireTool("postgres")("store on PostgreSQL", () => { … })`
 */
export function requireTool(tool: Tool): Suite {
  return findTool(tool) === undefined ? missing(whyMissing(tool)) : describe;
}

/** A `Suite` that does not run because of `reason`: skipped visibly, or failing with `CI=true`. */
export function missing(reason: string): Suite {
  return (name, body) => {
    if (process.env["CI"] === "true") {
      describe(name, () => {
        test("has what it needs when CI=true", () => {
          throw new Error(reason);
        });
      });
      return;
    }
    process.stderr.write(`SKIPPED ${name}: ${reason}\n`);
    describe.skipIf(true)(`${name} [skipped: ${reason}]`, body);
  };
}

/** `npm test` leaves the reason why it could not install a tool in `DESKWATCH_MISSING_<TOOL>`. */
function whyMissing(tool: Tool): string {
  return process.env[`DESKWATCH_MISSING_${tool.toUpperCase()}`] ?? `${tool} is not installed`;
}

/** Debian keeps the server's programs of each major version out of PATH; the newest first. */
function debianPostgresFolders(): string[] {
  const root = "/usr/lib/postgresql";
  try {
    return readdirSync(root)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(root, version, "bin"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
