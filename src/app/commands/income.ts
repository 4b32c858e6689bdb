import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import { err, ok, type Result } from "../../base/result.ts";
import { parseTime } from "../../base/time.ts";
import type { VenueIncome } from "../../domain/venue-account.ts";
import { incomeEvent } from "../../hub/venue-events.ts";
import { sendLines } from "../../imports/send-lines.ts";
import type { AccountView } from "../../venues/core/account.ts";
import { printable } from "../../view/printable.ts";
import type { AccountEntry } from "../accounts/account-list.ts";
import { openView } from "../accounts/open-accounts.ts";
import { loadConfig } from "../config.ts";
import { machinePorts } from "../markets/connect.ts";
import { type CommandIo, failCommand, processIo, senderInOrder } from "./command-io.ts";
import { type HubAddress, type HubFlags, hubAddress, withHubOptions } from "./hub-options.ts";

interface IncomeFlags extends HubFlags {
  readonly config?: string;
  readonly bot?: string;
  readonly type?: string;
  readonly from?: string;
  readonly to?: string;
  readonly send?: boolean;
}

const DAY_MS = 86_400_000;
const USUAL_DAYS = 7;
const KEPT_DAYS = 90;

/** `deskwatch income`: what venues paid and charged an account, as events. */
export function registerIncome(program: Command, io: CommandIo = processIo()): void {
  withHubOptions(program.command("income"))
    .description("print what venues paid and charged accounts of the configuration file, or send it to the hub")
    .option("--config <file>", "YAML file whose `venue_accounts` are read (default ./deskwatch.yaml)")
    .option("--bot <name>", "only accounts of this bot")
    .option("--type <type>", "only this, as the venue calls it: FUNDING_FEE, COMMISSION, …")
    .option("--from <time>", `from here on, by the venue's time (default: ${USUAL_DAYS} days ago)`)
    .option("--to <time>", "up to here (default: now)")
    .option("--send", "send it to the hub, where each row counts once, however often it is sent")
    .addHelpText(
      "after",
      `
Prints one \`income\` event a line. Binance tells it, of the last three months. Credentials are read from the environment
(docs/reference/configuration.md). Exit code: 0 done, 1 a venue or the hub could not be reached, 2 misuse.

Examples:
  deskwatch income --bot perp-eth --type FUNDING_FEE
  deskwatch income --from 2026-02-01 --send`,
    )
    .action((flags: IncomeFlags) => run(flags, io));
}

interface Asked {
  readonly entries: readonly AccountEntry[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly type: string | undefined;
  readonly hub: HubAddress | undefined;
}

async function run(flags: IncomeFlags, io: CommandIo): Promise<void> {
  const asked = askedOf(flags, io.environment, Date.now());
  if (!asked.ok) return failCommand(io, asked.error, 2);
  const lines: string[] = [];
  for (const entry of asked.value.entries) {
    const told = await incomeOf(entry, asked.value, io.environment);
    if (!told.ok) return failCommand(io, `${entry.name}: ${told.error}`, 1);
    lines.push(...told.value.flatMap((income) => entry.bots.slice(0, 1).map((bot) => lineOf(entry, bot, income))));
  }
  const { hub } = asked.value;
  if (hub !== undefined) return await sendAll(lines, hub, io);
  for (const line of lines) io.stdout.write(`${line}\n`);
  io.exitCode(0);
}

function askedOf(flags: IncomeFlags, environment: NodeJS.ProcessEnv, nowMs: number): Result<Asked, string> {
  const config = loadConfig(flags.config === undefined ? {} : { config: flags.config }, environment);
  if (!config.ok) return config;
  const times = timesOf(flags, nowMs);
  if (!times.ok) return times;
  const { bot, type } = flags;
  const named = config.value.venueAccounts.filter(({ bots }) => bot === undefined || bots.includes(bot));
  if (named.length === 0)
    return err(`no \`venue_accounts\` ${bot === undefined ? "stand" : `of ${bot} stand`} in the configuration file`);
  const hub = flags.send === true ? hubAddress(flags, environment) : undefined;
  if (hub?.ok === false) return hub;
  return ok({ ...times.value, entries: named, type, hub: hub?.value });
}

function timesOf({ from, to }: IncomeFlags, nowMs: number): Result<Pick<Asked, "fromMs" | "toMs">, string> {
  const [fromMs, toMs] = [msOf(from) ?? nowMs - USUAL_DAYS * DAY_MS, msOf(to) ?? nowMs];
  for (const [name, said, ms] of [
    ["--from", from, msOf(from)],
    ["--to", to, msOf(to)],
  ] as const)
    if (said !== undefined && ms === undefined) return err(`${name} is no time: ${said}`);
  if (fromMs > toMs) return err("--from is after --to");
  if (fromMs < nowMs - KEPT_DAYS * DAY_MS)
    return err(`--from is more than ${KEPT_DAYS} days ago: no venue keeps it so long`);
  return ok({ fromMs, toMs });
}

function msOf(said: string | undefined): number | undefined {
  const at = said === undefined ? undefined : parseTime(said);
  return at === undefined ? undefined : Math.floor(at / 1_000);
}

async function incomeOf(
  entry: AccountEntry,
  { fromMs, toMs, type }: Asked,
  environment: NodeJS.ProcessEnv,
): Promise<Result<readonly VenueIncome[], string>> {
  const view = openView(entry, environment, machinePorts());
  if (!view.ok) return view;
  try {
    return await read(view.value, { fromMs, toMs, ...(type === undefined ? {} : { type }) });
  } finally {
    view.value.stop();
  }
}

type Range = Parameters<NonNullable<AccountView["income"]>>[0];

async function read(view: AccountView, range: Range): Promise<Result<readonly VenueIncome[], string>> {
  if (view.income === undefined) return err("this venue tells no income");
  const key = await view.checkKey();
  if (!key.ok) return key;
  if (key.value.kind === "refused") return err(`not read, because ${key.value.reason}`);
  const reading = await view.income(range);
  return reading.ok ? ok(reading.value) : err(reading.reason);
}

const lineOf = ({ name: venue, account, mode, symbols }: AccountEntry, bot: string, income: VenueIncome): string =>
  JSON.stringify(incomeEvent({ venue, account, mode, symbols }, bot, income));

async function sendAll(lines: readonly string[], hub: HubAddress, io: CommandIo): Promise<void> {
  const report = await sendLines({
    chunks: chunksOf(lines),
    bot: undefined,
    runId: `income:${randomUUID()}`,
    hub: { ...hub, ...senderInOrder },
    onRefused: ({ line, message }) => io.stderr.write(`${printable(`line ${line}: ${message}`)}\n`),
  });
  const { accepted, duplicates, refused } = report;
  io.stdout.write(`${accepted} accepted, ${duplicates} were there already, ${refused} refused\n`);
  if (report.error !== undefined) return failCommand(io, report.error, 1);
  io.exitCode(refused === 0 ? 0 : 1);
}

async function* chunksOf(lines: readonly string[]): AsyncGenerator<string> {
  for (const line of lines) yield `${line}\n`;
}
