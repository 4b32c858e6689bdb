/**
 * A bot in a process of its own, for tests: it places orders for as long as it may, cancels what rests when it is halted,
 * and obeys through `@deskwatch/client`. Its arguments are the hub's address, its own name, and its strategy.
 */
import { createControl, createReporter } from "../../packages/client/src/index.ts";

const [url = "", bot = "", strategy = ""] = process.argv.slice(2);
const resting = new Map<string, { order_id: string; venue: string; symbol: string; side: "buy"; size: string }>();

const reporter = createReporter({ url, bot, strategy, flushMs: 5, heartbeatS: 1 });
reporter.event({ type: "bot.started", status: "running", venues: [{ venue: "kraken", connected: true }] });

const control = createControl({
  url,
  bot,
  reporter,
  openOrders: () => [...resting.values()],
  positions: () => [],
  onCommand: ({ action }) => {
    if (action !== "halt" && action !== "flatten") return;
    for (const order of resting.values()) {
      reporter.event({ type: "order.cancelled", order_id: order.order_id, venue: order.venue });
    }
    resting.clear();
  },
});

const RESTING_MOST = 3;
let placed = 0;
await control.ready();
setInterval(() => {
  if (resting.size >= RESTING_MOST || !control.allowed({ venue: "kraken", intent: "entry" })) return;
  const order = { order_id: `${bot}-${++placed}`, venue: "kraken", symbol: "BTC-USD", side: "buy", size: "1" } as const;
  resting.set(order.order_id, order);
  reporter.event({ type: "order.placed", ...order, price: "100" });
}, 20);
