import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import {
  FILLS_HEADER as HEADER,
  FollowScene,
  fillRow as fill,
  noteLine as note,
} from "../../../test/imports/follow-scene.ts";
import { waitUntil } from "../../../test/support/wait-until.ts";

let scene: FollowScene;
beforeEach(() => {
  scene = new FollowScene();
  mkdirSync(scene.root);
});

const write = (name: string, text: string | Uint8Array) => writeFileSync(scene.path(name), text);
const append = (name: string, text: string) => appendFileSync(scene.path(name), text);
const orders = (): unknown[] => scene.hub.sent.filter(({ type }) => type === "fill").map((event) => event["order_id"]);
const titles = (): unknown[] => scene.hub.sent.map((event) => event["title"]);

describe("following a table", () => {
  test("sends rows as they are appended, each once, and holds a half-written one back until its line end comes", async () => {
    write("fills.csv", `${HEADER}\n${fill(1)}${fill(2).slice(0, 40)}`);
    const { follower } = scene.start();
    await scene.arrived(2);
    expect(orders()).toEqual(["1"]);
    append("fills.csv", fill(2).slice(40) + fill(3));
    await scene.arrived(4);
    expect(orders()).toEqual(["1", "2", "3"]);
    expect(follower.reads).toBeGreaterThan(0);
  });

  test("goes on where it was after a restart, and sends nothing again", async () => {
    write("fills.csv", `${HEADER}\n${fill(1)}`);
    await scene.once();
    append("fills.csv", fill(2));
    await scene.once();
    await scene.once();
    expect(orders()).toEqual(["1", "2"]);
  });

  test("tells equal rows apart as an import of the whole file does when a restart lies between them", async () => {
    write("fills.csv", `${HEADER}\n${fill(1)}`);
    await scene.once();
    append("fills.csv", fill(1));
    await scene.once();
    const whole = new FollowScene();
    mkdirSync(whole.root);
    copyFileSync(scene.path("fills.csv"), whole.path("fills.csv"));
    await whole.once();
    expect(new Set(scene.hub.sent.map(({ id }) => id)).size).toBe(3);
    expect(scene.hub.stored).toEqual(whole.hub.stored);
  });

  test("waits for the header when the file is there before it", async () => {
    write("fills.csv", "");
    scene.start();
    await delay(50);
    append("fills.csv", HEADER.slice(0, 30));
    await delay(50);
    append("fills.csv", `${HEADER.slice(30)}\n${fill(1)}`);
    await scene.arrived(2);
    expect(orders()).toEqual(["1"]);
  });

  test("begins at the header, and tells what stood before it, when rows came first", async () => {
    write("fills.csv", `${fill(0)}${HEADER}\n${fill(1)}`);
    await scene.once();
    expect(orders()).toEqual(["1"]);
  });

  test("reads rows under their own header when it changes mid-way", async () => {
    write("fills.csv", `${HEADER}\n${fill(1)}`);
    await scene.once();
    const columns = HEADER.split(",");
    append("fills.csv", `${[...columns.slice(0, 5), "amount_base", "price", ...columns.slice(7)].join(",")}\n`);
    append("fills.csv", "2026-05-04T00:00:00Z,a,kraken,BTC-USDT,buy,0.07,12,2,True,0.001\n");
    await scene.once();
    append("fills.csv", "2026-05-04T00:00:01Z,a,kraken,BTC-USDT,buy,0.08,13,3,True,0.001\n");
    await scene.once();
    expect(scene.hub.sent.filter(({ type }) => type === "fill")).toMatchObject([
      { order_id: "1", price: "10.5", size: "0.01" },
      { order_id: "2", price: "12", size: "0.07" },
      { order_id: "3", price: "13", size: "0.08" },
    ]);
  });

  test("tells nothing of rows under a new header that no format knows", async () => {
    write(
      "fills.csv",
      `${HEADER}\n${fill(1)}${HEADER.replace("side", "s_").replace("price", "lvl_").replace("ts,", "m_,")}\n${fill(2)}`,
    );
    await scene.once();
    append("fills.csv", fill(3));
    await scene.once();
    expect(orders()).toEqual(["1"]);
  });

  test("takes only what comes from now on when it starts at the end, with the instrument that it needs", async () => {
    write("fills.csv", `${HEADER}\n${fill(1)}`);
    await scene.once({ fromEnd: true });
    append("fills.csv", fill(2));
    await scene.once({ fromEnd: true });
    expect(scene.hub.sent.map(({ type }) => type)).toEqual(["instrument", "fill"]);
    expect(orders()).toEqual(["2"]);
  });
});

