import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const OWNER_ONLY = 0o600;
const DIRECTORY_OWNER_ONLY = 0o700;

/** 256 random bits as 43 characters of `A-Za-z0-9_-`. */
export function randomSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** The secret kept in the file; made, with mode 0600, when there is none. A file open to others is closed to them. */
export function keepSecret(path: string): string {
  const kept = readSecret(path);
  if (kept !== undefined) return kept;
  const secret = randomSecret();
  writeSecret(path, secret);
  return secret;
}

/** The trimmed text of a secret file; undefined when there is none or it is empty. */
export function readSecret(path: string): string | undefined {
  try {
    const text = readFileSync(path, "utf8").trim();
    chmodSync(path, OWNER_ONLY);
    return text === "" ? undefined : text;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Writes a secret file, mode 0600 from its first byte, replacing what was there in one step. */
export function writeSecret(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: DIRECTORY_OWNER_ONLY });
  const draft = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, `${text}\n`, { mode: OWNER_ONLY, flag: "wx" });
  renameSync(draft, path);
}

/** Deletes a secret file; fine when there is none. */
export function dropSecret(path: string): void {
  rmSync(path, { force: true });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
