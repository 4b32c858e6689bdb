import {
  appendFileSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { beforeEach, expect, onTestFinished, test } from "vitest";
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

/** Writes where it left off, wherever the file ends by now: opened without `O_APPEND`. */
class SteadyWriter {
  readonly #path: string;
  readonly #file: number;

  constructor(name: string) {
    this.#path = scene.path(name);
    this.#file = openSync(this.#path, "w");
    onTestFinished(() => closeSync(this.#file));
  }

  write(text: string): void {
    writeSync(this.#file, text);
  }

  /** What logrotate does with `copytruncate`. */
  copyAndEmpty(copy: string): void {
    copyFileSync(this.#path, scene.path(copy));
    truncateSync(this.#path);
  }
}

test("passes over the hole that a writer leaves who goes on at its old place in a file that was emptied", async () => {
  const writer = new SteadyWriter("fills.csv");
  writer.write(`${HEADER}\n${fill(1)}${fill(2)}`);
  const { stop } = scene.start();
  await scene.arrived(3);
  writer.write(fill(3));
  writer.copyAndEmpty("fills.csv.1");
  await waitUntil("the last row of the copy is there", () => orders().length === 3);
  writer.write(fill(4));
  await waitUntil("the row after the hole is there", () => orders().length === 4);
  await stop();
  writer.write(fill(5));
  await scene.once();
  // Missed: it is longer again before the next look.
  writer.copyAndEmpty("fills.csv.2");
  writer.write(fill(6).repeat(2));
  await scene.once();
  await scene.once();
  expect(orders()).toEqual(["1", "2", "3", "4", "5", "6", "6"]);
  expect(new Set(scene.hub.sent.filter(({ type }) => type === "fill").map(({ id }) => id)).size).toBe(7);
  expect(scene.notes).toEqual([]);
});

test.each([["fills.csv"], ["fills.csv.1.gz"]])("takes up a file that begins with a large hole: %s", async (name) => {
  const text = Buffer.concat([Buffer.alloc(6_000_000), Buffer.from(`${HEADER}\n${fill(1)}${fill(2)}`)]);
  write(name, name.endsWith(".gz") ? gzipSync(text) : text);
  scene.aheadMs = 5_000;
  await scene.once();
  await scene.once();
  expect(orders()).toEqual(["1", "2"]);
  expect(scene.notes).toEqual([]);
});

test("loses no row that is written into the middle of a hole, and takes none for a row", async () => {
  write("events.ndjson", note("a"));
  const { stop } = scene.start();
  await scene.arrived(1);
  truncateSync(scene.path("events.ndjson"), 6_000_000);
  await delay(300);
  writeFileSync(scene.path("events.ndjson"), note("a") + note("b"), { flag: "r+" });
  await scene.arrived(2);
  await stop();
  append("events.ndjson", note("c"));
  await scene.once();
  expect(titles()).toEqual(["a", "b", "c"]);
});

test("leaves a file of NUL bytes alone, and says so", async () => {
  write("image.csv", Buffer.alloc(200_000));
  await scene.once();
  expect(scene.notes).toEqual(["image.csv: skipped: a binary file"]);
});
