import type { Command } from "commander";
import { err, ok, type Result } from "../../base/result.ts";
import type { VenueEvent } from "../../venues/core/sink.ts";
import type { VenueConnector } from "../../venues/core/venue.ts";
import { Recorder, type RecorderOptions, type RecordingLimits } from "../../venues/recording/recorder.ts";
import { connectVenues, recordingPorts } from "../markets/connect.ts";
import { feedLine } from "../markets/feed-lines.ts";
import { type NamedVenue, secretsOf, venueNames } from "../markets/named-markets.ts";
import { bytesOf, bytesText, durationMsOf } from "../markets/quantities.ts";
import { oneOfEachKind, type WatchedFlags, watchedVenues } from "../markets/watched-venues.ts";
import { type CommandIo, failCommand, processIo } from "./command-io.ts";
import { stopSignal } from "./stop-signal.ts";

interface RecordFlags extends WatchedFlags {
  readonly maxSize: string;
  readonly segmentSize: string;
  readonly segmentTime: string;
  readonly whenFull: string;
  readonly renew: string;
  readonly for?: string;
  readonly json?: boolean;
}

const FLUSH_MS = 1_000;
const SEGMENTS_MIN = 2;
const RENEW_MIN_MS = 1_000;
/** Timers know no longer times. */
const TIME_MAX_MS = 20 * 86_400_000;

/** `deskwatch record`: what venues say, as they say it, into files that can be played again. */
export function registerRecord(
  program: Command,
  io: CommandIo = processIo(),
  stop: () => AbortSignal = stopSignal,
): void {
  program
    .command("record")
    .description("record the raw frames of venues, to be played again")
    .argument("<directory>", "where the recording goes; one that is there is continued")
    .option("--config <file>", "YAML file whose `venues` say what to record (default ./deskwatch.yaml)")
    .option("--market <venue:symbol...>", `record these instead; the venues are ${venueNames()}`)
    .option("--set <venue.name=value...>", "a setting of a venue, such as its address, with --market")
    .option("--max-size <size>", "how much disk the recording may take", "10GB")
    .option("--segment-size <size>", "a new file after so much", "64MB")
    .option("--segment-time <time>", "a new file after so long", "1h")
    .option("--when-full <what>", "drop-oldest files, or stop", "drop-oldest")
    .option(
      "--renew <time>",
      "connect anew so often: from there on the recording can be played without what was before",
      "1h",
    )
    .option("--for <time>", "end after so long, such as 10m")
    .option("--json", "print the summary as JSON")
    .addHelpText(
      "after",
      `
Keys are read from the environment (KALSHI_API_KEY_ID, KALSHI_PRIVATE_KEY or KALSHI_PRIVATE_KEY_FILE) and are not
recorded; nor is anything that is sent. Files are NDJSON in zstd: zstd -dc DIRECTORY/*.zst reads them.

Exit code: 0 stopped, 1 the disk or the recording is full or cannot be written, 2 misuse.

Example:
  deskwatch record ./recording --market binance:BTCUSDT --for 10m`,
    )
    .action((directory: string, flags: RecordFlags) => run(directory, flags, io, stop));
}

interface Asked {
  readonly venues: readonly NamedVenue[];
  readonly limits: RecordingLimits;
  readonly renewMs: number;
  readonly forMs: number | undefined;
}

