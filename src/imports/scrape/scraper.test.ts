import { createServer, type RequestListener, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { RememberingHub } from "../../../test/imports/follow-scene.ts";
import { waitUntil } from "../../../test/support/wait-until.ts";
import { parseEvent } from "../../protocol/parse-event.ts";
import { Delivery } from "../follow/delivery.ts";
import { FollowCounts } from "../follow/follow-counts.ts";
import { nowMicros } from "../follow/signs-of-life.ts";
import { Scraper, type ScraperOptions } from "./scraper.ts";

let hub: RememberingHub;
let notes: string[];
let aheadMs: number;
let page: RequestListener;
const stopping = new AbortController();

beforeEach(() => {
  hub = new RememberingHub();
  notes = [];
  aheadMs = 0;
});

async function pageAt(): Promise<string> {
  const server = createServer((request, response) => page(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}/metrics`;
}

const says =
  (text: string, status = 200) =>
  (_: unknown, response: ServerResponse) => {
    response.writeHead(status, { "content-type": "text/plain; version=0.0.4", location: "http://example.invalid/" });
    response.end(text);
  };

function scraperOf(url: string, options: Partial<ScraperOptions> = {}): Scraper {
  const nowMs = () => Date.now() + aheadMs;
  const counts = new FollowCounts(nowMicros(nowMs));
  const stop = options.stop ?? stopping.signal;
  const delivery = new Delivery({
    url: "http://hub.invalid",
    key: undefined,
    fetch: hub.fetch,
    random: () => 0,
    stop,
    givesUp: false,
    onDelivered: (delivered) => counts.delivered(delivered),
    onAway: () => undefined,
    onBack: () => undefined,
  });
  return new Scraper({
    url,
    bot: undefined,
    mode: "paper",
    everyMs: 5_000,
    once: true,
    runId: "run",
    delivery,
    counts,
    fetch,
    nowMs,
    stop,
    onNote: (_, note) => notes.push(note),
    ...options,
  });
}

const of = (type: string) => hub.sent.filter((event) => event.type === type);

describe("scraping a metrics page", () => {
  test("tells risk, tick, state, metrics and a heartbeat of each bot, all of them events that the hub takes", async () => {
    page = says(`
hbot_bot_daily_loss_pct{bot="alpha"} 0.012
hbot_bot_equity_quote{bot="alpha",exchange="kraken"} 1000.5
hbot_bot_funding_rate{bot="alpha"} NaN
hbot_bot_order_book_stale{bot="alpha"} 1
hbot_bot_risk_reasons_info{bot="alpha",reason="drift"} 1
hbot_bot_risk_reasons_info{bot="alpha",reason="spread"} 0
hbot_bot_tick_duration_seconds{bot="alpha"} 0.25
hbot_bot_tick_connector_io_seconds{bot="alpha"} 0.2
hbot_bot_state{bot="alpha",state="soft_pause"} 1
hbot_bot_state{bot="alpha",state="running"} 0
hbot_bot_fills_total{bot="alpha",side="buy"} 7
hbot_bot_base_pct{bot="beta"} 0.5
process_cpu_seconds_total 3
`);
    expect(await scraperOf(await pageAt()).run()).toBe(true);
    for (const event of [...hub.sent, ...hub.heartbeats]) expect(parseEvent(event)).toMatchObject({ ok: true });
    expect(of("risk")).toMatchObject([
      {
        bot: "alpha",
        mode: "paper",
        daily_loss_pct: 0.012,
        equity_quote: 1000.5,
        order_book_stale: 1,
        risk_reasons: ["drift"],
      },
      { bot: "beta", base_pct: 0.5 },
    ]);
    expect(of("risk")[0]).not.toHaveProperty("funding_rate");
    expect(of("risk")[1]).not.toHaveProperty("risk_reasons");
    expect(of("tick")).toMatchObject([{ bot: "alpha", duration_s: 0.25, connector_io_s: 0.2 }]);
    expect(of("bot.state")).toMatchObject([{ bot: "alpha", status: "paused" }]);
    expect(of("metric")).toContainEqual(
      expect.objectContaining({ bot: "alpha", name: "hbot_bot_fills_total", value: 7, labels: { side: "buy" } }),
    );
    expect(of("metric").map((event) => event["name"])).not.toContain("process_cpu_seconds_total");
    expect(hub.heartbeats).toMatchObject([
      { bot: "alpha", interval_s: 5 },
      { bot: "beta", interval_s: 5 },
    ]);
    expect([...hub.sent, ...hub.heartbeats].filter((event) => event["origin"] !== undefined)).toEqual([]);
  });

  test("is no sign of life when the page itself says that its bot is silent", async () => {
    page = says('hbot_bot_running_fresh{bot="alpha"} 0\nhbot_bot_equity_quote{bot="alpha"} 3\n');
    await scraperOf(await pageAt()).run();
    expect(hub.heartbeats).toEqual([]);
    expect(of("risk")).toMatchObject([{ equity_quote: 3, origin: "import" }]);
  });

  test("counts reconnects by what the counter grew, also over a reset, and never by its first value", async () => {
    const values = [5, 7, 7, 2];
    page = (request, response) =>
      says(`hbot_bot_ws_reconnect_total{bot="alpha",exchange="kraken"} ${values.shift() ?? 2}\n`)(request, response);
    const ending = new AbortController();
    const ended = scraperOf(await pageAt(), { everyMs: 100, once: false, stop: ending.signal }).run();
    await waitUntil("all values were read", () => values.length === 0 && of("feed").length >= 2);
    ending.abort();
    await ended;
    expect(of("feed").map(({ venue, kind, detail }) => [venue, kind, detail])).toEqual([
      ["kraken", "reconnecting", "2 since the last scrape"],
      ["kraken", "reconnecting", "2 since the last scrape"],
    ]);
    expect(new Set(of("feed").map(({ id }) => id)).size).toBe(2);
  });

  test("says that there is no reason any more when the flags vanish from the page", async () => {
    const pages = ['hbot_bot_risk_reasons_info{bot="a",reason="x|y"} 1\n', 'hbot_bot_fills_total{bot="a"} 1\n'];
    page = (request, response) => says(pages.length > 1 ? (pages.shift() ?? "") : (pages[0] ?? ""))(request, response);
    const ending = new AbortController();
    const ended = scraperOf(await pageAt(), { everyMs: 100, once: false, stop: ending.signal }).run();
    await waitUntil("both pages were told", () => of("risk").length >= 2);
    ending.abort();
    await ended;
    expect(of("risk").slice(0, 2)).toMatchObject([{ risk_reasons: ["x", "y"] }, { risk_reasons: [] }]);
  });

  test.each([
    ["an error", says("no", 500), "status 500"],
    ["a redirect", says("", 302), "it redirects"],
    ["a page too large", says(`m 1\n`.repeat(2_200_000)), "larger than"],
    ["no answer in time", () => undefined, "timeout"],
  ])("tells of %s, sends nothing, and gives no sign of life", async (_, answer, told) => {
    page = answer;
    expect(await scraperOf(await pageAt(), { everyMs: 1_000 }).run()).toBe(false);
    expect([hub.sent, hub.heartbeats]).toEqual([[], []]);
    expect(notes.join()).toContain(told);
  });

  test("tells of garbage, and takes the good lines beside it", async () => {
    page = says('<html>\nhbot_bot_equity_quote{bot="a"} 5\nhbot_bot_x{bot="bad name"} 1\nhbot_bot_y 1\n');
    await scraperOf(await pageAt()).run();
    expect(of("risk")).toMatchObject([{ bot: "a", equity_quote: 5 }]);
    expect(notes.join("; ")).toMatch(/line 1: no metric name/);
    expect(notes.join("; ")).toMatch(/no name of a bot/);
    expect(notes.join("; ")).toMatch(/name it with --bot/);
  });

  test("goes on when the page is back", async () => {
    page = says("", 503);
    const ending = new AbortController();
    const ended = scraperOf(await pageAt(), { bot: "a", everyMs: 100, once: false, stop: ending.signal }).run();
    await waitUntil("the failure is told", () => notes.length === 1);
    page = says("hbot_bot_equity_quote 5\n");
    await waitUntil("the page is told", () => of("risk").length > 0);
    ending.abort();
    await ended;
    expect(notes).toHaveLength(2);
  });

  test("tells of a reconnect that names no venue by the counter alone: no venue is made of it", async () => {
    const values = [5, 6];
    page = (request, response) =>
      says(`hbot_bot_ws_reconnect_total{bot="alpha"} ${values.shift() ?? 6}\n`)(request, response);
    const ending = new AbortController();
    const ended = scraperOf(await pageAt(), { everyMs: 100, once: false, stop: ending.signal }).run();
    await waitUntil("both values were told", () => of("metric").length >= 2);
    ending.abort();
    await ended;
    expect([of("feed"), of("metric").map(({ value }) => value)]).toEqual([[], [5, 6]]);
  });

  test("holds facts and drops samples while the hub is away", async () => {
    let reconnects = 1;
    page = (request, response) =>
      says(`hbot_bot_ws_reconnect_total{bot="a",venue="k"} ${reconnects}\n`)(request, response);
    const ending = new AbortController();
    const scraper = scraperOf(await pageAt(), { everyMs: 100, once: false, stop: ending.signal });
    const ended = scraper.run();
    await waitUntil("the first is taken", () => hub.heartbeats.length > 0);
    hub.isAway = true;
    reconnects = 4;
    await delay(300);
    hub.isAway = false;
    await waitUntil("the fact has come", () => of("feed").length > 0);
    ending.abort();
    await ended;
    expect(of("feed")).toMatchObject([{ detail: "3 since the last scrape" }]);
  });
});
