import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** The page as it is in the sources now, built for production into a directory of its own. */
export interface BuiltPage {
  readonly directory: string;
  readonly remove: () => Promise<void>;
}

/** Builds the page; takes about a second. */
export async function buildPage(): Promise<BuiltPage> {
  const directory = await mkdtemp(join(tmpdir(), "deskwatch-page-"));
  const configFile = fileURLToPath(new URL("../../src/web/vite.config.ts", import.meta.url));
  await build({ configFile, logLevel: "error", mode: "production", build: { outDir: directory, emptyOutDir: true } });
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}
