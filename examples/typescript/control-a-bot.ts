/**
 * A bot that quotes until it is interrupted, and does what the hub's operators ask of it.
 * DESKWATCH_URL is the hub's address (http://localhost:8000 when unset), DESKWATCH_KEY an ingest key if it wants one.
 */
import { createControl, createReporter, type OpenOrder } from "@deskwatch/client";

const url = process.env["DESKWATCH_URL"] ?? "http://localhost:8000";
const hub = { url, key: process.env["DESKWATCH_KEY"], bot: "example-controlled" };
const reporter = createReporter({ ...hub, mode: "paper" });

/** What rests at the exchange; a real bot asks the exchange itself. */
const resting = new Map<string, OpenOrder>();

const control = createControl({
  ...hub,
  reporter,
  stateFile: "./control.json",
  whenAway: { stopAfterS: 60 },
  openOrders: () => [...resting.values()],
  positions: () => [],
  onCommand: async ({ action, target }) => {
    if (action !== "halt" && action !== "flatten") return;
    for (const { order_id, venue } of resting.values()) {
      if ("venue" in target && target.venue !== venue) continue;
      resting.delete(String(order_id)); // here a real bot cancels at the exchange
      reporter.orderCancelled({ order_id, venue });
    }
  },
});

await control.ready({ timeoutMs: 5_000 });
reporter.botStarted({ status: control.state, venues: [{ venue: "binance", connected: true }] });

for (let count = 1; ; count++) {
  if (resting.size < 2 && control.allowed({ venue: "binance", intent: "entry" })) {
    const order_id = `o-${Date.now()}-${count}`;
    const order = { order_id, venue: "binance", symbol: "BTCUSDT", side: "buy", price: "64000", size: "0.01" } as const;
    resting.set(order_id, order);
    reporter.orderPlaced({ ...order, intent: "entry" });
  }
  reporter.progress(count);
  await new Promise((resolve) => setTimeout(resolve, 100));
}