describe("rotation", () => {
  test("takes the rest of the old file and all of the new one when it is renamed", async () => {
    write("fills.csv", `${HEADER}\n${fill(1)}`);
    scene.start();
    await scene.arrived(2);
    append("fills.csv", fill(2));
    renameSync(scene.path("fills.csv"), scene.path("fills.csv.1"));
    write("fills.csv", `${HEADER}\n${fill(3)}`);
    append("fills.csv.1", fill(4));
    await waitUntil("all rows are there", () => orders().length === 4);
    expect(orders().toSorted()).toEqual(["1", "2", "3", "4"]);
  });

  test("knows a renamed file by its content after a restart, whatever its name", async () => {
    write("fills.csv", `${HEADER}\n${fill(1)}${fill(2)}`);
    await scene.once();
    append("fills.csv", fill(3));
    renameSync(scene.path("fills.csv"), scene.path("old.csv"));
    write("fills.csv", `${HEADER}\n${fill(4)}`);
    await scene.once();
    expect(orders().toSorted()).toEqual(["1", "2", "3", "4"]);
  });

  test("takes each row once when the file is copied and truncated", async () => {
    write("fills.csv", `${HEADER}\n${fill(1)}${fill(2)}`);
    scene.start();
    await scene.arrived(3);
    append("fills.csv", fill(3));
    copyFileSync(scene.path("fills.csv"), scene.path("fills.csv.1"));
    truncateSync(scene.path("fills.csv"));
    append("fills.csv", `${HEADER}\n${fill(4)}`);
    await waitUntil("all rows are there", () => new Set(orders()).size === 4);
    expect(new Set(orders())).toEqual(new Set(["1", "2", "3", "4"]));
  });

  test("goes on under the header that a table had when it is emptied and its writer writes on", async () => {
    write("fills.csv", `${HEADER}\n${fill(1)}${fill(2)}`);
    const { stop } = scene.start();
    await scene.arrived(3);
    truncateSync(scene.path("fills.csv"));
    append("fills.csv", fill(0).slice(40) + fill(3));
    await waitUntil("the row is there", () => orders().length === 3);
    truncateSync(scene.path("fills.csv"));
    append("fills.csv", fill(4));
    await waitUntil("the next is there", () => orders().length === 4);
    await stop();
    append("fills.csv", fill(5));
    await scene.once();
    truncateSync(scene.path("fills.csv"));
    append("fills.csv", fill(6));
    await scene.once();
    expect(orders()).toEqual(["1", "2", "3", "4", "5", "6"]);
  });

  test("reads an emptied table under a new header when it begins with one", async () => {
    write("fills.csv", `${HEADER}\n${fill(1)}${fill(2)}`);
    scene.start();
    await scene.arrived(3);
    truncateSync(scene.path("fills.csv"));
    append("fills.csv", note("a"));
    await waitUntil("the note is there", () => titles().includes("a"));
    truncateSync(scene.path("fills.csv"));
    append("fills.csv", `${HEADER}\n${fill(3)}`);
    await waitUntil("the row is there", () => orders().length === 3);
  });

  test("reads other content from its start when it has grown past the position since it was truncated", async () => {
    write("fills.csv", `${HEADER}\n${fill(1)}`);
    await scene.once();
    write("fills.csv", `${HEADER}\n${fill(21)}${fill(22)}${fill(23)}`);
    await scene.once();
    expect(orders()).toEqual(["1", "21", "22", "23"]);
  });

  test("is not taken in by a file that begins as the old one did and says something else after it", async () => {
    const begin = `${HEADER}\n${Array.from({ length: 40 }, (_, order) => fill(order)).join("")}`;
    write("fills.csv", begin + fill(100));
    await scene.once();
    rmSync(scene.path("fills.csv"));
    write("fills.csv", begin + fill(200) + fill(201));
    await scene.once();
    expect(orders()).toEqual(expect.arrayContaining(["100", "200", "201"]));
  });

  test("notices that a file was overwritten while it is followed, also when it became longer", async () => {
    write("fills.csv", `${HEADER}\n${fill(1)}`);
    scene.start();
    await scene.arrived(2);
    writeFileSync(scene.path("fills.csv"), `${HEADER}\n${fill(2)}${fill(3)}`, { flag: "r+" });
    await waitUntil("the new rows are there", () => orders().length === 3);
    expect(orders()).toEqual(["1", "2", "3"]);
  });

  test("sends nothing again when a file that was followed is compressed", async () => {
    write("fills.csv", `${HEADER}\n${fill(1)}${fill(2)}`);
    await scene.once();
    write("fills.csv.1.gz", gzipSync(readFileSync(scene.path("fills.csv"), "utf8") + fill(3)));
    rmSync(scene.path("fills.csv"));
    scene.aheadMs = 5_000;
    await scene.once();
    await scene.once();
    expect(orders()).toEqual(["1", "2", "3"]);
  });

  test("reads a compressed file that it never saw before, once", async () => {
    write("fills.csv.1.gz", gzipSync(`${HEADER}\n${fill(1)}${fill(2)}`));
    scene.aheadMs = 5_000;
    await scene.once();
    await scene.once();
    expect(orders()).toEqual(["1", "2"]);
  });

  test("takes the last line without its end when the file is gone", async () => {
    write("fills.csv", `${HEADER}\n${fill(1)}${fill(2).trimEnd()}`);
    scene.start();
    await scene.arrived(2);
    rmSync(scene.path("fills.csv"));
    await waitUntil("the last row is there", () => orders().length === 2);
    expect(orders()).toEqual(["1", "2"]);
  });

  test("reads a file from its start when it was deleted and made again", async () => {
    write("fills.csv", `${HEADER}\n${fill(1)}`);
    scene.start();
    await scene.arrived(2);
    rmSync(scene.path("fills.csv"));
    write("fills.csv", `${HEADER}\n${fill(2)}`);
    await waitUntil("the new row is there", () => orders().length === 2);
    expect(orders()).toEqual(["1", "2"]);
  });
});

