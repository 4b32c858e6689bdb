import { writeFileSync } from "node:fs";
import { SingleBar } from "cli-progress";
import type { Command } from "commander";
import { BOT_NAMES, type Simulation, simulate } from "../../bots/simulator/model/simulation.ts";
import { linesToFile, linesToHub } from "../simulate/outlets.ts";
import { MODES, planOf, type SimulateFlags, type SimulatePlan } from "../simulate/plan.ts";
import { tellParent, untilStopped } from "../simulate/parent.ts";
import { type CommandIo, failCommand, processIo, senderInOrder } from "./command-io.ts";
import { type HubAddress, type HubFlags, hubAddress, withHubOptions } from "./hub-options.ts";

interface Flags extends SimulateFlags, HubFlags {
  readonly to?: string;
  readonly out?: string;
  readonly truth?: string;
  readonly json?: boolean;
}

/** `deskwatch simulate`: a made-up desk, from a seed, to a hub or into a file. */
export function registerSimulate(program: Command, io: CommandIo = processIo()): void {
  withHubOptions(program.command("simulate"))
    .description("make up a desk of four bots from a seed and tell a hub, or write a file")
    .option("--events <n>", "how many events, from 1,000 to 10,000,000")
    .option("--hours <h>", "how long a span (with --events: thinned out to about so many)")
    .option("--seed <n>", "the same seed and span give the same events (default 1)")
    .option("--bots <list>", `which bots, with commas between them (default ${BOT_NAMES.join(",")})`)
    .option("--mode <mode>", `what the events say they are: ${MODES.join(", ")} (default simulate)`)
    .option("--from <time>", "when it begins (default: so that it ends now)")
    .option("--activity <x>", "how busy the desk is, from 0.01 to 10 (default 1)")
    .option("--to <where>", "hub, the default")
    .option("--out <file>", "write NDJSON to a new file instead; .gz and .zst are compressed")
    .option("--truth <file>", "write what is true after the last event, as JSON")
    .option("--live", "go on in real time until interrupted, each bot through a reporter of its own")
    .option("--json", "print the report as JSON")
    .addHelpText(
      "after",
      `
Exit code: 0 done, 1 the hub is away or refused some events, or the file could not be written, 2 misuse.

Examples:
  deskwatch simulate --events 100000 --seed 7 --out desk.ndjson.zst --truth truth.json
  deskwatch simulate --hours 2 --live`,
    )
    .action((flags: Flags) => run(flags, io));
}

async function run(flags: Flags, io: CommandIo): Promise<void> {
  const plan = planOf(flags, Date.now());
  const hub = hubAddress(flags, io.environment);
  const misuse = misuseOf(flags) ?? (plan.ok ? undefined : plan.error) ?? (hub.ok ? undefined : hub.error);
  if (misuse !== undefined || !plan.ok || !hub.ok) return failCommand(io, misuse ?? "", 2);
  const simulation = simulate(plan.value.simulation);
  const past = await tellPast({ flags, io, simulation, plan: plan.value, hub: hub.value });
  if (past === undefined) return;
  if (flags.live === true && past.error === undefined) {
    // Only here: to tell a hub or to write a file needs no client.
    const { startLiveDesk } = await import("../../bots/simulator/live-desk.ts");
    const live = await startLiveDesk({ simulation, ...hub.value, now: Date.now });
    tellParent({ state: "live", past_until: new Date(plan.value.untilMs).toISOString() });
    await untilStopped();
    await live.stop();
  }
  if (flags.truth !== undefined) writeFileSync(flags.truth, `${JSON.stringify(simulation.truth.report(), null, 2)}\n`);
  if (past.error !== undefined) return failCommand(io, past.error, 1);
  io.exitCode((past.refused ?? 0) === 0 ? 0 : 1);
}

function misuseOf({ to, out, live }: Flags): string | undefined {
  if (to !== undefined && to !== "hub") return `--to takes hub, found ${to}; a file is named with --out`;
  if (to !== undefined && out !== undefined) return "either --to hub or --out FILE";
  return out !== undefined && live === true ? "--live tells a hub; leave out --out" : undefined;
}

interface Outcome {
  readonly out?: string;
  readonly error?: string;
  readonly refused?: number;
}

interface Past {
  readonly flags: Flags;
  readonly io: CommandIo;
  readonly simulation: Simulation;
  readonly plan: SimulatePlan;
  readonly hub: HubAddress;
}

/** Tells everything up to the end of the plan and prints the report; undefined when the file could not be written. */
async function tellPast(past: Past): Promise<Outcome | undefined> {
  const { flags, io, simulation, plan, hub } = past;
  const bar = progressBar(plan, io);
  const lines = linesOf(simulation, plan, bar);
  try {
    const outcome: Outcome =
      flags.out === undefined
        ? await linesToHub({ ...hub, ...senderInOrder }, lines)
        : { out: flags.out, ...(await linesToFile(flags.out, lines)) };
    const { from, to, events, seed, mode } = simulation.truth.report();
    const report = { events, from, to: to === "" ? from : to, seed, mode, bots: plan.simulation.bots, ...outcome };
    io.stdout.write(`${flags.json === true ? JSON.stringify(report) : reportText(report)}\n`);
    return outcome;
  } catch (error) {
    if (flags.out === undefined || !(error instanceof Error && "code" in error)) throw error;
    failCommand(io, `cannot write ${flags.out}: ${error.message}`, 1);
    return undefined;
  } finally {
    bar?.stop();
  }
}

function* linesOf(simulation: Simulation, plan: SimulatePlan, bar: SingleBar | undefined): Generator<string, void> {
  for (let count = 0; count < plan.limit; count++) {
    const event = simulation.next(endOf(plan));
    if (event === undefined) return;
    if (count % 1_000 === 999) bar?.increment(1_000);
    yield JSON.stringify(event);
  }
}

/** A number of events is told to the last of them, also where they take a little longer than expected. */
const endOf = ({ limit, untilMs }: SimulatePlan): number =>
  Number.isFinite(limit) ? Number.POSITIVE_INFINITY : untilMs;

function reportText(report: Record<string, unknown>): string {
  return Object.entries(report)
    .filter(([name]) => name !== "error")
    .map(
      ([name, value]) =>
        `${name.replaceAll("_", " ").padEnd(16)}${Array.isArray(value) ? value.join(", ") : String(value)}`,
    )
    .join("\n");
}

/** Events told of those planned, on a terminal only. */
function progressBar({ limit }: SimulatePlan, io: CommandIo): SingleBar | undefined {
  if (io.stderr.isTTY !== true || !Number.isFinite(limit)) return undefined;
  const format = "{bar} {value} of {total} events | {eta_formatted} left";
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, clearOnComplete: true });
  bar.start(limit, 0);
  return bar;
}
