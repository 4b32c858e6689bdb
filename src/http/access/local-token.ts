import { join } from "node:path";
import { z } from "zod";
import { dropSecret, readSecret, writeSecret } from "./secret-files.ts";

/** How a program of the same machine that can read the data directory reaches the running hub, and proves it. */
export interface LocalAccess {
  /** Base address of the hub, such as `http://127.0.0.1:8000`. */
  readonly url: string;
  readonly token: string;
}

const localAccess = z.object({ url: z.url(), token: z.string().min(32) });

/** Written at every start of a hub, mode 0600, with a fresh token. */
export function writeLocalAccess(dataDir: string, access: LocalAccess): void {
  writeSecret(pathOf(dataDir), JSON.stringify(access));
}

/** What the hub that runs on this data directory wrote; undefined when none does, or the file is damaged. */
export function readLocalAccess(dataDir: string): LocalAccess | undefined {
  const text = readSecret(pathOf(dataDir));
  if (text === undefined) return undefined;
  try {
    const parsed = localAccess.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Removes the file when the hub stops, unless another hub has written it since. */
export function dropLocalAccess(dataDir: string, token: string): void {
  if (readLocalAccess(dataDir)?.token === token) dropSecret(pathOf(dataDir));
}

function pathOf(dataDir: string): string {
  return join(dataDir, "local-token");
}
