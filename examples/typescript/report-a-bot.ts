/**
 * A bot that starts, quotes, trades and stops within a second, and reports it.
 * DESKWATCH_URL is the hub's address (http://localhost:8000 when unset), DESKWATCH_KEY an ingest key if it wants one.
 */
import { createReporter } from "@deskwatch/client";

const reporter = createReporter({
  url: process.env["DESKWATCH_URL"] ?? "http://localhost:8000",
  key: process.env["DESKWATCH_KEY"],
  bot: "example-typescript",
  mode: "paper",
  strategy: "example",
});

reporter.botStarted({ status: "running", version: "1.0.0", venues: [{ venue: "binance", connected: true }] });

for (let number = 0; number < 5; number++) {
  const trade = `${Date.now()}-${number}`;
  const order = { order_id: `o-${trade}`, venue: "binance", symbol: "BTCUSDT", side: "buy" } as const;
  reporter.orderPlaced({ ...order, price: "64000.50", size: "0.01", order_type: "limit_maker" });
  reporter.fill({ ...order, fill_id: `f-${trade}`, price: "64000.50", size: "0.01", is_maker: true, fee: "-0.0032" });
  reporter.progress(number + 1);
  await new Promise((resolve) => setTimeout(resolve, 100));
}

reporter.botStopped({ reason: "the example is over" });

const stats = await reporter.close();
console.log(JSON.stringify(stats));
process.exitCode = stats.accepted === stats.reported ? 0 : 1;
