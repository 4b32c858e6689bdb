import type { Command } from "commander";
import { err, ok, type Result } from "../../base/result.ts";
import type { VenuePlan } from "../../bots/watch/watch-desk.ts";
import { machinePorts } from "../markets/connect.ts";
import { feedLine } from "../markets/feed-lines.ts";
import { secretsOf, venueNames } from "../markets/named-markets.ts";
import { type TellFlags, type Telling, tellingOf, withTellOptions } from "../markets/telling.ts";
import { type WatchedFlags, watchedVenues } from "../markets/watched-venues.ts";
import { type CommandIo, failCommand, processIo } from "./command-io.ts";
import { stopSignal } from "./stop-signal.ts";

interface WatchFlags extends WatchedFlags, TellFlags {
  readonly mode: string;
  readonly json?: boolean;
}

const MODES = ["live", "paper", "simulate", "demo"] as const;

/** `deskwatch watch`: the books of venues, told to the hub as a bot tells what it sees. */
export function registerWatch(
  program: Command,
  io: CommandIo = processIo(),
  stop: () => AbortSignal = stopSignal,
): void {
  withTellOptions(program.command("watch"))
    .description("watch markets of venues and tell the hub their books, marks and feeds")
    .option("--config <file>", "YAML file whose `venues` say what to watch (default ./deskwatch.yaml)")
    .option("--market <venue:symbol...>", `watch these instead; the venues are ${venueNames()}`)
    .option("--set <venue.name=value...>", "a setting of a venue, such as its address, with --market")
    .option("--mode <mode>", `what the events say they are: ${MODES.join(", ")}`, "live")
    .option("--json", "print the summary as JSON")
    .addHelpText(
      "after",
      `
Keys are read from the environment (KALSHI_API_KEY_ID, KALSHI_PRIVATE_KEY or KALSHI_PRIVATE_KEY_FILE). A book is told
only while it is known to be right; what happens to the feed is told besides, and goes to standard error. A market of
kalshi may be series:TICKER or event:TICKER, one of polymarket event:SLUG: those that are open, as they come and go.
docs/venues.md has the file, the settings, and what each state of a feed means.

Exit code: 0 stopped, 2 misuse.

Examples:
  deskwatch watch --config deskwatch.yaml
  deskwatch watch --market binance:BTCUSDT --market binance:ETHUSDT
  deskwatch watch --market kalshi:series:KXFED --market polymarket:event:fed-decision-in-december`,
    )
    .action((flags: WatchFlags) => run(flags, io, stop));
}

interface Asked extends Telling {
  readonly venues: readonly VenuePlan[];
  readonly mode: (typeof MODES)[number];
}

async function run(flags: WatchFlags, io: CommandIo, stop: () => AbortSignal): Promise<void> {
  const asked = askedOf(flags, io.environment);
  if (!asked.ok) return failCommand(io, asked.error, 2);
  const { venues, levels, everyMs, ...reporter } = asked.value;
  // Only here: the other commands need no client.
  const { startWatching } = await import("../../bots/watch/watch-desk.ts");
  const desk = startWatching({
    venues,
    levels,
    everyMs,
    reporter,
    machine: machinePorts(),
    onEvent: (event) => {
      const line = feedLine(event);
      if (line !== undefined) io.stderr.write(`${line}\n`);
    },
  });
  if (!desk.ok) return failCommand(io, desk.error, 2);
  await aborted(stop());
  const { sent, dropped } = await desk.value.stop();
  const summary = { ...desk.value.counts(), sent, dropped };
  io.stdout.write(flags.json === true ? `${JSON.stringify(summary)}\n` : `${summaryText(summary)}\n`);
  io.exitCode(0);
}

function askedOf(flags: WatchFlags, environment: NodeJS.ProcessEnv): Result<Asked, string> {
  const mode = MODES.find((name) => name === flags.mode);
  if (mode === undefined) return err(`--mode is one of ${MODES.join(", ")}`);
  const telling = tellingOf(flags, environment);
  if (!telling.ok) return telling;
  const entries = watchedVenues(flags, environment);
  if (!entries.ok) return entries;
  const venues: VenuePlan[] = [];
  for (const entry of entries.value) {
    const secrets = secretsOf(entry.kind, environment);
    if (!secrets.ok) return secrets;
    venues.push({ ...entry, secrets: secrets.value });
  }
  return ok({ ...telling.value, mode, venues });
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

const summaryText = (summary: object): string =>
  Object.entries(summary)
    .map(([name, count]) => `${String(count)} ${name}`)
    .join(", ");
