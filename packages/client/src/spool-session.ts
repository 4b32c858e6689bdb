import { randomBytes } from "node:crypto";
import { mkdirSync, renameSync } from "node:fs";
import { mkdir, readdir, readFile, readlink, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

/**
 * Several processes may share a spool directory. Each reporter writes into a folder of its own in it, a session, with
 * an `owner.json` that it touches. The session of a process that ended is taken over, by an atomic rename, by the next
 * reporter of the same bot.
 */
const OWNER = "owner.json";
const STALE_MS = 30_000;

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Where pids count from the same start; empty where the system does not tell. */
  readonly pidSpace: string;
}

/** A folder that this process owns. */
export interface Session {
  readonly path: string;
}

/** Makes a new session for the bot. Rejects when the directory cannot be written. */
export async function createSession(spoolDir: string, bot: string): Promise<Session> {
  await mkdir(spoolDir, { recursive: true, mode: 0o700 });
  const name = newName(bot);
  // Made under another name, so that nobody sees a session without its owner.
  const draft = join(spoolDir, `.${name}`);
  await mkdir(draft, { mode: 0o700 });
  await writeOwner(draft);
  const path = join(spoolDir, name);
  await rename(draft, path);
  return { path };
}

/** A session without an owner, filled at once by a process that ends: the next reporter takes it over. */
export function leaveSession(spoolDir: string, bot: string, fill: (session: Session) => void): void {
  const name = newName(bot);
  const draft = join(spoolDir, `.${name}`);
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  fill({ path: draft });
  renameSync(draft, join(spoolDir, name));
}

/** Takes over the sessions of this bot whose process has ended, oldest first. */
export async function adoptSessions(spoolDir: string, bot: string, own: ReadonlySet<string>): Promise<Session[]> {
  const prefix = prefixFor(bot);
  const adopted: Session[] = [];
  for (const name of (await namesIn(spoolDir)).sort()) {
    const path = join(spoolDir, name);
    if (name.startsWith(`.${prefix}`)) await removeStaleDraft(path);
    if (!name.startsWith(prefix)) continue;
    if (own.has(path) || !(await isAbandoned(path))) continue;
    const session = await takeOver(spoolDir, name);
    if (session !== undefined) adopted.push(session);
  }
  return adopted;
}

/** Says that the owner is still there. Rejects with ENOENT when another process has taken the session over. */
export async function touchSession(session: Session): Promise<void> {
  const now = new Date();
  await utimes(join(session.path, OWNER), now, now);
}

/** Gives the session up: removed when empty, else left for the next reporter to take over at once. */
export async function releaseSession(session: Session, empty: boolean): Promise<void> {
  if (empty) await rm(session.path, { recursive: true, force: true });
  else await rm(join(session.path, OWNER), { force: true });
}

const token = (): string => randomBytes(6).toString("hex");
const newName = (bot: string): string => `${prefixFor(bot)}${Date.now().toString(36)}-${token()}`;
const prefixFor = (bot: string): string => `${encodeURIComponent(bot).slice(0, 120)}@`;

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** A session that was never finished, because its process ended: it holds no events. */
async function removeStaleDraft(path: string): Promise<void> {
  try {
    if (Date.now() - (await stat(path)).mtimeMs > STALE_MS) await rm(path, { recursive: true, force: true });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function takeOver(spoolDir: string, name: string): Promise<Session | undefined> {
  const path = join(spoolDir, `${name.replace(/~.*$/, "")}~${token()}`);
  try {
    await rename(join(spoolDir, name), path);
    await writeOwner(path);
    return { path };
  } catch (error) {
    // Another process was faster.
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  try {
    const ownerPath = join(path, OWNER);
    const owner: unknown = JSON.parse(await readFile(ownerPath, "utf8"));
    const { mtimeMs } = await stat(ownerPath);
    return Date.now() - mtimeMs > STALE_MS || (isOwner(owner) && (await hasEnded(owner)));
  } catch (error) {
    // Without a readable owner it was given up, or its owner died while it wrote.
    return isMissing(error) || error instanceof SyntaxError;
  }
}

/** Whether the owner's process surely has ended; false when only its silence can tell. */
async function hasEnded(owner: Owner): Promise<boolean> {
  const here = await thisOwner();
  if (owner.host !== here.host || owner.pidSpace !== here.pidSpace || owner.pid === here.pid) return false;
  try {
    process.kill(owner.pid, 0);
    return false;
  } catch (error) {
    return isErrno(error) && error.code === "ESRCH";
  }
}

const isOwner = (value: unknown): value is Owner =>
  typeof value === "object" && value !== null && "pid" in value && typeof value.pid === "number" && value.pid > 0;

async function writeOwner(path: string): Promise<void> {
  await writeFile(join(path, OWNER), JSON.stringify(await thisOwner()), { mode: 0o600 });
}

async function thisOwner(): Promise<Owner> {
  return { pid: process.pid, host: hostname(), pidSpace: await pidSpace() };
}

async function pidSpace(): Promise<string> {
  try {
    return await readlink("/proc/self/ns/pid");
  } catch {
    // Only Linux tells; elsewhere processes of one host share their pids.
    return "";
  }
}

const isErrno = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && "code" in error;

/** Whether an error says that a file is not there. */
export const isMissing = (error: unknown): boolean => isErrno(error) && error.code === "ENOENT";
