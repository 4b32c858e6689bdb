import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { allFormats, anyFormatNamed, detectFormat, formatNamed } from "./registry.ts";

describe("allFormats", () => {
  test("has every file of formats/, each under its own name", () => {
    const files = readdirSync(new URL("./formats/", import.meta.url)).filter((name) => !name.endsWith(".test.ts"));
    expect(allFormats).toHaveLength(files.length);
    expect(new Set(allFormats.map(({ name }) => name)).size).toBe(files.length);
  });
});

describe("detectFormat", () => {
  test.each([
    ["deskwatch-ndjson", '\n{"type":"fill","bot":"b"}\n'],
    ["arbitrage-events", 'broken line\n{"ts":"2026-05-04T00:00:00Z","event":"BTC_PRICE","data":{"price":1}}\n{"cut'],
    ["hbot-paper-fills", "is_maker,ts,bot_variant,exchange,trading_pair,side,price,amount_base,order_id\n"],
    ["arbitrage-settlements", "interval_start_ts,interval_end_ts,kalshi_resolution,poly_resolution,checked_at\r\n"],
    ["polymarket-activity", '{"type":"TRADE","conditionId":"0x","transactionHash":"0x","usdcSize":1}\n'],
    ["fill-quality-events", '{"ts_local":1,"event":"RUN_START","run_id":"r"}\n'],
    ["fill-quality-heartbeat", '{\n "timestamp": 1,\n "spot_age_seconds": 1,\n "futures_age_seconds": 1\n}'],
    ["binance-income", '[\n {"incomeType":"TRANSFER","tranId":1}\n]'],
    ["calibration", '{"bots":[{"realized_fill_factor":0.5}]}'],
    ["arb-bot-opportunities", '[{"edge_bps":1,"confidence":"low","action":"detected"}]'],
    ["arb-bot-positions", '{"positions":{"E":{"kalshi_size":1,"poly_size":1}}}'],
    ["arb-bot-state", '{"status":"RUNNING","execution_mode":"taker","uptime_s":1}'],
    ["arb-bot-orderbooks", '{"kalshi":{"K":{"best_bid":1,"staleness_ms":5}}}'],
  ])("knows %s when a file begins so", (name, head) => {
    expect(detectFormat(head)?.name).toBe(name);
  });

  test.each(["", "a,b,c\n1,2,3\n", '{"price":1}\n', "\u0000\u0001"])(
    "knows none when a file begins with %j",
    (head) => {
      expect(detectFormat(head)).toBeUndefined();
    },
  );
});

test("anyFormatNamed knows the name of every format, and no other", () => {
  for (const format of allFormats) expect(anyFormatNamed(format.name)).toBe(format);
  expect(anyFormatNamed("excel")).toBeUndefined();
});

test("detectFormat goes by the file's name when no format knows its beginning, and by its content when one does", () => {
  expect(detectFormat('{"E1":{"kalshi":1}}', "/data/positions.json")?.name).toBe("arb-bot-positions");
  expect(detectFormat('{"E1":{"kalshi":1}}', "positions.json.gz")?.name).toBe("arb-bot-positions");
  expect(detectFormat('{"E1":{"kalshi":1}}', "other.json")).toBeUndefined();
  expect(detectFormat('{"type":"fill","bot":"b"}\n', "positions.json")?.name).toBe("deskwatch-ndjson");
});

test("formatNamed knows the formats of texts alone", () => {
  expect(formatNamed("hummingbot-trades")?.name).toBe("hummingbot-trades");
  expect(formatNamed("hummingbot-sqlite")).toBeUndefined();
});