test("follows a single file by its name when it is rotated, and no other beside it", async () => {
  write("fills.csv", `${HEADER}\n${fill(1)}`);
  write("events.ndjson", note("beside"));
  scene.start({ root: scene.path("fills.csv"), isFile: true });
  await scene.arrived(2);
  append("fills.csv", fill(2));
  renameSync(scene.path("fills.csv"), scene.path("fills.csv.1"));
  write("fills.csv", `${HEADER}\n${fill(3)}`);
  await waitUntil("all rows are there", () => orders().length === 3);
  expect(orders().toSorted()).toEqual(["1", "2", "3"]);
  expect(titles().filter((title) => title !== undefined)).toEqual([]);
});

describe("following NDJSON", () => {
  test("takes a last line without its end when it is a whole object and nobody writes on", async () => {
    write("events.ndjson", note("one") + note("two").trimEnd());
    scene.start();
    await scene.arrived(1);
    expect(titles()).toEqual(["one"]);
    scene.aheadMs = 3_000;
    await scene.arrived(2);
    append("events.ndjson", `\n${note("three")}`);
    await scene.arrived(3);
    expect(titles()).toEqual(["one", "two", "three"]);
  });

  test("finds files that come later, also in new directories, and leaves out what is excluded", async () => {
    scene.start({ exclude: ["**/ignored.ndjson"] });
    await delay(50);
    mkdirSync(scene.path("sub"));
    write("sub/ignored.ndjson", note("ignored"));
    write("sub/late.ndjson", note("late"));
    await scene.arrived(1);
    expect(titles()).toEqual(["late"]);
  });

  test("takes only what is included when something is", async () => {
    write("a.ndjson", note("a"));
    write("b.ndjson", note("b"));
    await scene.once({ include: ["b.*"] });
    expect(titles()).toEqual(["b"]);
  });

  test("tells that a bot lives when its file grows by rows of now, and not for rows of the past", async () => {
    write("events.ndjson", note("old"));
    scene.start();
    await scene.arrived(1);
    const now = { type: "annotation", bot: "b", mode: "paper", ts: new Date().toISOString(), title: "new" };
    append("events.ndjson", `${JSON.stringify(now)}\n`);
    await scene.arrived(2);
    await waitUntil("a heartbeat has come", () => scene.hub.heartbeats.length > 0);
    expect(scene.hub.heartbeats).toMatchObject([{ bot: "b", mode: "paper" }]);
    expect(scene.hub.heartbeats[0]).not.toHaveProperty("origin");
  });
});

describe("following a document", () => {
  const report = (bps: number) => JSON.stringify({ type: "edge_report", avg_capture_bps: bps, configured: true });

  test("imports it again after each change, in place or by a rename, and once for each content", async () => {
    write("edge_report.json", report(1));
    scene.start();
    await scene.arrived(1);
    write("edge_report.json", report(2));
    await scene.arrived(2);
    write("edge_report.json.tmp", report(3));
    renameSync(scene.path("edge_report.json.tmp"), scene.path("edge_report.json"));
    await scene.arrived(3);
    write("edge_report.json", report(3));
    await delay(300);
    expect(scene.hub.sent.map((event) => event["avg_capture_bps"])).toEqual([1, 2, 3]);
  });

  test("waits while it is half written, and says so when it stays broken", async () => {
    write("edge_report.json", report(1).slice(0, 20));
    scene.start();
    await delay(100);
    expect(scene.notes).toEqual([]);
    write("edge_report.json", report(2));
    await scene.arrived(1);
    write("edge_report.json", report(3).slice(0, 20));
    await delay(300);
    scene.aheadMs = 6_000;
    await waitUntil("the refusal is told", () => scene.notes.length > 0);
    expect(scene.notes[0]).toMatch(/^edge_report.json: refused while it is not whole JSON/);
    write("edge_report.json", report(4));
    await scene.arrived(2);
  });

  test("does not send it again after a restart when it has not changed", async () => {
    write("edge_report.json", report(1));
    await scene.once();
    await scene.once();
    expect(scene.hub.sent).toHaveLength(1);
  });
});
