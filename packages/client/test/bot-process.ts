/**
 * A bot in a process of its own, for tests: reports fills f-0, f-1, … in bursts and says how many it reported.
 * Arguments: url, spool directory, count, first number, and what it does at the end: `close`, `exit`, `idle` or `run`.
 */
import { createReporter } from "../src/index.ts";

const [url = "", spoolDir = "", count = "0", first = "0", end = "close"] = process.argv.slice(2);
const BURST = 50;

const reporter = createReporter({
  url,
  bot: "b-1",
  heartbeatS: 0,
  flushMs: 5,
  retry: { minMs: 5, maxMs: 20 },
  // So long that a connection which kept the process alive would be noticed.
  timeoutMs: 600_000,
  ...(spoolDir === "" ? {} : { spoolDir }),
});

for (let done = 0; done < Number(count); done += BURST) {
  for (let index = done; index < Math.min(done + BURST, Number(count)); index++) {
    reporter.fill({
      fill_id: `f-${Number(first) + index}`,
      venue: "v",
      symbol: "s",
      side: "buy",
      price: "1",
      size: "1",
    });
  }
  await new Promise((resolve) => setTimeout(resolve, 1));
}
process.stdout.write(`reported ${count}\n`);

// Long enough that a request is under way when the bot has nothing more to do.
if (end === "idle") await new Promise((resolve) => setTimeout(resolve, 200));
if (end === "close") await reporter.close({ timeoutMs: 5000 });
if (end === "exit") process.exit(0);
if (end === "run") {
  setInterval(() => process.stdout.write(`spooled ${reporter.stats().spooled}\n`), 5);
}