async function run(directory: string, flags: RecordFlags, io: CommandIo, stop: () => AbortSignal): Promise<void> {
  const asked = askedOf(flags, io.environment);
  if (!asked.ok) return failCommand(io, asked.error, 2);
  const ended = new AbortController();
  const failed: string[] = [];
  const { venues, limits, renewMs, forMs } = asked.value;
  const onStopped = (reason: string): void => {
    failed.push(reason);
    ended.abort();
  };
  const recorder = openRecorder({ directory, runId: newRunId(), limits, onStopped });
  if (!recorder.ok) return failCommand(io, recorder.error, 1);
  const heard = { changes: 0, trades: 0 };
  const connect = (runId: string): Result<readonly VenueConnector[], string> =>
    connectVenues({
      venues,
      ports: recordingPorts(recorder.value, runId),
      secretsOf: ({ kind }) => secretsOf(kind, io.environment),
      sink: {
        bookChanged: () => heard.changes++,
        traded: () => heard.trades++,
        marked: () => undefined,
        tell: (event) => sayFeed(event, io),
      },
    });
  const made = connect(newRunId());
  if (!made.ok) {
    await recorder.value.close();
    return failCommand(io, made.error, 2);
  }
  let connectors = made.value;
  for (const connector of connectors) connector.start();
  const flushing = setInterval(() => recorder.value.flush(), FLUSH_MS);
  const renewing = setInterval(() => {
    for (const connector of connectors) connector.stop();
    const runId = newRunId();
    recorder.value.renew(runId);
    const anew = connect(runId);
    connectors = anew.ok ? anew.value : [];
    if (!anew.ok) onStopped(anew.error);
    for (const connector of connectors) connector.start();
  }, renewMs);
  await untilEnded([stop(), ended.signal], forMs);
  clearInterval(flushing);
  clearInterval(renewing);
  for (const connector of connectors) connector.stop();
  await recorder.value.close();
  const { counts, bytes } = recorder.value;
  const summary = { ...counts, bytes, ...heard };
  io.stdout.write(`${flags.json === true ? JSON.stringify(summary) : summaryText(summary)}\n`);
  if (failed[0] !== undefined) return failCommand(io, failed[0], 1);
  io.exitCode(0);
}

function askedOf(flags: RecordFlags, environment: NodeJS.ProcessEnv): Result<Asked, string> {
  const watched = watchedVenues(flags, environment);
  if (!watched.ok) return watched;
  const venues = oneOfEachKind(watched.value);
  if (!venues.ok) return venues;
  const [maxBytes, segmentBytes] = [bytesOf(flags.maxSize), bytesOf(flags.segmentSize)];
  const segmentMs = durationMsOf(flags.segmentTime);
  const renewMs = durationMsOf(flags.renew);
  const forMs = flags.for === undefined ? undefined : durationMsOf(flags.for);
  const { whenFull } = flags;
  if (maxBytes === undefined || segmentBytes === undefined) return err("a size is one such as 500MB or 10GB");
  if (segmentBytes * SEGMENTS_MIN > maxBytes) return err("--max-size has room for at least two of --segment-size");
  if (segmentMs === undefined || segmentMs < FLUSH_MS) return err("--segment-time is a time such as 10m or 1h");
  if (renewMs === undefined || renewMs < RENEW_MIN_MS || renewMs > TIME_MAX_MS) {
    return err("--renew is a time such as 10m or 1h, from 1s to 20d");
  }
  if (flags.for !== undefined && (forMs === undefined || forMs > TIME_MAX_MS)) {
    return err("--for is a time such as 30s or 10m, at most 20d");
  }
  if (whenFull !== "drop-oldest" && whenFull !== "stop") return err("--when-full is drop-oldest or stop");
  return ok({ venues: venues.value, limits: { maxBytes, segmentBytes, segmentMs, whenFull }, renewMs, forMs });
}

let runs = 0;
/** Unlike that of any other run of any recorder. */
const newRunId = (): string => `${Date.now().toString(36)}${runs++ === 0 ? "" : `-${runs}`}`;

function openRecorder(options: RecorderOptions): Result<Recorder, string> {
  try {
    return ok(new Recorder(options));
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

function sayFeed(event: VenueEvent, io: CommandIo): void {
  const line = feedLine(event);
  if (line !== undefined) io.stderr.write(`${line}\n`);
}

/** Resolves with the first of the signals, or when the time is over. */
async function untilEnded(signals: readonly AbortSignal[], forMs: number | undefined): Promise<void> {
  const any = AbortSignal.any(forMs === undefined ? [...signals] : [...signals, AbortSignal.timeout(forMs)]);
  if (any.aborted) return;
  await new Promise<void>((resolve) => any.addEventListener("abort", () => resolve(), { once: true }));
}

function summaryText(summary: {
  records: number;
  lost: number;
  bytes: number;
  segmentsDropped: number;
  changes: number;
}) {
  const { records, lost, bytes, segmentsDropped, changes } = summary;
  const dropped = segmentsDropped === 0 ? "" : `, ${segmentsDropped} old files dropped`;
  return `${records} records, ${lost} lost, ${changes} changes of books, ${bytesText(bytes)} on disk${dropped}`;
}
