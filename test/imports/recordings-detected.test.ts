import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { isDatabase } from "../../src/imports/database-source.ts";
import { detectFormat } from "../../src/imports/registry.ts";
import { openText } from "../../src/imports/text-source.ts";
import { requireTestData, testData } from "../support/test-data.ts";

/** The format of every recording that has one; the others are raw streams of venues, names, or what a bot learnt. */
const FORMATS: Readonly<Record<string, string>> = {
  "arbitrage-attempts/arb_executions.csv": "arbitrage-attempts",
  "arbitrage-attempts/execution_events.jsonl.gz": "arbitrage-events",
  "arbitrage-attempts/settlements_clean.csv": "arbitrage-settlements",
  "binance-futures/income_samples.json": "binance-income",
  "fill-quality/clean_run/events.jsonl.gz": "fill-quality-events",
  "fill-quality/clean_run/fills.jsonl.gz": "fill-quality-fills",
  "fill-quality/clean_run/health.jsonl.gz": "fill-quality-health",
  "fill-quality/clean_run/latency_hist.jsonl.gz": "fill-quality-latencies",
  "fill-quality/clean_run/markouts.jsonl.gz": "fill-quality-markouts",
  "fill-quality/heartbeat.json": "fill-quality-heartbeat",
  "freqtrade/tooyipjee_live_binance_trades_orders.json.gz": "freqtrade-json",
  "freqtrade/tooyipjee_live_binance_tradesv3.sqlite.gz": "a database",
  "hbot-paper/bot1_daily.csv": "hbot-paper-days",
  "hbot-paper/bot1_minute_20260220-23.csv.gz": "hbot-paper-minutes",
  "hbot-paper/fills.csv": "hbot-paper-fills",
  "hummingbot-trades/conf_hedge_3.sqlite.gz": "a database",
  "hummingbot-trades/trades_conf_hedge_3.csv": "hummingbot-trades",
  "hummingbot-trades/trades_conf_pure_mm_1_EDG-USDT.csv.gz": "hummingbot-trades",
  "hummingbot-trades/trades_conf_pure_mm_7.csv": "hummingbot-trades",
  "hummingbot-trades/trades_conf_xemm_1.csv": "hummingbot-trades",
  "polymarket-wallet/activity.jsonl.gz": "polymarket-activity",
};

async function formatOf(path: string): Promise<string | undefined> {
  const source = await openText(path);
  source.close();
  return isDatabase(source.head) ? "a database" : detectFormat(source.head, path)?.name;
}

requireTestData("data")("the recordings", () => {
  test("are each known as what they are, and raw streams of venues as nothing at all", async () => {
    const files = readdirSync(testData("data"), { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    );
    const found = new Map<string, string>();
    for (const { parentPath, name } of files) {
      const path = `${parentPath}/${name}`;
      const format = await formatOf(path);
      if (format !== undefined) found.set(path.slice(testData("data").length + 1), format);
    }
    expect(Object.fromEntries(found)).toEqual(FORMATS);
  });
});
