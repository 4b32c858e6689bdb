import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Workload } from "../../bench/workload.ts";
import { registerImport } from "../../src/app/commands/import.ts";
import { emptyState, reduce } from "../../src/engine/fold.ts";
import { fingerprint } from "../../src/engine/snapshot.ts";
import { recover } from "../../src/hub/recovery.ts";
import { openSqliteForReading, openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { typed } from "../support/typed-command.ts";
import { waitUntil } from "../support/wait-until.ts";

const MAIN = fileURLToPath(new URL("../../src/app/main.ts", import.meta.url));
/** More than one transaction of an import has, and less than two. */
const SENT = 26_000;
const EVENTS = 28_000;

function fileOf(lines: readonly string[]): string {
  const file = join(scratchDirectory(), "events.ndjson");
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

/** Rows that others can read. */
async function committed(dataDir: string): Promise<number> {
  try {
    const store = await openSqliteForReading(dataDir);
    return await store.lastSeq().finally(() => store.close());
  } catch {
    // It is not made yet.
    return 0;
  }
}

interface Kept {
  readonly seqs: readonly number[];
  readonly fills: number;
  readonly told: number;
  readonly state: string;
  readonly recovered: string;
}

async function keptIn(dataDir: string): Promise<Kept> {
  const store = await openSqliteStore({ dataDir });
  try {
    const state = emptyState();
    const seqs: number[] = [];
    let told = 0;
    await store.replay(0, (events) => {
      for (const recorded of events) {
        seqs.push(recorded.seq);
        if (recorded.event.type === "fill") told++;
        reduce(state, recorded);
      }
    });
    let fills = 0;
    for (let afterSeq = 0; ; ) {
      const page = await store.fills({ afterSeq, limit: 1_000, order: "oldest" });
      fills += page.events.length;
      if (page.lastSeq === undefined) break;
      afterSeq = page.lastSeq;
    }
    const recovered = fingerprint((await recover(store)).state);
    return { seqs, fills, told, state: fingerprint(state), recovered };
  } finally {
    await store.close();
  }
}

test("an import that is killed leaves whole transactions, a store that opens, and takes in the rest when run again", async () => {
  const dataDir = scratchDirectory();
  const lines = new Workload(23, "killed")
    .batch(EVENTS, Date.UTC(2026, 1, 24))
    .trimEnd()
    .split("\n");
  const [pipe, part] = [join(scratchDirectory(), "events.ndjson"), fileOf(lines.slice(0, SENT))];
  execFileSync("mkfifo", [pipe]);
  // Held open here: whoever reads it waits for more, and cannot end by itself.
  const held = openSync(pipe, "r+");
  onTestFinished(() => closeSync(held));
  const writing = spawn("cat", [part], { stdio: ["ignore", held, "ignore"] });
  onTestFinished(() => void writing.kill("SIGKILL"));
  const child = spawn(process.execPath, [MAIN, "import", pipe, "--data-dir", dataDir], {
    cwd: tmpdir(),
    stdio: "ignore",
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = once(child, "exit");
  await waitUntil("a part of the import is committed", async () => (await committed(dataDir)) > 0);
  child.kill("SIGKILL");
  await ended;
  const half = await keptIn(dataDir);
  expect(half.seqs.length).toBeGreaterThan(0);
  expect(half.seqs.length).toBeLessThan(SENT);
  expect(half.seqs.at(-1)).toBe(half.seqs.length);
  expect(half.fills).toBe(half.told);
  expect(half.recovered).toBe(half.state);

  const file = fileOf(lines);
  const importing = (into: string) => typed([registerImport], ["import", file, "--data-dir", into, "--json"]);
  const again = await importing(dataDir);
  expect(again.code, again.err).toBe(0);
  expect(JSON.parse(again.out)).toMatchObject({
    complete: true,
    outcomes: { accepted: EVENTS - half.seqs.length, duplicates: half.seqs.length },
  });
  const whole = await keptIn(dataDir);
  expect(whole.seqs.length).toBe(EVENTS);
  expect(whole.fills).toBe(whole.told);
  expect(whole.recovered).toBe(whole.state);
}, 240_000);
