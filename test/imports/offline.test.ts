import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { nowOf } from "../../src/domain/ledger/holding.ts";
import { registerImport } from "../../src/app/commands/import.ts";
import { freshDemoStore } from "../../src/app/demo/demo-store.ts";
import type { State } from "../../src/engine/fold.ts";
import { emptyState, reduce } from "../../src/engine/fold.ts";
import { fingerprint } from "../../src/engine/snapshot.ts";
import { recover } from "../../src/hub/recovery.ts";
import { openSqliteForReading } from "../../src/store/sqlite/open-sqlite-store.ts";
import { Workload } from "../../bench/workload.ts";
import { scratchDesk, scratchDirectory } from "../support/scratch.ts";
import { mountSmallDisk, requireMount } from "../support/small-disk.ts";
import { type Ran, typed } from "../support/typed-command.ts";

const EVENTS = 4_321;

function fileOfEvents(directory: string): string {
  const file = join(directory, "events.ndjson");
  writeFileSync(file, new Workload(7, "offline").batch(EVENTS, Date.UTC(2026, 1, 24)));
  return file;
}

const imported = (...args: readonly string[]): Promise<Ran> => typed([registerImport], ["import", ...args, "--json"]);

interface Stored {
  readonly fromSnapshot: State;
  readonly fromLog: State;
  readonly reports: number;
}

async function stored(dataDir: string): Promise<Stored> {
  const store = await openSqliteForReading(dataDir);
  try {
    const { state: fromSnapshot, refolded } = await recover(store);
    expect(refolded).toBe(0);
    const fromLog = emptyState();
    await store.replay(0, (facts) => {
      for (const fact of facts) reduce(fromLog, fact);
    });
    return { fromSnapshot, fromLog, reports: (await store.imports(10)).length };
  } finally {
    await store.close();
  }
}

describe("an import without a hub", () => {
  test("takes each event in once and in order, with a snapshot and its report, and again changes nothing", async () => {
    const dataDir = scratchDirectory();
    const file = fileOfEvents(scratchDirectory());
    const first = await imported("--data-dir", dataDir, file);
    expect(first.code, first.err).toBe(0);
    expect(JSON.parse(first.out)).toMatchObject({ complete: true, outcomes: { accepted: EVENTS, duplicates: 0 } });
    const once = await stored(dataDir);
    expect(once.fromLog.desk.seq).toBe(EVENTS);
    expect(fingerprint(once.fromSnapshot)).toBe(fingerprint(once.fromLog));
    expect(once.reports).toBe(1);
    const again = await imported("--data-dir", dataDir, file);
    expect(JSON.parse(again.out)).toMatchObject({ outcomes: { accepted: 0, duplicates: EVENTS } });
    expect(fingerprint((await stored(dataDir)).fromLog)).toBe(fingerprint(once.fromLog));
  });

  test("comes to what a hub makes of the same file", async () => {
    const [offline, online] = [scratchDirectory(), scratchDirectory()];
    const file = fileOfEvents(scratchDirectory());
    await imported("--data-dir", offline, file);
    const desk = await scratchDesk({ dataDir: online });
    expect((await imported("--url", desk.url, file)).code).toBe(0);
    await desk.end("SIGTERM");
    expect(heldIn((await stored(offline)).fromLog)).toEqual(heldIn((await stored(online)).fromLog));
  });

  test("is refused while a hub runs on the store, and says what to do", async () => {
    const desk = await scratchDesk();
    const refused = await imported("--data-dir", desk.dataDir, fileOfEvents(scratchDirectory()));
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.err).toContain("--url");
    expect((await imported("--data-dir", "x", "--url", desk.url, "y")).code).toBe(2);
  });
});

describe("an import into the store of a demo", () => {
  test("is refused, as the next demo deletes it", async () => {
    const dataDir = scratchDirectory();
    const demo = freshDemoStore(dataDir);
    if (!demo.ok) throw new Error(demo.error);
    const refused = await imported("--data-dir", demo.value, fileOfEvents(scratchDirectory()));
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.err).toContain("give another --data-dir");
  });
});

/** Room for the tables, and not for what is imported. */
const FREE_KIB = 512;
const DISK_MIB = 64;

requireMount()("an import without a hub, on a full disk", () => {
  test("says that not all of it is kept, and takes each event in once when there is space again", async () => {
    const disk = mountSmallDisk(DISK_MIB);
    onTestFinished(disk.unmount);
    const file = fileOfEvents(scratchDirectory());
    disk.fill(FREE_KIB);
    const full = await imported("--data-dir", disk.directory, file);
    expect(full.code).toBe(1);
    expect(full.err).toMatch(/disk is full/);
    disk.free();
    const again = await imported("--data-dir", disk.directory, file);
    expect(again.code, again.err).toBe(0);
    const { accepted, duplicates } = (JSON.parse(again.out) as { outcomes: Record<string, number> }).outcomes;
    expect(Number(accepted) + Number(duplicates)).toBe(EVENTS);
    expect((await stored(disk.directory)).fromLog.desk.facts).toBe(EVENTS);
  });
});

/** What each bot has; a hub's own facts may stand between its own in the log. */
function heldIn({ bots }: State): unknown {
  return [...bots.values()]
    .filter(({ bot }) => bot.startsWith("bot-"))
    .sort((a, b) => a.bot.localeCompare(b.bot))
    .map(({ bot, facts, openOrders, ledgers, activity }) => ({
      bot,
      facts,
      activity: [...activity],
      orders: [...openOrders].map(([key, { filled }]) => [key, filled]),
      ledgers: [...ledgers].map(([key, { holding }]) => [key, nowOf(holding).all, holding.quantity]),
    }));
}
