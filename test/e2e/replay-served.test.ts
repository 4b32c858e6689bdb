import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { ensure } from "../../src/base/assert.ts";
import { systemClock, systemTimers } from "../../src/app/clock.ts";
import { loadConfig } from "../../src/app/config.ts";
import { serveReplay } from "../../src/app/replay/replay-serve.ts";
import { fileSource } from "../../src/app/replay/replay-source.ts";
import { openReplays } from "../../src/hub/replay/open-replays.ts";
import { startBrowser, type TestBrowser } from "../support/browser.ts";
import { type BuiltPage, buildPage } from "../support/build-page.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { requireTool } from "../support/tools.ts";
import { pageFaults } from "./page-check.ts";

const at = (second: number): string => new Date(Date.UTC(2026, 2, 1, 12, 0, second)).toISOString();
const of = { bot: "mm", venue: "kalshi", symbol: "A" };
const EVENTS = [
  { type: "bot.started", bot: "mm", ts: at(0) },
  { type: "fill", ...of, fill_id: "f1", side: "buy", price: "0.4", size: "10", ts: at(1) },
  { type: "mark", ...of, price: "0.5", ts: at(2) },
  { type: "fill", ...of, fill_id: "f2", side: "sell", price: "0.5", size: "4", ts: at(4) },
];

/** What `deskwatch replay FILE --port 0` serves, at the end of the file. */
async function servedFile(webDir: string): Promise<string> {
  const file = join(scratchDirectory(), "events.ndjson");
  writeFileSync(file, EVENTS.map((event) => JSON.stringify(event)).join("\n"));
  const source = await fileSource(file, () => undefined);
  const lastSeq = await source.store.lastSeq();
  const replays = openReplays({
    store: source.store,
    clock: systemClock,
    timers: systemTimers,
    version: "test",
    lastSeq: () => lastSeq,
    desk: { defaultMode: source.mode, exposureLimits: { low_usd: 20, high_usd: 50 } },
    onProblem: (what, error) => expect.fail(`${what}: ${String(error)}`),
  });
  const begun = replays.create({ speed: "max", paused: true });
  const replay = ensure(begun.ok ? begun.value : undefined, "a replay");
  await replay.settled();
  const config = loadConfig({ port: "0", dataDir: scratchDirectory() }, { DESKWATCH_LOG_LEVEL: "silent" });
  const served = await serveReplay(replays, replay, ensure(config.ok ? config.value : undefined, "config"), webDir);
  onTestFinished(async () => {
    replays.close();
    await served.close();
    await source.close();
  });
  await replay.control({ action: "seek", to: at(4) });
  return served.url;
}

requireTool("chromium")("a replay that is served without a hub, in a browser", () => {
  let built: BuiltPage;
  let browser: TestBrowser;
  beforeAll(async () => {
    [built, browser] = await Promise.all([buildPage(), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await built?.remove();
  });

  test("opens at the printed address for whoever is on this machine, and every page of it is there", async () => {
    const url = new URL(await servedFile(built.directory));
    const { page, troubles } = await browser.open(url.href);
    onTestFinished(() => page.close());
    await page.locator("[data-replay-clock]").getByText("2026-03-01 12:00:04").waitFor();
    await page.locator("[data-bot=mm]").first().waitFor();
    expect(await page.getByRole("heading", { name: "Set up the owner" }).count()).toBe(0);
    for (const path of ["/bots", "/exposure", "/markets", "/fills", "/orders", "/performance", "/events", "/health"]) {
      await page.goto(`${url.origin}${path}${url.search}`);
      await page.locator("[data-replay-clock]").waitFor();
      await page.waitForFunction(() => document.querySelector("[data-skeleton]") === null);
      expect(await page.getByRole("alert").filter({ hasText: /./ }).allTextContents(), path).toEqual([]);
      expect(await pageFaults(page), path).toEqual([]);
    }
    expect(troubles).toEqual([]);
  }, 90_000);
});
