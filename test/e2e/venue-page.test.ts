import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { registerWatch } from "../../src/app/commands/watch.ts";
import { noStarter, serveHub } from "../access/served-hub.ts";
import { FakeKalshi } from "../fakes/fake-kalshi.ts";
import { startBrowser, type TestBrowser } from "../support/browser.ts";
import { type BuiltPage, buildPage } from "../support/build-page.ts";
import { requireTool } from "../support/tools.ts";
import { typed } from "../support/typed-command.ts";
import { waitUntil } from "../support/wait-until.ts";

/** A machine that is busy with other tests takes its time. */
vi.setConfig({ testTimeout: 240_000 });

/** Between two attempts to connect to a silent venue there may be a minute. */
const AGAIN_MS = 120_000;
const FED = "KXFED-27APR-T4.25";

/** Begins `deskwatch watch` on a venue; what it said comes once it was stopped. */
function beginWatch(venue: FakeKalshi, url: string) {
  const stopping = new AbortController();
  const { keyId, privateKey } = venue.secrets;
  // A venue that falls silent is found out within two seconds.
  const settings = { ...venue.settings, verify_ms: "1000", answer_ms: "1000" };
  const set = Object.entries(settings).flatMap(([name, value]) => ["--set", `kalshi.${name}=${value}`]);
  const args = ["watch", "--market", `kalshi:${FED}`, ...set, "--url", url, "--every", "20ms", "--json"];
  const running = typed([(program, io) => registerWatch(program, io, () => stopping.signal)], args, {
    environment: { KALSHI_API_KEY_ID: keyId.reveal(), KALSHI_PRIVATE_KEY: privateKey.reveal() },
  });
  return () => {
    stopping.abort();
    return running;
  };
}

requireTool("chromium")("from a venue to the page of a real hub", () => {
  let built: BuiltPage;
  let browser: TestBrowser;
  beforeAll(async () => {
    [built, browser] = await Promise.all([buildPage(), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await built?.remove();
  });

  const ladder = (page: Page) => page.locator(`[data-ladder="kalshi:${FED}"]`);
  const shows = (page: Page, side: "Bids" | "Asks", text: string, withinMs?: number): Promise<void> => {
    const first = ladder(page).getByRole("table", { name: side }).locator("tbody tr").first();
    const isShown = async (): Promise<boolean> =>
      (await first.textContent({ timeout: 5_000 }).catch(() => ""))?.includes(text) === true;
    return waitUntil(`${side} begin with ${text}`, isShown, withinMs);
  };

  describe("the Markets page", () => {
    test("shows each new level, warns while the venue is silent, and goes on when it speaks again", async () => {
      const venue = await FakeKalshi.start([FED]);
      onTestFinished(() => venue.close());
      venue.market(FED).put("yes", 4_500, 1_250);
      venue.market(FED).put("no", 5_300, 2_000);
      const hub = await serveHub(noStarter, {}, built.directory);
      const stop = beginWatch(venue, hub.url);
      onTestFinished(async () => void (await stop()));
      const { page, troubles } = await browser.open(`${hub.url}/markets?book=kalshi:${FED}`);
      onTestFinished(() => page.close());
      await shows(page, "Bids", "12.5");
      await shows(page, "Asks", "20");
      venue.put(FED, "yes", 4_600, 70_000);
      await shows(page, "Bids", "700");
      venue.put(FED, "no", 5_350, 3_300);
      await shows(page, "Asks", "33");
      // The venue writes its time into each change, and the machine's clock is its clock: what is shown is what it took.
      const latency = await ladder(page).locator("[data-latency]").textContent();
      const [, shown] = /from the venue (\d+(?:\.\d+)?) ms/.exec(latency ?? "") ?? [];
      expect(Number(shown)).toBeGreaterThanOrEqual(0);
      venue.isSilent = true;
      await waitUntil("the page warns", async () => (await ladder(page).textContent())?.includes("⚠") === true);
      venue.market(FED).put("yes", 4_620, 90_000);
      venue.isSilent = false;
      await shows(page, "Bids", "900", AGAIN_MS);
      await waitUntil("the warning is over", async () => (await ladder(page).textContent())?.includes("⚠") === false);
      expect(troubles).toEqual([]);
      const ran = await stop();
      expect(JSON.parse(ran.out)).toMatchObject({ malformed: 0, dropped: 0 });
    });
  });
});
