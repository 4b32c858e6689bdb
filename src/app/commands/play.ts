import { createHash, generateKeyPairSync } from "node:crypto";
import { statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Command } from "commander";
import { err, ok, type Result } from "../../base/result.ts";
import { isoFromMicros } from "../../base/time.ts";
import { MarketTeller, type TellerCounts, type ToldEvent } from "../../bots/markets/market-teller.ts";
import type { PlayedBotOptions } from "../../bots/markets/played-bot.ts";
import { Secret } from "../../venues/core/secret.ts";
import type { VenueConnector, VenueSetup } from "../../venues/core/venue.ts";
import { readForeign, UnknownRecording } from "../../venues/recording/foreign-file.ts";
import { type Batches, Player, type PlayReport } from "../../venues/recording/player.ts";
import { noTrouble, readRecording } from "../../venues/recording/read-recording.ts";
import { connectVenues } from "../markets/connect.ts";
import { feedLine } from "../markets/feed-lines.ts";
import { type MarketFlags, type NamedVenue, namedVenues, venueNames } from "../markets/named-markets.ts";
import { type TellFlags, type Telling, tellingOf, withTellOptions } from "../markets/telling.ts";
import { type CommandIo, failCommand, processIo } from "./command-io.ts";
import { stopSignal } from "./stop-signal.ts";

interface PlayFlags extends MarketFlags, TellFlags {
  readonly speed?: string;
  readonly tell?: boolean;
  readonly json?: boolean;
}

/** `deskwatch play`: a recording of venues, played to the connectors that would have been there. */
export function registerPlay(
  program: Command,
  io: CommandIo = processIo(),
  stop: () => AbortSignal = stopSignal,
): void {
  withTellOptions(program.command("play"))
    .description("play a recording of venues, to look at it or to tell a hub")
    .argument("<recording>", "a directory of deskwatch record, or a file of raw frames in a format known here")
    .option("--market <venue:symbol...>", `what to watch in it; the venues are ${venueNames()}`)
    .option("--set <venue.name=value...>", "a setting of a venue, as it was when it was recorded")
    .option("--speed <x>", "so many times as fast as it was (default: as fast as it goes)")
    .option("--tell", "tell the hub what is seen, as events of the mode simulate")
    .option("--json", "print the summary as JSON")
    .addHelpText(
      "after",
      `
The same recording and flags give the same results every time; \`results\` is a sum over all that was told.

Exit code: 0 played, 1 the recording cannot be read or is torn, 2 misuse.

Examples:
  deskwatch play ./recording --market binance:BTCUSDT
  deskwatch play ./recording --market binance:BTCUSDT --speed 1 --tell`,
    )
    .action((recording: string, flags: PlayFlags) => run(recording, flags, io, stop));
}

interface Asked extends Telling {
  readonly venues: readonly NamedVenue[];
  readonly speed: number | undefined;
}

async function run(recording: string, flags: PlayFlags, io: CommandIo, stop: () => AbortSignal): Promise<void> {
  const asked = askedOf(flags, io.environment);
  if (!asked.ok) return failCommand(io, asked.error, 2);
  const trouble = noTrouble();
  try {
    const batches: Batches = statSync(recording).isDirectory()
      ? readRecording(recording, trouble)
      : readForeign(recording);
    const played = await play(batches, { ...asked.value, tells: flags.tell === true }, io, stop());
    if (!played.ok) return failCommand(io, played.error, 2);
    const summary = { ...played.value, torn: trouble.tears.length, malformed: trouble.malformed };
    io.stdout.write(`${flags.json === true ? JSON.stringify(summary) : summaryText(summary)}\n`);
    io.exitCode(trouble.tears.length + trouble.malformed === 0 ? 0 : 1);
  } catch (error) {
    if (!(error instanceof UnknownRecording || (error instanceof Error && "code" in error))) throw error;
    failCommand(io, `cannot read ${recording}: ${error.message}`, 1);
  }
}

interface Played {
  readonly records: number;
  readonly frames: number;
  readonly unheard: number;
  readonly lost: number;
  readonly from: string | null;
  readonly to: string | null;
  readonly changes: number;
  readonly books: number;
  readonly marks: number;
  readonly trades: number;
  /** Sum over all events in their order. */
  readonly results: string;
}

