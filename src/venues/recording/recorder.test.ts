import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { waitUntil } from "../../../test/support/wait-until.ts";
import { micros } from "../../base/time.ts";
import { seededRandom } from "../../base/random.ts";
import { noTrouble, readRecording } from "./read-recording.ts";
import { Recorder, type RecordingLimits } from "./recorder.ts";
import { INDEX_FILE, readIndex } from "./recording-index.ts";
import type { VenueRecord } from "./record.ts";
import { listSegments } from "./segments.ts";

const LIMITS: RecordingLimits = { maxBytes: 1e9, segmentBytes: 1e8, segmentMs: 3_600_000, whenFull: "stop" };

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "deskwatch-record-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const frame = (at: number, text: string): VenueRecord => ({ at: micros(at), kind: "frame", connection: "c", text });
const opened = (at: number, connection = "c"): VenueRecord => ({
  at: micros(at),
  kind: "opened",
  connection,
  venue: "v",
  target: "/ws",
});

function recorderOf(directory: string, limits: Partial<RecordingLimits> = {}) {
  const stopped: string[] = [];
  const recorder = new Recorder({
    directory,
    runId: "run",
    limits: { ...LIMITS, ...limits },
    onStopped: (reason) => stopped.push(reason),
  });
  return { recorder, stopped };
}

/** All records but those that the recorder itself puts at the beginning of segments. */
function readBack(directory: string) {
  const trouble = noTrouble();
  const records = [...readRecording(directory, trouble)].flat().filter(({ kind }) => kind !== "segment");
  return { records, trouble };
}

/** Text that does not get smaller by being compressed. */
const noise = (seed: number, length: number): string => {
  const random = seededRandom(seed);
  return Array.from({ length }, () => String.fromCharCode(33 + random.below(90))).join("");
};

async function recordNoise(directory: string, limits: Partial<RecordingLimits>, chunks: number) {
  const { recorder, stopped } = recorderOf(directory, limits);
  recorder.write(opened(0));
  for (let chunk = 1; chunk <= chunks; chunk++) {
    recorder.write(frame(chunk * 1_000_000, noise(chunk, 5_000)));
    recorder.flush();
  }
  await recorder.close();
  return { recorder, stopped };
}

