import { expect, test } from "vitest";
import { deskFetch } from "../../src/app/replay/desk-fetch.ts";
import { fingerprint } from "../../src/engine/snapshot.ts";
import { importFiles } from "../../src/imports/import-files.ts";
import { LiveCourse, ReplayDesk } from "../support/replay-desk.ts";
import { requireTestData, testData } from "../support/test-data.ts";

const FILES = ["data/arbitrage-attempts/execution_events.jsonl.gz", "data/arbitrage-attempts/arb_executions.csv"];

/** A desk that has taken the recordings in as `deskwatch import` sends them. */
async function importedDesk(): Promise<ReplayDesk> {
  const desk = await ReplayDesk.open();
  const report = await importFiles({
    files: FILES.map((file) => testData(file)),
    format: undefined,
    options: { bot: undefined, mode: undefined },
    hub: {
      url: "http://localhost",
      fetch: deskFetch({ ingest: desk.hub.ingest, keepSamples: () => Promise.resolve() }),
      sleep: () => Promise.resolve(),
      random: () => 0,
    },
    onBytes: () => undefined,
  });
  expect(report.outcomes.accepted).toBeGreaterThan(1_000);
  return desk;
}

requireTestData(...FILES)("the imported arbitrage session", () => {
  test("is in replay what it is live, at full speed, at ten times, and wherever it is sought", async () => {
    const desk = await importedDesk();
    const live = fingerprint(desk.hub.state);
    const replay = await desk.replay({ speed: "max" });
    await replay.control({ action: "play" });
    await desk.play(replay, 0.2);
    expect(replay.view).toMatchObject({ state: "ended", at_seq: desk.hub.state.desk.seq });
    expect(fingerprint(replay.state)).toBe(live);
    const course = new LiveCourse(await desk.log());
    const { events, to } = replay.view;
    for (const part of [0.9, 0.1, 0.5]) {
      await replay.control({ action: "seek_seq", seq: Math.floor(events * part) });
      expect(fingerprint(replay.state)).toBe(course.after(replay.view.at_seq));
    }
    await replay.control({ action: "speed", speed: 10 });
    await replay.control({ action: "seek", to: new Date(Date.parse(to ?? "") - 120_000).toISOString() });
    await replay.control({ action: "play" });
    await desk.play(replay, 5);
    expect(replay.view.state).toBe("playing");
    expect(fingerprint(replay.state)).toBe(course.after(replay.view.at_seq));
    await desk.play(replay, 8);
    expect(replay.view.state).toBe("ended");
    expect(fingerprint(replay.state)).toBe(live);
  });
});
