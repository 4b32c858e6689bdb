import { appendFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import {
  FILLS_HEADER as HEADER,
  FollowScene,
  fillRow as fill,
  noteLine as note,
} from "../../../test/imports/follow-scene.ts";
import { fillView } from "../../protocol/api.ts";
import { orderView } from "../../protocol/api-trading.ts";
import { waitUntil } from "../../../test/support/wait-until.ts";

let scene: FollowScene;
beforeEach(() => {
  scene = new FollowScene();
  mkdirSync(scene.root);
});

const write = (name: string, text: string | Uint8Array) => writeFileSync(scene.path(name), text);
const append = (name: string, text: string) => appendFileSync(scene.path(name), text);
const titles = (): unknown[] => scene.hub.sent.map((event) => event["title"]);

describe("what is never followed", () => {
  test.each([
    [
      "an NDJSON export",
      "events.ndjson",
      `${JSON.stringify({ ...JSON.parse(note("x")), seq: 4, received_at: "2026-05-04T00:00:00Z" })}\n`,
    ],
    [
      "a CSV export",
      "events.csv",
      "seq,type,bot,id,ts,received_at,effective_ts,mode\n1,fill,b,i,2026,2026,2026,live\n",
    ],
    ["an exported table", "fills.csv", `${Object.keys(fillView.shape).join(",")}\n`],
    ["a compressed export", "orders.csv.gz", gzipSync(`${Object.keys(orderView.shape).join(",")}\n`)],
    ["an exported document", "positions.json", `{"positions":[],"exported_by":"deskwatch"}`],
    ["a kept answer", "health.json", `{"status":"healthy","as_of":"2026-05-04T00:00:00Z","as_of_seq":3}`],
    ["an SQLite file", "bot.sqlite", "SQLite format 3\0 and more"],
    ["a binary file", "core.bin", Uint8Array.of(1, 0, 2, 0)],
  ])("skips %s with a note", async (_, name, content) => {
    write(name, content);
    scene.aheadMs = 5_000;
    await scene.once();
    await scene.once();
    expect(scene.hub.sent).toEqual([]);
    expect(scene.notes.filter((text) => text.startsWith(`${name}: `)).length).toBeGreaterThan(0);
  });

  test("does not enter a directory with a store of a hub", async () => {
    mkdirSync(scene.path("data"));
    write("data/deskwatch.sqlite", "");
    write("data/events.ndjson", note("inside"));
    write("events.ndjson", note("outside"));
    await scene.once();
    expect(titles()).toEqual(["outside"]);
    expect(scene.notes).toEqual(["data: not entered: it holds a store of Deskwatch"]);
  });

  test("does not enter the directory of an export", async () => {
    mkdirSync(scene.path("backup"));
    write("backup/manifest.json", JSON.stringify({ exported_by: "deskwatch", files: [] }, null, 2));
    write("backup/other.ndjson", note("inside"));
    await scene.once();
    expect(scene.hub.sent).toEqual([]);
    expect(scene.notes).toEqual(["backup: not entered: it holds an export of Deskwatch"]);
  });

  test("does not follow a link that leads out of the directory", async () => {
    const outside = new FollowScene();
    mkdirSync(outside.root);
    writeFileSync(outside.path("events.ndjson"), note("outside"));
    symlinkSync(outside.path("events.ndjson"), scene.path("link.ndjson"));
    symlinkSync(outside.root, scene.path("directory"));
    await scene.once();
    expect(scene.hub.sent).toEqual([]);
    expect(scene.notes).toHaveLength(2);
  });

  test("says so when no format knows a file, and follows it once its rows have a header", async () => {
    write("notes.txt", "just some words\n");
    scene.start();
    await delay(100);
    scene.aheadMs = 3_000;
    await waitUntil("it is told", () => scene.notes.length === 1);
    append("notes.txt", `${HEADER}\n${fill(1)}`);
    await scene.arrived(2);
  });

  test("follows it too when these come in the moment in which it is given up", async () => {
    write("notes.txt", "just some words\n");
    const onNote = () => append("notes.txt", `${HEADER}\n${fill(1)}`);
    scene.start({ onNote });
    await delay(100);
    scene.aheadMs = 3_000;
    await scene.arrived(2);
  });
});

describe("a hub that is away", () => {
  test("holds the position until the hub has acknowledged, and sends then, in order", async () => {
    scene.hub.isAway = true;
    write("events.ndjson", note("one"));
    const first = scene.start();
    await delay(300);
    append("events.ndjson", note("two"));
    await first.stop();
    expect(existsSync(scene.statePath)).toBe(false);
    scene.hub.isAway = false;
    await scene.once();
    expect(titles()).toEqual(["one", "two"]);
  });

  test("goes on by itself when the hub is back", async () => {
    scene.hub.isAway = true;
    write("events.ndjson", note("one"));
    scene.start();
    await delay(400);
    scene.hub.isAway = false;
    await scene.arrived(1);
    expect(titles()).toEqual(["one"]);
  });
});

test("reads nothing while nothing changes", async () => {
  write("fills.csv", `${HEADER}\n${fill(1)}`);
  write("events.ndjson", note("one"));
  write("half.ndjson", `${note("two")}{"type":`);
  write("edge_report.json", `{"avg_capture_bps":1}`);
  const { follower } = scene.start();
  await scene.arrived(5);
  scene.aheadMs = 5_000;
  await delay(2_500);
  const { reads } = follower;
  await delay(2_500);
  expect(follower.reads).toBe(reads);
});

test("starts anew, and says so, when the kept position is damaged", async () => {
  write("events.ndjson", note("one"));
  await scene.once();
  writeFileSync(scene.statePath, "{");
  await scene.once();
  expect(titles()).toEqual(["one", "one"]);
  expect(scene.notes.join()).toContain("damaged");
});
