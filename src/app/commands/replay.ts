import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { statSync } from "node:fs";
import { SingleBar } from "cli-progress";
import type { Command } from "commander";
import { parseTime } from "../../base/time.ts";
import { openReplays } from "../../hub/replay/open-replays.ts";
import type { ImportReport } from "../../imports/import-report.ts";
import type { Replay } from "../../hub/replay/replay.ts";
import type { ReplayManager } from "../../hub/replay/replay-manager.ts";
import { EXPOSURE_LIMITS } from "../../hub/hub.ts";
import { StoreUnavailable } from "../../hub/ports.ts";
import { type ReplayRequest, replaySpeed } from "../../protocol/api-sessions.ts";
import { StoreRefused } from "../../store/migration.ts";
import { systemClock, systemTimers } from "../clock.ts";
import { type Config, loadConfig } from "../config.ts";
import { outcomeText } from "../replay/outcome-text.ts";
import { foldedFile } from "../replay/folded-file.ts";
import { outcomeOf, type ReplayOutcome } from "../replay/replay-outcome.ts";
import { serveReplay } from "../replay/replay-serve.ts";
import { fileSource, hubSource, type ReplaySource } from "../replay/replay-source.ts";
import { listenToKeys } from "../replay/transport-keys.ts";
import { VERSION } from "../version.ts";
import { StartRefused } from "../wiring.ts";
import { type CommandIo, failCommand, processIo } from "./command-io.ts";

