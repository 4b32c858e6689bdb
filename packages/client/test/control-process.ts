/** A bot under control in a process of its own, for tests: url, state file, and what it does. */
import { createControl, createReporter } from "../src/index.ts";

const [url = "", stateFile = "", does = "end"] = process.argv.slice(2);
const reporter = createReporter({ url, bot: "b-1", heartbeatS: 0, flushMs: 5 });
const control = createControl({
  ...{ url, bot: "b-1", reporter, stateFile, timeoutMs: 600_000 },
  onCommand: ({ action }) => {
    process.stdout.write(`${action}\n`);
    // The process is killed in the middle of its work.
    return does === "hang" ? new Promise<undefined>(() => undefined) : undefined;
  },
});
process.stdout.write(`starts ${control.state}\n`);
await control.ready({ timeoutMs: 30_000 });
process.stdout.write(`heard ${control.state}\n`);
if (does !== "end") setInterval(() => undefined, 60_000);
