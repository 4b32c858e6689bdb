import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { chromium } from "playwright-core";
import { findTool } from "../test/support/find-tool.ts";
import { benchDirectory, prepareLoad, startHub } from "./processes.ts";
import { type Measure, quantile } from "./report.ts";

const PROBES = 200;
const FIRST_FILL = JSON.stringify({
  type: "fill",
  bot: "probe",
  ts: 1_771_936_213_000,
  fill_id: "first",
  venue: "kraken",
  symbol: "BTC-USD",
  side: "buy",
  price: "50000",
  size: "0.1",
});
const BACKGROUND_BATCH = 20;
const BACKGROUND_PER_S = 100;

/** From the POST of a fill to its row in the page of a real browser, while 2,000 events a second come in. */
export async function page(): Promise<Measure[]> {
  const executablePath = findTool("chromium");
  if (executablePath === undefined) throw new Error("this bench needs Chromium");
  const directory = benchDirectory();
  const profile = mkdtempSync(join(tmpdir(), "deskwatch-browser-"));
  const hub = await startHub(directory.path);
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  try {
    const view = await browser.newPage();
    await fetch(`${hub.address}/api/v1/events`, { method: "POST", body: FIRST_FILL });
    // The page of the probing bot: other bots' fills cannot push its rows out of the first screen.
    await view.goto(`${hub.address}/bots/probe`);
    const seconds = Math.ceil(PROBES / 10) + 8;
    const load = await prepareLoad({
      url: hub.address,
      seed: 3,
      prefix: "bg",
      batches: BACKGROUND_PER_S * seconds,
      batchSize: BACKGROUND_BATCH,
      connections: 8,
      ratePerS: BACKGROUND_PER_S,
    });
    const loaded = load.go();
    await delay(3_000);
    const tookMs: number[] = [];
    for (let probe = 0; probe < PROBES; probe++) {
      tookMs.push(await view.evaluate<number>(`(${postAndSee})("probe-${probe}")`));
      await delay(60 + (probe % 7) * 7);
    }
    await loaded;
    const seen = tookMs.filter((took) => took >= 0);
    return [
      { name: "POST to row in the page at 2,000/s, p50", actual: quantile(seen, 0.5), unit: "ms", target: { max: 60 } },
      {
        name: "POST to row in the page at 2,000/s, p99",
        actual: quantile(seen, 0.99),
        unit: "ms",
        target: { max: 150 },
      },
      { name: "fills not seen within 5 s", actual: tookMs.length - seen.length, unit: "", target: { max: 0 } },
    ];
  } finally {
    await browser.close();
    await hub.end("SIGTERM");
    directory.remove();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** The text of a function for the page: posts a fill and resolves with the milliseconds until its row is there; −1 when it is not after 5 s. */
const postAndSee = `(fillId) => new Promise((resolve) => {
  const begin = performance.now();
  const selector = '[data-fill-id="' + fillId + '"]';
  const finish = (took) => { observer.disconnect(); clearTimeout(timer); resolve(took); };
  const observer = new MutationObserver(() => { if (document.querySelector(selector)) finish(performance.now() - begin); });
  observer.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-fill-id"] });
  const timer = setTimeout(() => finish(-1), 5000);
  fetch("/api/v1/events", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({
    type: "fill", bot: "probe", ts: Date.now(), fill_id: fillId, venue: "kraken", symbol: "BTC-USD", side: "buy", price: "50000", size: "0.1" }) });
})`;
