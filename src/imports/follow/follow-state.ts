import { hash } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";

const count = z.number().int().min(0);

const fileRecord = z.strictObject({
  path: z.string(),
  dev: z.number(),
  ino: z.number(),
  kind: z.enum(["lines", "document", "archive"]),
  format: z.string().nullable(),
  head_bytes: count,
  head_hash: z.string(),
  offset: count.describe("bytes of it that the hub has acknowledged"),
  tail_hash: z.string(),
  run_from: count.describe("where its format began: after a header that changed, not at 0"),
  header: z.string().max(65_536).nullish().describe("of a table: what its rows are read under where they have none"),
  ended_at: count.nullable().describe("the offset at which the end of the file was told"),
  content_hash: z.string().nullable().describe("of a document: what was last acknowledged"),
});

/** What is known of one file: by what it is recognised, and how far the hub has it. */
export type FileRecord = z.output<typeof fileRecord>;

const stateFile = z.strictObject({
  version: z.literal(1),
  root: z.string(),
  hub: z.string(),
  files: z.array(fileRecord).max(10_000),
});

export interface FollowState {
  readonly root: string;
  readonly hub: string;
  readonly files: readonly FileRecord[];
}

/** Where the position of a root is kept when nobody says: one file for each root and hub. */
export function defaultStatePath(root: string, hub: string, environment: NodeJS.ProcessEnv): string {
  const base = environment["XDG_STATE_HOME"] ?? join(environment["HOME"] ?? ".", ".local", "state");
  return join(base, "deskwatch", `follow-${hash("sha256", `${root}\n${hub}`, "hex").slice(0, 16)}.json`);
}

/** The positions kept at `path` for this root and hub; `problem` says why what stands there is not used. */
export async function loadState(
  path: string,
  { root, hub }: Pick<FollowState, "root" | "hub">,
): Promise<{ readonly files: readonly FileRecord[]; readonly problem?: string }> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return { files: [] };
    throw error;
  }
  const parsed = stateFile.safeParse(jsonOf(text));
  if (!parsed.success) return { files: [], problem: `${path} is damaged: every file is read from its start` };
  if (parsed.data.root !== root || parsed.data.hub !== hub)
    return { files: [], problem: `${path} is of another directory or hub: every file is read from its start` };
  return { files: parsed.data.files };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A damaged file is told by `loadState`, like one of another form.
    return undefined;
  }
}

/** Replaces the file whole or not at all, also when the machine loses power in between. */
export async function saveState(path: string, state: FollowState): Promise<void> {
  const unfinished = `${path}.${process.pid}.tmp`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(unfinished, "w", 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ version: 1, ...state })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
}