async function play(
  batches: Batches,
  asked: Asked & { readonly tells: boolean },
  io: CommandIo,
  stop: AbortSignal,
): Promise<Result<Played, string>> {
  const { venues, speed, tells, ...telling } = asked;
  const player = await Player.open({
    batches,
    ...(speed === undefined ? {} : { speed }),
    sleep: async (ms) => {
      await delay(ms, undefined, { signal: stop }).catch(() => undefined);
    },
    nowMs: () => performance.now(),
    settle: () => new Promise((resolve) => setImmediate(resolve)),
    stop,
    onNewRun: () => begin(),
  });
  const sum = createHash("sha256");
  let isOver = false;
  const hear = (event: ToldEvent): void => {
    if (isOver) return;
    sum.update(`${JSON.stringify(event)}\n`);
    const line = feedLine(event);
    if (line !== undefined) io.stderr.write(`${line}\n`);
  };
  const { clock, timers } = player.ports("");
  const teller = tells
    ? await tellingHub({ ...telling, now: clock.now, timers, onEvent: hear })
    : tellingNobody(new MarketTeller({ ...telling, now: clock.now, timers, report: hear }));
  let connectors: readonly VenueConnector[] = [];
  const begin = (): Result<readonly VenueConnector[], string> => {
    for (const connector of connectors) connector.stop();
    teller.teller.forget();
    const made = connectVenues({
      venues,
      ports: (venue) => player.ports(venue),
      secretsOf: playedSecrets,
      sink: teller.teller,
    });
    connectors = made.ok ? made.value : [];
    for (const connector of connectors) connector.start();
    return made;
  };
  const begun = begin();
  if (!begun.ok) return begun;
  const report = await player.play();
  teller.teller.stop();
  isOver = true;
  for (const connector of connectors) connector.stop();
  await teller.stop();
  return ok(playedOf(report, teller.teller.counts, sum.digest("hex").slice(0, 16)));
}

interface Teller {
  readonly teller: MarketTeller;
  readonly stop: () => Promise<unknown>;
}

function tellingNobody(teller: MarketTeller): Teller {
  teller.start();
  return { teller, stop: async () => teller.stop() };
}

async function tellingHub(options: PlayedBotOptions): Promise<Teller> {
  // Only here: to look at a recording needs no client.
  const { startPlayedBot } = await import("../../bots/markets/played-bot.ts");
  const bot = startPlayedBot(options);
  return { teller: bot.teller, stop: () => bot.stop("the recording is over") };
}

/** Nothing is sent to anybody, so any key will do. */
function playedSecrets({ kind }: NamedVenue): Result<VenueSetup["secrets"], string> {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const needed = Object.entries(kind.credentials).filter(([, { isNeeded }]) => isNeeded);
  return ok(Object.fromEntries(needed.map(([name]) => [name, new Secret(key)])));
}

function playedOf(report: PlayReport, counts: TellerCounts, results: string): Played {
  const { records, frames, unheard, lost, firstAt, lastAt } = report;
  const { changes, books, marks, trades } = counts;
  const [from, to] = [firstAt, lastAt].map((at) => (at === undefined ? null : isoFromMicros(at)));
  return { records, frames, unheard, lost, from: from ?? null, to: to ?? null, changes, books, marks, trades, results };
}

function askedOf(flags: PlayFlags, environment: NodeJS.ProcessEnv): Result<Asked, string> {
  const venues = namedVenues(flags);
  if (!venues.ok) return venues;
  if (venues.value.length === 0) return err("--market VENUE:SYMBOL says what to watch in the recording");
  const telling = tellingOf(flags, environment);
  if (!telling.ok) return telling;
  const speed = flags.speed === undefined ? undefined : Number(flags.speed);
  if (speed !== undefined && !(speed > 0)) return err("--speed is a number above 0");
  return ok({ ...telling.value, venues: venues.value, speed });
}

function summaryText(summary: Played & { readonly torn: number; readonly malformed: number }): string {
  return Object.entries(summary)
    .map(([name, value]) => `${name.padEnd(12)}${value ?? "–"}`)
    .join("\n");
}
