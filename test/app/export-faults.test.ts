import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cannedHub } from "../support/canned-hub.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { scratchHub } from "../support/scratch-hub.ts";
import { exported, run, ts } from "./export-run.ts";

const HEALTH = {
  status: "healthy",
  venues: [],
  bots: [],
  halted: { bots: 0, venues: 0 },
  hub: {
    version: "1",
    uptime_s: 1,
    store: "sqlite",
    store_ok: true,
    queue_events: 0,
    queue_limit: 1,
    facts: 0,
    samples: 0,
    rejected: 0,
    last_append_ms: null,
  },
  as_of: ts(0),
  as_of_seq: 2,
};
const line = (seq: number): string => `${JSON.stringify({ type: "log", bot: "b", mode: "live", ts: ts(seq), seq })}\n`;

/** A hub whose log goes on while it is read; `cut` ends its answer there without warning. */
const busyHub = (cut?: "in a row" | "with the connection") =>
  cannedHub({
    "/api/v1/health": HEALTH,
    "/api/v1/events": (_, response) => {
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      response.write(line(1));
      if (cut === undefined) response.end(line(2) + line(3));
      else if (cut === "in a row") response.end(line(2).slice(0, 20));
      else setTimeout(() => response.destroy(), 50);
    },
    "/api/v1/fills": (request, response) => response.end(`asked,for\r\n"${request.url}",\r\n`),
  });

describe("an export of a hub that is busy or breaks", () => {
  test("cuts every file that it can at the seq that it began with, and says what there is not", async () => {
    const { read, manifest } = await exported(await busyHub());
    expect(read("events.ndjson")).toBe(line(1) + line(2));
    expect(read("fills.csv")).toContain("cursor=3");
    expect(manifest.left_out).toContainEqual({ what: "orders.csv", reason: "this hub has no such read" });
  });

  test("waits when the hub asks for patience while first statements are looked up, a few at once", async () => {
    const merge = (seq: number, ofSeq: number) => line(seq).replace("}", `,"standing":"merge","of_seq":${ofSeq}}`);
    let lookUps = 0;
    const url = await cannedHub({
      "/api/v1/health": { ...HEALTH, as_of_seq: 4 },
      "/api/v1/events": (request, response) => {
        if (!request.url?.includes("limit=")) return response.end(line(1) + line(2) + merge(3, 1) + merge(4, 2));
        lookUps++;
        if (lookUps === 1) return response.writeHead(429).end(JSON.stringify({ detail: "slower" }));
        const first = (seq: number) => ({ ...JSON.parse(line(seq)), title: `of ${seq}` });
        return response.end(JSON.stringify({ events: [first(1), first(2)], as_of: ts(0), as_of_seq: 4 }));
      },
    });
    const log = (await exported(url)).read("events.ndjson").trimEnd().split("\n");
    expect(log.map((text) => JSON.parse(text).title)).toEqual([undefined, undefined, "of 1", "of 2"]);
    expect(lookUps).toBe(2);
  });

  test.each(["in a row", "with the connection"] as const)(
    "fails and leaves nothing there when an answer is cut %s",
    async (cut) => {
      const directory = join(scratchDirectory(), "export");
      const { code, err, out } = await run(await busyHub(cut), ["export", directory]);
      expect([code, out]).toEqual([1, ""]);
      expect(err).toContain("broke off");
      expect(readdirSync(directory)).toEqual([]);
    },
  );

  test("leaves the earlier export whole when the one that was to replace it breaks off", async () => {
    const { directory, read } = await exported(await busyHub());
    const before = readdirSync(directory).map((name) => [name, read(name)]);
    const { code } = await run(await busyHub("with the connection"), ["export", directory, "--overwrite"]);
    expect(code).toBe(1);
    expect(readdirSync(directory).map((name) => [name, read(name)])).toEqual(before);
  });

  test("says how to start the hub when nothing answers", async () => {
    const desk = await scratchHub();
    await desk.close();
    const { code, err } = await run(desk.url, ["export", join(scratchDirectory(), "export")]);
    expect([code, err]).toEqual([1, expect.stringContaining("deskwatch start")]);
  });
});

describe("the directory of an export", () => {
  test("replaces an earlier export with --overwrite, and no other file", async () => {
    const url = await busyHub();
    const { directory, read } = await exported(url, "--gzip");
    writeFileSync(join(directory, "mine.txt"), "mine");
    expect((await run(url, ["export", directory])).code).toBe(2);
    expect((await run(url, ["export", directory, "--overwrite"])).code).toBe(0);
    expect(readdirSync(directory).sort()).toEqual([
      "README.txt",
      "events.ndjson",
      "fills.csv",
      "manifest.json",
      "mine.txt",
    ]);
    expect(read("mine.txt")).toBe("mine");
    expect(JSON.parse(read("manifest.json")).files[0].file).toBe("events.ndjson");
  });

  test.each([
    ["no export", "notes.txt", "mine"],
    ["a manifest of something else", "manifest.json", '{"files":[]}'],
    ["a manifest that names files elsewhere", "manifest.json", '{"exported_by":"deskwatch","files":[{"file":"../x"}]}'],
  ])("is refused when it holds %s", async (_, name, content) => {
    const directory = scratchDirectory();
    writeFileSync(join(directory, name), content);
    for (const flags of [[], ["--overwrite"]]) {
      const { code, err } = await run("http://127.0.0.1:1", ["export", directory, ...flags]);
      expect([code, err]).toEqual([2, expect.stringContaining(directory)]);
    }
    expect(readdirSync(directory)).toEqual([name]);
  });

  test("is refused when it holds a file of that name that no export wrote", async () => {
    const url = await busyHub();
    const { directory, read } = await exported(url, "--gzip");
    writeFileSync(join(directory, "events.ndjson"), "mine");
    expect((await run(url, ["export", directory, "--overwrite"])).code).toBe(2);
    expect(read("events.ndjson")).toBe("mine");
  });

  test("is refused when it is a file", async () => {
    const path = join(scratchDirectory(), "file");
    writeFileSync(path, "");
    const { code, err } = await run("http://127.0.0.1:1", ["export", path]);
    expect([code, err]).toEqual([2, expect.stringContaining("cannot write to")]);
  });

  test.each([
    ["--from", "soon"],
    ["--bot", "a b"],
    ["--mode", "real"],
    ["--gzip", "--zstd"],
  ])("nothing is made when it is called with %s %s", async (...flags) => {
    const directory = join(scratchDirectory(), "export");
    const { code } = await run("http://127.0.0.1:1", ["export", directory, ...flags]);
    expect(code).toBe(2);
    expect(() => readdirSync(directory)).toThrow();
  });
});