interface ReplayFlags {
  readonly from?: string;
  readonly to?: string;
  readonly speed?: string;
  readonly port?: string;
  readonly host?: string;
  readonly dataDir?: string;
  readonly databaseUrl?: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** `deskwatch replay`: plays a log or a file again, in the terminal or on a page. */
export function registerReplay(program: Command, io: CommandIo = processIo()): void {
  program
    .command("replay")
    .description("play a log or a file again: in the terminal, or with --port on a page")
    .argument("[file]", "a file that import knows, plain, gzip or zstd (default: the log in the data directory)")
    .option("--from <time>", "play what happened from here on; what was before is taken in at once")
    .option("--to <time>", "play what happened up to here")
    .option(
      "--speed <n>",
      "1 as it happened, 10 ten times as fast, max as fast as it goes (default: max, 1 with --port)",
    )
    .option("--port <number>", "serve the page and the API of this replay there until Ctrl-C, 0 for any free port")
    .option("--host <address>", "where to listen with --port (default 127.0.0.1)")
    .option(
      "--data-dir <directory>",
      "of the log (default: DESKWATCH_DATA_DIR, else ./data); its hub may run meanwhile",
    )
    .option("--database-url <url>", "of a log in PostgreSQL (default: DATABASE_URL)")
    .option("--config <file>", "YAML file with rules (default ./deskwatch.yaml when it is there)")
    .option("--json", "print the state that was reached as one JSON object")
    .addHelpText(
      "after",
      `
Nothing is written: no event, alert or metric comes out of a replay. In a terminal, at a speed other than max, the space
bar pauses, the arrow keys go one fact on or back, q ends. \`fingerprint\` is equal wherever the same facts were taken in,
whenever they were received.

Exit code: 0 played, 1 some rows of the file were refused or the log cannot be read, 2 misuse.

Examples:
  deskwatch replay session.ndjson.zst --json
  deskwatch replay --from 2026-02-24T12:00:00Z --speed 10 --port 8001`,
    )
    .action((file: string | undefined, flags: ReplayFlags) => run(file, flags, io));
}

async function run(file: string | undefined, flags: ReplayFlags, io: CommandIo): Promise<void> {
  const { json: _json, from: _from, to: _to, speed: _speed, ...start } = flags;
  const config = loadConfig(start, io.environment);
  if (!config.ok) return failCommand(io, config.error, 2);
  const request = requestOf(file, flags);
  if (typeof request === "string") return failCommand(io, request, 2);
  try {
    const plan = { request, flags, config: config.value, io };
    if (file !== undefined && isFoldedAtOnce(plan) && (await foldedAtOnce(file, plan))) return;
    const source = file === undefined ? await hubSource(config.value) : await importedFile(file, io);
    try {
      await replayed(source, plan);
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!(error instanceof StoreRefused || error instanceof StoreUnavailable || error instanceof StartRefused))
      throw error;
    failCommand(io, error.message, 1);
  }
}

/** What is asked for, or what is wrong with it. */
function requestOf(file: string | undefined, flags: ReplayFlags): ReplayRequest | string {
  if (file !== undefined && (flags.dataDir ?? flags.databaseUrl) !== undefined)
    return "either a file or the log of a hub: leave out --data-dir and --database-url";
  if (file !== undefined && statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
    return `there is no file ${file}`;
  const wrong = timesProblem(flags);
  if (wrong !== undefined) return wrong;
  const usual = flags.port === undefined ? "max" : "1";
  const text = flags.speed ?? usual;
  const speed = replaySpeed.safeParse(text === "max" ? text : Number(text));
  if (!speed.success) return `--speed takes max or a number above 0 and up to 100000, found ${text}`;
  const { from, to } = flags;
  return {
    speed: speed.data,
    paused: false,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

function timesProblem(flags: ReplayFlags): string | undefined {
  for (const [name, text] of Object.entries({ from: flags.from, to: flags.to }))
    if (text !== undefined && parseTime(text) === undefined)
      return `--${name} takes a time such as 2026-02-24T12:00:00Z, found ${text}`;
  const [fromMicros, toMicros] = [parseTime(flags.from), parseTime(flags.to)];
  if (fromMicros !== undefined && toMicros !== undefined && fromMicros > toMicros)
    return `--from ${flags.from} is after --to ${flags.to}`;
  return undefined;
}

/** Whether only the end is asked for: then nothing needs to be kept to play it again. */
const isFoldedAtOnce = ({ request, flags }: Plan): boolean =>
  request.speed === "max" && flags.port === undefined && request.from === undefined && request.to === undefined;

/** False when the file has to be played from a store. */
async function foldedAtOnce(file: string, { config, flags, io }: Plan): Promise<boolean> {
  const bar = barOn(io, "playing {bar} {percentage} %", statSync(file).size);
  const began = performance.now();
  const folded = await foldedFile({
    file,
    id: randomUUID(),
    exposureLimits: config.exposureLimits ?? EXPOSURE_LIMITS,
    onBytes: (bytes) => bar?.increment(bytes),
  }).finally(() => bar?.stop());
  if (folded === undefined) return false;
  const { played, report } = folded;
  refuseFailed(file, report);
  tell(outcomeOf(played, performance.now() - began, report), { flags, io });
  io.exitCode(report.refused.total > 0 ? 1 : 0);
  return true;
}

function refuseFailed(file: string, report: ImportReport | undefined): void {
  const failure = report?.error ?? report?.files.find(({ error }) => error !== undefined)?.error;
  if (failure !== undefined) throw new StoreRefused(`${file} cannot be replayed: ${failure}`);
}

const tell = (outcome: ReplayOutcome, { flags, io }: Pick<Plan, "flags" | "io">): void =>
  void io.stdout.write(flags.json === true ? `${JSON.stringify(outcome)}\n` : outcomeText(outcome));

async function importedFile(file: string, io: CommandIo): Promise<ReplaySource> {
  const bar = barOn(io, "reading {bar} {percentage} %", statSync(file).size);
  const source = await fileSource(file, (bytes) => bar?.increment(bytes)).finally(() => bar?.stop());
  try {
    refuseFailed(file, source.report);
    return source;
  } catch (error) {
    await source.close();
    throw error;
  }
}

interface Plan {
  readonly request: ReplayRequest;
  readonly flags: ReplayFlags;
  readonly config: Config;
  readonly io: CommandIo;
}

async function replayed(source: ReplaySource, plan: Plan): Promise<void> {
  const { request, flags, config, io } = plan;
  const lastSeq = await source.store.lastSeq();
  const replays = openReplays({
    store: source.store,
    clock: systemClock,
    timers: systemTimers,
    version: VERSION,
    newId: randomUUID,
    keepIdle: true,
    lastSeq: () => lastSeq,
    desk: { defaultMode: source.mode, exposureLimits: config.exposureLimits ?? EXPOSURE_LIMITS },
    onProblem: (what, error) => io.stderr.write(`deskwatch: ${what} failed: ${messageOf(error)}\n`),
  });
  // The hub's timers let a process end; this one stays until it has played.
  const awake = setInterval(() => undefined, 60_000);
  const began = performance.now();
  try {
    const begun = replays.create({ ...request, paused: true });
    if (!begun.ok) throw new StoreUnavailable(begun.error.message);
    await begun.value.settled();
    if (flags.port !== undefined) return await served(replays, begun.value, plan);
    await playedInTerminal(begun.value, source, { ...plan, began });
  } finally {
    clearInterval(awake);
    replays.close();
  }
}

async function served(replays: ReplayManager, replay: Replay, { config, io }: Plan): Promise<void> {
  const { url, close } = await serveReplay(replays, replay, config);
  io.stdout.write(`Replay ready at ${url}\n`);
  await replay.control({ action: "play" });
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  await close();
}

async function playedInTerminal(
  replay: Replay,
  { report }: ReplaySource,
  { flags, io, began }: Plan & { readonly began: number },
): Promise<void> {
  const bar = barOn(io, "{bar} {percentage} % | {clock} | {facts} facts | {state}", replay.view.events);
  const show = (): void => {
    const { played, at, state } = replay.view;
    bar?.update(played, { clock: at ?? "", facts: played, state });
  };
  await replay.control({ action: "play" });
  await new Promise<void>((resolve) => {
    const stopKeys =
      bar !== undefined && process.stdin.isTTY ? listenToKeys(process.stdin, replay, () => done()) : () => undefined;
    const done = (): void => {
      stopView();
      stopKeys();
      resolve();
    };
    const look = (): void => {
      show();
      if (replay.view.state === "ended" || replay.view.state === "failed") done();
    };
    const stopView = replay.onView(look);
    look();
  });
  bar?.stop();
  tell(outcomeOf(replay, performance.now() - began, report), { flags, io });
  const failed = replay.view.state === "failed" || (report?.refused.total ?? 0) > 0;
  io.exitCode(failed ? 1 : 0);
}

/** A progress bar, on a terminal only. */
function barOn(io: CommandIo, format: string, total: number): SingleBar | undefined {
  if (io.stderr.isTTY !== true) return undefined;
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, clearOnComplete: true });
  bar.start(total, 0, { clock: "", facts: 0, state: "" });
  return bar;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
