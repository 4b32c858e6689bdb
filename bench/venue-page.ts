import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { chromium, type Page } from "playwright-core";
import { startWatching } from "../src/bots/watch/watch-desk.ts";
import { Secret } from "../src/venues/core/secret.ts";
import { fetchHttpPort } from "../src/venues/io/fetch-http.ts";
import { machineClock, machineTimers } from "../src/venues/io/machine.ts";
import { wsSocketPort } from "../src/venues/io/ws-socket.ts";
import { kalshi } from "../src/venues/kalshi/kalshi.ts";
import { findTool } from "../test/support/find-tool.ts";
import { benchDirectory, startHub } from "./processes.ts";
import type { Venue } from "./venue-process.ts";
import { type Measure, quantile } from "./report.ts";

const MARKETS = 20;
const UPDATES_PER_MARKET = 20;
const WARM_MS = 4_000;
const PROBES = 100;
const SEEN_WITHIN_MS = 3_000;

/**
 * From the moment at which a venue sends a frame to the level in the page of a real browser, through watcher and hub,
 * while 20 markets have 20 updates a second each: of a market that is quiet otherwise, and of a busy one, whose changes
 * wait up to 100 ms for their turn.
 */
export async function venuePage(): Promise<Measure[]> {
  const executablePath = findTool("chromium");
  if (executablePath === undefined) throw new Error("this bench needs Chromium");
  const child = fork(new URL("./venue-process.ts", import.meta.url), [String(MARKETS)]);
  const [venue] = (await once(child, "message")) as [Venue];
  const directory = benchDirectory();
  const profile = mkdtempSync(join(tmpdir(), "deskwatch-browser-"));
  const hub = await startHub(directory.path);
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
  });
  const desk = watching(venue, hub.address);
  try {
    const page = await browser.newPage();
    child.send({ perSecond: MARKETS * UPDATES_PER_MARKET });
    const [busy = ""] = venue.tickers;
    return [
      ...(await measure({ page, child, url: hub.address, ticker: venue.quiet, name: "a quiet market" })),
      ...(await measure({ page, child, url: hub.address, ticker: busy, name: "a busy market" })),
    ];
  } finally {
    await desk.stop();
    await browser.close();
    await hub.end("SIGTERM");
    child.disconnect();
    await once(child, "exit");
    directory.remove();
    rmSync(profile, { recursive: true, force: true });
  }
}

function watching(venue: Venue, url: string) {
  const clock = machineClock();
  const http = fetchHttpPort(globalThis.fetch);
  const desk = startWatching({
    venues: [
      {
        kind: kalshi,
        name: "kalshi",
        markets: [...venue.tickers, venue.quiet],
        settings: { ...venue.settings, read_tokens_per_second: "100000" },
        secrets: { keyId: new Secret(venue.keyId), privateKey: new Secret(venue.privateKey) },
      },
    ],
    reporter: { url, bot: "watch" },
    machine: { clock, timers: machineTimers, random: Math.random, socket: wsSocketPort(clock), http },
    levels: 25,
    everyMs: 100,
    onEvent: () => undefined,
  });
  if (!desk.ok) throw new Error(desk.error);
  return desk.value;
}

interface Measured {
  readonly page: Page;
  readonly child: ChildProcess;
  readonly url: string;
  readonly ticker: string;
  readonly name: string;
}

async function measure({ page, child, url, ticker, name }: Measured): Promise<Measure[]> {
  await page.goto(`${url}/markets?book=kalshi:${ticker}`);
  await page.locator(`[data-ladder="kalshi:${ticker}"]`).waitFor();
  await page.evaluate(`(${watchBest})(${JSON.stringify(ticker)})`);
  await delay(WARM_MS);
  const tookMs: number[] = [];
  for (let probe = 1; probe <= PROBES; probe++) {
    const sentAt = await probed(child, { probe: probe * 100, ticker });
    tookMs.push(await page.evaluate<number>(`(${seenAfter})("${probe}", ${sentAt}, ${SEEN_WITHIN_MS})`));
    await delay(100 + (probe % 7) * 11);
  }
  const seen = tookMs.filter((took) => took >= 0);
  const shown = await page.locator(`[data-ladder="kalshi:${ticker}"] [data-latency]`).textContent();
  return [
    { name: `frame of ${name} to the page, p50`, actual: quantile(seen, 0.5), unit: "ms" },
    {
      name: `frame of ${name} to the page, p99`,
      actual: quantile(seen, 0.99),
      unit: "ms",
      target: { max: 150 },
      note: `the page says: ${shown}`,
    },
    {
      name: `levels of ${name} not seen within ${SEEN_WITHIN_MS / 1_000} s`,
      actual: tookMs.length - seen.length,
      unit: "",
      target: { max: 0 },
    },
  ];
}

/** Has the venue put a size at its best price, and gives the moment (ms since 1970) at which it sent the frame. */
async function probed(
  child: ChildProcess,
  probe: { readonly probe: number; readonly ticker: string },
): Promise<number> {
  const answered = once(child, "message") as Promise<[{ readonly sentAt: number }]>;
  child.send(probe);
  const [{ sentAt }] = await answered;
  return sentAt;
}

/** The text of a function for the page: notes when each size first stood at the best bid of a book. */
const watchBest = `(ticker) => {
  window.benchSeen = new Map();
  const look = () => {
    const row = document.querySelector('[data-ladder="kalshi:' + ticker + '"] table[aria-label="Bids"] tbody tr');
    const [size, price] = row ? [...row.children].map((cell) => cell.textContent) : [];
    if (price !== undefined && price.startsWith("0.488") && !window.benchSeen.has(size))
      window.benchSeen.set(size, performance.timeOrigin + performance.now());
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
}`;

/** The text of a function for the page: milliseconds from a moment until a size stood there; −1 when it does not in time. */
const seenAfter = `(size, sentAt, withinMs) => new Promise((resolve) => {
  const look = () => {
    const at = window.benchSeen.get(size);
    if (at !== undefined) return resolve(at - sentAt);
    if (performance.timeOrigin + performance.now() > sentAt + withinMs) return resolve(-1);
    setTimeout(look, 5);
  };
  look();
})`;
