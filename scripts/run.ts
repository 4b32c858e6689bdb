import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The root of the repository, with a slash at its end. */
export const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Runs a command of the repository with its output shown; resolves with its exit code, 1 when it could not start. */
export function run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): number {
  const done = spawnSync(command, args, { cwd: ROOT, stdio: "inherit", env: { ...process.env, ...env } });
  if (done.error !== undefined) process.stderr.write(`${command}: ${done.error.message}\n`);
  return done.status ?? 1;
}

/** Runs a command and ends this process with its exit code when that is not 0. */
export function runOrExit(command: string, args: readonly string[]): void {
  const code = run(command, args);
  if (code !== 0) process.exit(code);
}
