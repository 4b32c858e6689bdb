import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { type ExposureAnswer, exposureAnswer, fillsAnswer } from "../../src/protocol/api.ts";
import { runDeskwatch } from "../support/desk-process.ts";
import { callRaw } from "../support/raw-http.ts";
import { scratchDesk, scratchDirectory } from "../support/scratch.ts";

const BOT = { bot: "maker", ts: "2026-05-04T00:00:00Z" };
const MARKET = { venue: "kalshi", symbol: "RAIN" };
const INSTRUMENT = {
  type: "instrument",
  ...BOT,
  ...MARKET,
  kind: "binary",
  quote: "USD",
  payout: "1",
  category: "weather",
};
const SAID = { ...BOT, ...MARKET, fill_id: "f-1", side: "buy", price: "0.40", size: "10" };

/** Three ways to tell the hub of one fill; each knows something that the others do not. */
const WAYS: Readonly<Record<string, (url: string) => Promise<unknown>>> = {
  "by HTTP": (url) => post(url, { type: "fill", ...SAID, fee: "0.02", fee_currency: "USD" }),
  "by the importer": async (url) => {
    const file = join(scratchDirectory(), "fills.ndjson");
    writeFileSync(file, `${JSON.stringify({ type: "fill", ...SAID, is_maker: true })}\n`);
    const { code, output } = await runDeskwatch(["import", "--url", url, file]);
    expect([code, output]).toEqual([0, expect.any(String)]);
  },
  "as order.filled": (url) => post(url, { type: "order.filled", ...SAID, order_id: "o-1" }),
};

let desk: Awaited<ReturnType<typeof scratchDesk>>;

beforeEach(async () => {
  desk = await scratchDesk();
  await post(desk.url, INSTRUMENT);
});

async function post(url: string, event: object): Promise<Record<string, unknown>> {
  const headers = { "content-type": "application/json" };
  const { status, text } = await callRaw(url, { path: "/api/v1/events", headers, body: JSON.stringify(event) });
  expect(status).toBe(200);
  return JSON.parse(text);
}

const fills = async (url: string) =>
  fillsAnswer.parse(JSON.parse((await callRaw(url, { path: "/api/v1/fills" })).text)).fills;

const exposure = async (url: string): Promise<ExposureAnswer> =>
  exposureAnswer.parse(JSON.parse((await callRaw(url, { path: "/api/exposure" })).text));

const ORDERS = [
  ["by HTTP", "by the importer", "as order.filled"],
  ["by the importer", "as order.filled", "by HTTP"],
  ["as order.filled", "by HTTP", "by the importer"],
] as const;

test.each(ORDERS)(
  "a fill counts once, with all that is known of it, when it comes %s, %s and %s",
  async (...ways) => {
    for (const way of [...ways, ...ways]) await WAYS[way]?.(desk.url);
    const [fill, ...others] = await fills(desk.url);
    expect(others).toEqual([]);
    expect(fill).toMatchObject({
      fill_id: "f-1",
      price: "0.4",
      size: "10",
      fee: "0.02",
      fee_currency: "USD",
      is_maker: true,
      order_id: "o-1",
      voided: false,
      contradicted: false,
    });
    const held = { gross_usd: 4, net_usd: 4, positions: 1 };
    expect(await exposure(desk.url)).toMatchObject({
      total: held,
      by_venue: [{ venue: "kalshi", ...held }],
      by_category: [{ category: "weather", ...held }],
      by_bot: [{ bot: "maker", ...held }],
    });
    // The next hub says the same.
    await desk.end("SIGKILL");
    const next = await scratchDesk({ dataDir: desk.dataDir });
    expect(await fills(next.url)).toEqual([fill]);
    expect((await exposure(next.url)).total).toMatchObject(held);
  },
  60_000,
);

test("a fill stays as it was, flagged, when a later statement contradicts it, and is gone when it is voided", async () => {
  await post(desk.url, { type: "fill", ...SAID });
  expect(await post(desk.url, { type: "order.filled", ...SAID, order_id: "o-1", price: "0.50" })).toMatchObject({
    accepted: 0,
    contradictions: 1,
  });
  expect(await fills(desk.url)).toMatchObject([{ price: "0.4", contradicted: true, voided: false }]);
  expect((await exposure(desk.url)).total).toMatchObject({ gross_usd: 4, positions: 1 });

  const voided = { type: "fill.voided", ...BOT, venue: MARKET.venue, fill_id: "f-1", reason: "FAILED on chain" };
  expect(await post(desk.url, voided)).toMatchObject({ accepted: 1 });
  expect(await fills(desk.url)).toMatchObject([{ fill_id: "f-1", voided: true }]);
  expect((await exposure(desk.url)).total).toMatchObject({ positions: 0 });
  await post(desk.url, { type: "fill", ...SAID });
  expect((await exposure(desk.url)).total).toMatchObject({ positions: 0 });
});
