import { readFileSync } from "node:fs";
import { join } from "node:path";
import { registerExport } from "../../src/app/commands/export.ts";
import { registerImport } from "../../src/app/commands/import.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { type Ran, typed } from "../support/typed-command.ts";

/** Runs `export` or `import` against a hub. */
export const run = (url: string, args: readonly string[]): Promise<Ran> =>
  typed([registerExport, registerImport], args, { environment: { DASHBOARD_API_URL: url } });

/** Exports into a new directory; throws when that fails. */
export async function exported(url: string, ...args: string[]) {
  const directory = join(scratchDirectory(), "export");
  const ran = await run(url, ["export", directory, "--json", ...args]);
  if (ran.code !== 0) throw new Error(ran.err);
  return {
    directory,
    manifest: JSON.parse(ran.out),
    read: (name: string) => readFileSync(join(directory, name), "utf8"),
  };
}

/** A moment of the day that the tests tell of. */
export const ts = (second: number): string => new Date(Date.UTC(2026, 1, 24, 12, 0, second)).toISOString();
