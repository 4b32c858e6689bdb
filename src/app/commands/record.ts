import type { Command } from "commander";
import { err, ok, type Result } from "../../base/result.ts";
import type { VenueEvent } from "../../venues/core/sink.ts";
import { Recorder, type RecorderOptions, type RecordingLimits } from "../../venues/recording/recorder.ts";
import { connectVenues, recordingPorts } from "../markets/connect.ts";
import { feedLine } from "../markets/feed-lines.ts";
import { type MarketFlags, type NamedVenue, namedVenues, secretsOf, venueNames } from "../markets/named-markets.ts";
import { bytesOf, bytesText, durationMsOf } from "../markets/quantities.ts";
import { type CommandIo, failCommand, processIo } from "./command-io.ts";
import { stopSignal } from "./stop-signal.ts";

interface RecordFlags extends MarketFlags {
  readonly maxSize: string;
  readonly segmentSize: string;
  readonly segmentTime: string;
  readonly whenFull: string;
  readonly for?: string;
  readonly json?: boolean;
}

const FLUSH_MS = 1_000;
const SEGMENTS_MIN = 2;

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
    .option("--market <venue:symbol...>", `what to watch; the venues are ${venueNames()}`)
    .option("--set <venue.name=value...>", "a setting of a venue, such as its address")
    .option("--max-size <size>", "how much disk the recording may take", "10GB")
    .option("--segment-size <size>", "a new file after so much", "64MB")
    .option("--segment-time <time>", "a new file after so long", "1h")
    .option("--when-full <what>", "drop-oldest files, or stop", "drop-oldest")
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
  readonly forMs: number | undefined;
}

async function run(directory: string, flags: RecordFlags, io: CommandIo, stop: () => AbortSignal): Promise<void> {
  const asked = askedOf(flags);
  if (!asked.ok) return failCommand(io, asked.error, 2);
  const ended = new AbortController();
  const failed: string[] = [];
  const runId = Math.round(Date.now()).toString(36);
  const { limits } = asked.value;
  const onStopped = (reason: string): void => {
    failed.push(reason);
    ended.abort();
  };
  const recorder = openRecorder({ directory, runId, limits, onStopped });
  if (!recorder.ok) return failCommand(io, recorder.error, 1);
  const heard = { changes: 0, trades: 0 };
  const made = connectVenues({
    venues: asked.value.venues,
    ports: recordingPorts(recorder.value, runId),
    secretsOf: ({ kind }) => secretsOf(kind, io.environment),
    sink: {
      bookChanged: () => heard.changes++,
      traded: () => heard.trades++,
      marked: () => undefined,
      tell: (event) => sayFeed(event, io),
    },
  });
  if (!made.ok) {
    await recorder.value.close();
    return failCommand(io, made.error, 2);
  }
  for (const connector of made.value) connector.start();
  const flushing = setInterval(() => recorder.value.flush(), FLUSH_MS);
  await untilEnded([stop(), ended.signal], asked.value.forMs);
  clearInterval(flushing);
  for (const connector of made.value) connector.stop();
  await recorder.value.close();
  const { counts, bytes } = recorder.value;
  const summary = { ...counts, bytes, ...heard };
  io.stdout.write(`${flags.json === true ? JSON.stringify(summary) : summaryText(summary)}\n`);
  if (failed[0] !== undefined) return failCommand(io, failed[0], 1);
  io.exitCode(0);
}

function askedOf(flags: RecordFlags): Result<Asked, string> {
  const venues = namedVenues(flags);
  if (!venues.ok) return venues;
  if (venues.value.length === 0) return err("--market VENUE:SYMBOL says what to record");
  const [maxBytes, segmentBytes] = [bytesOf(flags.maxSize), bytesOf(flags.segmentSize)];
  const segmentMs = durationMsOf(flags.segmentTime);
  const forMs = flags.for === undefined ? undefined : durationMsOf(flags.for);
  const { whenFull } = flags;
  if (maxBytes === undefined || segmentBytes === undefined) return err("a size is one such as 500MB or 10GB");
  if (segmentBytes * SEGMENTS_MIN > maxBytes) return err("--max-size has room for at least two of --segment-size");
  if (segmentMs === undefined || segmentMs < FLUSH_MS) return err("--segment-time is a time such as 10m or 1h");
  if (flags.for !== undefined && forMs === undefined) return err("--for is a time such as 30s or 10m");
  if (whenFull !== "drop-oldest" && whenFull !== "stop") return err("--when-full is drop-oldest or stop");
  return ok({ venues: venues.value, limits: { maxBytes, segmentBytes, segmentMs, whenFull }, forMs });
}

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
