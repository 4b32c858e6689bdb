import { accessSync, constants, readdirSync } from "node:fs";
import { join } from "node:path";

/** The programs of the machine that some suites need. `npm test` installs what it can before the tests run. */
export const TOOLS = ["chromium", "postgres", "prometheus", "promtool", "python3", "strace"] as const;

export type Tool = (typeof TOOLS)[number];

const EXECUTABLES: Record<Tool, readonly string[]> = {
  chromium: ["chromium", "chromium-browser", "google-chrome"],
  postgres: ["postgres"],
  prometheus: ["prometheus"],
  promtool: ["promtool"],
  python3: ["python3"],
  strace: ["strace"],
};

/** The tool's absolute path, or undefined where it is not installed. */
export function findTool(tool: Tool): string | undefined {
  const folders = [...(tool === "postgres" ? debianPostgresFolders() : []), ...(process.env["PATH"] ?? "").split(":")];
  const candidates = folders.flatMap((folder) => EXECUTABLES[tool].map((name) => join(folder, name)));
  return candidates.find(isExecutable);
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
