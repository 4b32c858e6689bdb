import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openOfflineDesk } from "../../src/app/import/offline-desk.ts";
import { emptyState, reduce } from "../../src/engine/fold.ts";
import { fingerprint } from "../../src/engine/snapshot.ts";
import { recover } from "../../src/hub/recovery.ts";
import { micros } from "../../src/base/time.ts";
import { bareDesk } from "../../src/hub/bare-desk.ts";
import { DirectIntake } from "../../src/hub/direct/direct-intake.ts";
import { KnownNames } from "../../src/hub/direct/known-names.ts";
import { StoreLog } from "../../src/hub/direct/store-log.ts";
import { type Store, StoreUnavailable } from "../../src/hub/ports.ts";
import { importFiles } from "../../src/imports/import-files.ts";
import type { ImportReport } from "../../src/imports/import-report.ts";
import { parseEvent } from "../../src/protocol/parse-event.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { DAY_MS, randomLines } from "../support/random-lines.ts";
import { scratchDirectory } from "../support/scratch.ts";

const clock = { now: () => micros(DAY_MS * 1000 + 86_400_000_000) };

function fileOf(lines: readonly string[]): string {
  const file = join(scratchDirectory(), "events.ndjson");
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

interface Imported {
  readonly dataDir: string;
  readonly reports: readonly ImportReport[];
}

/** The files one after another, each by an import of its own. `events`: how many the import expects. */
async function imported(files: readonly string[], events: number, besideBytes: number): Promise<Imported> {
  const dataDir = scratchDirectory();
  const reports: ImportReport[] = [];
  for (const file of files) {
    const desk = await openOfflineDesk({ databaseUrl: undefined, dataDir }, events);
    const options = { bot: undefined, mode: undefined };
    const onBytes = () => undefined;
    reports.push(await importFiles({ files: [file], format: undefined, options, hub: desk, onBytes, besideBytes }));
    await desk.finish();
    await desk.close();
  }
  return { dataDir, reports };
}

/** The log of a store, without when it was received; and whether its snapshot is the fold of it. */
async function logIn(dataDir: string): Promise<unknown[]> {
  const store = await openSqliteStore({ dataDir });
  try {
    const rows: unknown[] = [];
    const state = emptyState();
    await store.replay(0, (events) => {
      for (const recorded of events) {
        const { seq, standing, ofSeq, event } = recorded;
        rows.push({ seq, standing, ofSeq, event });
        reduce(state, recorded);
      }
    });
    const recovered = await recover(store);
    expect(recovered.refolded).toBe(0);
    expect(fingerprint(recovered.state)).toBe(fingerprint(state));
    return rows;
  } finally {
    await store.close();
  }
}

/** The same lines by a hub's own way in, begun again for each part. */
async function ingested(parts: readonly (readonly string[])[]): Promise<unknown[]> {
  const store = await openSqliteStore({ dataDir: scratchDirectory(), durability: "never" });
  onTestFinished(() => store.close());
  for (const lines of parts) {
    const { state } = await recover(store);
    const said = lines.map((line) => ({ value: { ...(JSON.parse(line) as object), origin: "import" } }));
    const done = await bareDesk(store, clock, { state }).ingest.submit(said);
    if (!done.ok) throw new Error(done.error.message);
  }
  const rows: unknown[] = [];
  await store.replay(0, (events) => {
    for (const { seq, standing, ofSeq, event } of events) rows.push({ seq, standing, ofSeq, event });
  });
  return rows;
}

/** Each has an id: a line without one has one made up of its content, which a hub does not do. */
const withIds = (lines: readonly string[]): string[] =>
  lines.map((line, n) => JSON.stringify({ id: `n${n}`, ...(JSON.parse(line) as object) }));

describe("an import into a store itself", () => {
  test.each([
    ["in this thread", Number.POSITIVE_INFINITY],
    ["in a thread beside it", 0],
  ])("stores what a hub would, row by row, when the file is read %s", async (_, besideBytes) => {
    const lines = withIds(randomLines(11, 3_000));
    const { dataDir, reports } = await imported([fileOf(lines)], 3_000, besideBytes);
    const rows = await logIn(dataDir);
    expect(rows).toEqual(await ingested([lines]));
    const { duplicates, merged, contradictions } = reports[0]?.outcomes ?? {};
    for (const count of [duplicates, merged, contradictions]) expect(count).toBeGreaterThan(20);
  });

  test.each([
    ["the names of what is stored are read", 3_000],
    ["every answer is the store's, as few events come", 1],
  ])("goes on where another ended, over what that had said, when %s", async (_, events) => {
    const lines = withIds(randomLines(12, 3_000));
    const parts = [lines.slice(0, 2_000), lines.slice(1_000)];
    const { dataDir, reports } = await imported(parts.map(fileOf), events, 0);
    const rows = await logIn(dataDir);
    expect(rows).toEqual(await ingested(parts));
    expect(reports[1]?.outcomes.duplicates).toBeGreaterThan(500);
  });
});

describe("StoreLog", () => {
  const store = (append: Store["append"]): Pick<Store, "append"> => ({ append });
  const event = (n: number) => {
    const parsed = parseEvent({ type: "annotation", bot: "b", ts: DAY_MS + n, title: `t${n}`, id: `n${n}` });
    if (!parsed.ok) throw new Error(parsed.error.message);
    return [parsed.value, JSON.stringify(parsed.value)] as const;
  };
  const intakeOn = (append: Store["append"]) => {
    const log: StoreLog = new StoreLog({
      store: store(append),
      lastSeq: 0,
      names: new KnownNames(100),
      onLate: (...answer) => intake.onLate(...answer),
    });
    const intake = new DirectIntake({ log, clock });
    return { log, intake };
  };

  test("says that the store is away, and that what was folded is not stored", async () => {
    const { log, intake } = intakeOn(() => Promise.reject(new StoreUnavailable("gone")));
    intake.take(...event(1));
    expect(log.hasFailed).toBe(false);
    await expect(log.end()).rejects.toThrow("gone");
    expect(log.hasFailed).toBe(true);
    await expect(log.room()).rejects.toThrow("gone");
  });

  test("takes no answer of the store that is not the one it has given", async () => {
    const { log, intake } = intakeOn(({ count }) =>
      Promise.resolve(Array.from({ length: count }, (_, index) => ({ seq: 7 + index, standing: "fact" as const }))),
    );
    intake.take(...event(1));
    await expect(log.end()).rejects.toThrow("otherwise than was foreseen");
  });

  test("gives seqs of its own again once the store has answered for what was not sure, and folds in order", async () => {
    const answered: number[] = [];
    let next = 1;
    const { log, intake } = intakeOn(async ({ count }) => {
      answered.push(count);
      await Promise.resolve();
      return Array.from({ length: count }, () => ({ seq: next++, standing: "fact" as const }));
    });
    intake.take(...event(1));
    intake.take(...event(2));
    // Not surely new: the store is asked. It has forgotten.
    intake.take(...event(1));
    intake.take(...event(3));
    expect(intake.counts).toMatchObject({ accepted: 2, last_seq: 2 });
    await log.end();
    expect(intake.counts).toMatchObject({ accepted: 4, last_seq: 4 });
    intake.take(...event(4));
    expect(intake.counts).toMatchObject({ accepted: 5, last_seq: 5 });
    await log.end();
    expect(answered).toEqual([2, 2, 1]);
  });
});
