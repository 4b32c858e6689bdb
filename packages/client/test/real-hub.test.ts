import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DeskProcess, startDeskProcess } from "../../../test/support/desk-process.ts";
import { createReporter } from "../src/index.ts";
import { createReader } from "../src/reader.ts";
import { until } from "./fake-hub.ts";

describe("with the hub itself", () => {
  let dataDir: string;
  let desk: DeskProcess;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "deskwatch-client-"));
    desk = await startDeskProcess({ dataDir });
  });

  afterAll(async () => {
    await desk.end("SIGTERM");
    await rm(dataDir, { recursive: true, force: true });
  });

  test("what a bot reports is read, streamed and tailed when hub and client meet", async () => {
    const reader = createReader({ url: desk.url });
    const live: unknown[] = [];
    const line = reader.live({ topics: ["fills"], onFact: (_topic, data) => live.push(data) });
    const reporter = createReporter({ url: desk.url, bot: "b-1", mode: "paper", heartbeatS: 0.05 });
    reporter.botStarted({ status: "running" });
    for (let index = 0; index < 1500; index++) {
      reporter.fill({ fill_id: index, venue: "v", symbol: "s", side: "buy", price: "1.5", size: 1 });
    }
    await until("all live", () => live.length === 1500);
    line.close();
    const stats = await reporter.close();
    expect(stats).toMatchObject({ reported: 1501, accepted: 1501, rejected: 0, dropped: 0, lastError: undefined });
    const { bots } = await reader.bots();
    expect(bots).toMatchObject([{ bot: "b-1", mode: "paper", fills: 1500, client: { dropped: 0 } }]);
    const types: string[] = [];
    for await (const event of reader.tail({ afterSeq: 1 })) {
      types.push(event.type);
      if (types.length === 1500) break;
    }
    expect(new Set(types)).toEqual(new Set(["fill"]));
  });
});