describe("a recording", () => {
  test("gives back every record as it was written, whatever is in it", async () => {
    const directory = scratch();
    const written: VenueRecord[] = [
      opened(1),
      frame(2, '{"a":"\\u00e9\n\\"","b":[1.50]}\n'),
      frame(3, "not JSON \u{1F600} \ud800"),
      { at: micros(4), kind: "ping", connection: "c" },
      { at: micros(5), kind: "answer", venue: "v", request: "/book?symbol=X", status: 200, text: "{}" },
      { at: micros(6), kind: "failed", venue: "v", request: "/book", reason: "ECONNRESET" },
      { at: micros(7), kind: "ended", connection: "c", code: 1006, reason: "" },
      { at: micros(8), kind: "lost", count: 3 },
    ];
    const { recorder } = recorderOf(directory);
    for (const record of written) recorder.write(record);
    await recorder.close();
    expect(readBack(directory)).toEqual({ records: written, trouble: { tears: [], malformed: 0 } });
    expect(recorder.counts).toMatchObject({ records: 8, lost: 0 });
  });

  test("goes on in new segments when it is recorded into again", async () => {
    const directory = scratch();
    for (const at of [1, 2, 3]) {
      const { recorder } = recorderOf(directory);
      recorder.write(frame(at, "x"));
      await recorder.close();
    }
    expect(readBack(directory).records.map(({ at }) => at)).toEqual([1, 2, 3]);
    expect(listSegments(directory).map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  test("is cut by size and by time, and each segment names the connections that were open before it", async () => {
    const bySize = scratch();
    await recordNoise(bySize, { segmentBytes: 10_000 }, 9);
    expect(listSegments(bySize)).toHaveLength(3);
    const byTime = scratch();
    await recordNoise(byTime, { segmentMs: 2_000 }, 9);
    expect(listSegments(byTime)).toHaveLength(5);
    const heads = [...readRecording(byTime, noTrouble())].flat().filter((record) => record.kind === "segment");
    expect(heads.map(({ open }) => open.length)).toEqual([0, 1, 1, 1, 1]);
    expect(readBack(byTime).records).toHaveLength(10);
  });

  test("begins a segment with each run, which leans on none before it", async () => {
    const directory = scratch();
    const { recorder } = recorderOf(directory);
    recorder.write(opened(1));
    recorder.write({ at: micros(2), kind: "ended", connection: "c", reason: "renewed" });
    recorder.renew("another run");
    recorder.write(opened(3, "d"));
    await recorder.close();
    const segments = [...readRecording(directory, noTrouble())].flat().filter(({ kind }) => kind === "segment");
    expect(segments).toMatchObject([
      { run: "run", open: [] },
      { run: "another run", open: [] },
    ]);
    expect(readBack(directory).records.map(({ at }) => at)).toEqual([1, 2, 3]);
  });

  test("can be unpacked without us", async () => {
    const directory = scratch();
    await recordNoise(directory, {}, 1);
    const bytes = readFileSync(join(directory, listSegments(directory)[0]?.file ?? ""));
    // The first frame behind its header; `zstd -dc` does the same for all of them.
    expect(zstdDecompressSync(bytes.subarray(44)).toString()).toMatch(/^\{"at":0,"kind":"segment"/);
  });
});

describe("limits", () => {
  test("the oldest segments go when it is full, and the disk holds no more than allowed", async () => {
    const directory = scratch();
    const { recorder, stopped } = await recordNoise(
      directory,
      { segmentBytes: 10_000, maxBytes: 40_000, whenFull: "drop-oldest" },
      40,
    );
    const bytes = readdirSync(directory)
      .filter((file) => file.endsWith(".zst"))
      .reduce((sum, file) => sum + statSync(join(directory, file)).size, 0);
    expect(bytes).toBeLessThanOrEqual(40_000);
    expect([stopped, recorder.counts.segmentsDropped > 5]).toEqual([[], true]);
    expect(readBack(directory).records.at(-1)?.at).toBe(40_000_000);
    expect(readIndex(directory).map(({ number }) => number)).toEqual(
      listSegments(directory).map(({ number }) => number),
    );
  });

  test("or it stops, says why, and keeps what it has", async () => {
    const directory = scratch();
    const { recorder, stopped } = await recordNoise(directory, { segmentBytes: 10_000, maxBytes: 30_000 }, 40);
    expect(stopped).toEqual(["the recording has reached its limit of 30000 bytes"]);
    expect(recorder.isStopped).toBe(true);
    const { records, trouble } = readBack(directory);
    expect(records.map(({ at }) => at)).toEqual(records.map((_, index) => index * 1_000_000));
    expect([records.length > 3, trouble.tears]).toEqual([true, []]);
  });

  test("what comes faster than the disk takes it is left out, and the recording says how much", async () => {
    const directory = scratch();
    const { recorder } = recorderOf(directory);
    const much = noise(1, 300_000);
    let written = 0;
    // Nothing reaches the disk before this ends.
    while (recorder.counts.lost < 10) recorder.write(frame(++written, much));
    await waitUntil("there is room again", () => {
      const { records } = recorder.counts;
      recorder.write(frame(++written, "x"));
      return recorder.counts.records > records;
    });
    await recorder.close();
    const { records } = readBack(directory);
    const lost = records.flatMap((record) => (record.kind === "lost" ? [record.count] : []));
    expect(lost).toEqual([recorder.counts.lost]);
    expect(records.length - 1 + recorder.counts.lost).toBe(written);
  });

  test("a directory that goes away ends the recording with its reason, and nothing is thrown", async () => {
    const directory = scratch();
    const { recorder, stopped } = recorderOf(directory);
    rmSync(directory, { recursive: true });
    recorder.write(frame(1, "x"));
    recorder.flush();
    await recorder.close();
    expect(stopped).toEqual([expect.stringContaining("ENOENT")]);
    recorder.write(frame(2, "x"));
  });
});

describe("the lock", () => {
  test("keeps a second recorder out, in this process and from another", async () => {
    const directory = scratch();
    const { recorder } = recorderOf(directory);
    expect(() => recorderOf(directory)).toThrow(/records into .* already/);
    await recorder.close();
    writeFileSync(join(directory, "recorder.lock"), `${process.ppid}\n`);
    expect(() => recorderOf(directory)).toThrow(`process ${process.ppid} records into`);
  });

  test("of a process that is no more is taken over", async () => {
    const directory = scratch();
    for (const left of ["999999999\n", `${process.pid}\n`, ""]) {
      writeFileSync(join(directory, "recorder.lock"), left);
      await recorderOf(directory).recorder.close();
    }
  });
});

describe("a torn segment", () => {
  const chunks = 6;
  const torn = async (how: (path: string, size: number) => void) => {
    const directory = scratch();
    await recordNoise(directory, {}, chunks);
    const path = join(directory, listSegments(directory)[0]?.file ?? "");
    how(path, statSync(path).size);
    rmSync(join(directory, INDEX_FILE));
    return directory;
  };

  test("is read up to the tear wherever that is, and the index says how much is behind it", async () => {
    const directory = await torn(() => undefined);
    const path = join(directory, listSegments(directory)[0]?.file ?? "");
    const size = statSync(path).size;
    let longer = chunks + 1;
    for (let cut = size - 1; cut >= 0; cut -= 97) {
      truncateSync(path, cut);
      const { records, trouble } = readBack(directory);
      expect(records.map(({ at }) => at)).toEqual(Array.from({ length: records.length }, (_, index) => index * 1e6));
      // A chunk at a time: the first has two records.
      expect([longer, longer - 1, longer - 2]).toContain(records.length);
      longer = records.length;
      const summary = readIndex(directory)[0];
      expect((summary?.bytes ?? 0) - (summary?.tornBytes ?? 0)).toBe(trouble.tears[0]?.offset ?? cut);
    }
    expect(longer).toBe(0);
  });

  test.each([
    ["behind its end", (path: string) => appendFileSync(path, "garbage".repeat(20)), chunks + 1],
    [
      "in the middle",
      (path: string, size: number) => {
        const bytes = readFileSync(path);
        bytes.fill(7, size / 2, size / 2 + 10);
        writeFileSync(path, bytes);
      },
      3,
    ],
  ])("gives nothing of what is damaged %s", async (_, how, records) => {
    const { records: read, trouble } = readBack(await torn(how));
    expect([read.length, trouble.tears.length]).toEqual([records, 1]);
  });

  test("does not keep those after it from being read", async () => {
    const directory = await torn((path, size) => truncateSync(path, size - 5));
    const { recorder } = recorderOf(directory);
    recorder.write(frame(99, "later"));
    await recorder.close();
    expect(readBack(directory).records.at(-1)).toEqual(frame(99, "later"));
  });
});
