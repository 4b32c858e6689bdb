import { randomUUID } from "node:crypto";
import { readdirSync, realpathSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Command } from "commander";
import { err, ok, type Result } from "../../base/result.ts";
import { columnChoices } from "../../imports/aliased-table.ts";
import type { FollowReport } from "../../imports/follow/follow-counts.ts";
import { type FollowEvent, type FollowSource, followSources } from "../../imports/follow/follow-sources.ts";
import { defaultStatePath } from "../../imports/follow/follow-state.ts";
import { STORE_FILES } from "../../imports/follow/own-export.ts";
import type { ImportMode } from "../../imports/format.ts";
import { HubAway, HubRefused } from "../../imports/hub-sender.ts";
import { formatNamed, importFormats } from "../../imports/registry.ts";
import { importReportBodyOf, reportToHub } from "../../imports/report-to-hub.ts";
import { type CommandIo, failCommand, processIo, senderParts } from "./command-io.ts";
import { FollowTotals } from "./follow-totals.ts";
import { botNameProblem, type HubAddress, type HubFlags, hubAddress, withHubOptions } from "./hub-options.ts";
import { stopSignal } from "./stop-signal.ts";

interface FollowFlags extends HubFlags {
  readonly bot?: string;
  readonly mode?: string;
  readonly format?: string;
  readonly columns?: string;
  readonly include?: string[];
  readonly exclude?: string[];
  readonly state?: string;
  readonly fromEnd?: boolean;
  readonly once?: boolean;
  readonly every: string;
  readonly interval?: string;
  readonly json?: boolean;
}

const MODES: readonly ImportMode[] = ["live", "paper", "simulate", "demo"];

/** `deskwatch follow`: what an existing bot writes or shows, as it does, without a change to its code. */
export function registerFollow(
  program: Command,
  io: CommandIo = processIo(),
  stop: () => AbortSignal = stopSignal,
): void {
  withHubOptions(program.command("follow"))
    .description("follow the files that a bot writes, or its /metrics, without touching its code")
    .argument("<source...>", "directories, files, or addresses of metrics pages (http:// or https://)")
    .option("--bot <name>", "the bot of events whose source names none")
    .option("--mode <mode>", `the mode of events whose source says none: ${MODES.join(", ")}`)
    .option("--format <name>", "read the files as this (default: told from their content)")
    .option("--columns <list>", "columns of trades.csv and orders.csv under other names, as import has it")
    .option("--include <glob...>", "follow only files whose name or path below the directory matches")
    .option("--exclude <glob...>", "leave out files whose name or path below the directory matches")
    .option("--state <file>", "where the position is kept (default: below XDG_STATE_HOME, else ~/.local/state)")
    .option("--from-start", "take what is there already, which is the default")
    .option("--from-end", "of files not followed before, take only what comes from now on")
    .option("--once", "take what is there and end")
    .option("--every <time>", "scrape a metrics page this often: 500ms, 5s, 1m", "5s")
    .option("--interval <time>", "how often the bot writes, for its heartbeat (default: learnt)")
    .option("--json", "print one line of JSON for each noteworthy thing, and the summary")
    .addHelpText(
      "after",
      `
Exit code: 0 stopped or all taken, 1 some rows refused, a file or page failed or the hub says no, 2 misuse.

Examples:
  deskwatch follow ~/bots/hbot/logs
  deskwatch follow http://127.0.0.1:9400/metrics --bot alpha --every 5s`,
    )
    .action((sources: string[], flags: FollowFlags) => run(sources, flags, io, stop));
}

interface Asked {
  readonly hub: HubAddress;
  readonly sources: readonly FollowSource[];
  readonly everyMs: number;
  readonly intervalS: number | undefined;
  readonly mode: ImportMode | undefined;
  readonly columns: ReadonlyMap<string, string> | undefined;
}

async function run(
  named: readonly string[],
  flags: FollowFlags,
  io: CommandIo,
  stop: () => AbortSignal,
): Promise<void> {
  const asked = askedOf(named, flags, io.environment);
  if (!asked.ok) return failCommand(io, asked.error, 2);
  const { hub, sources, everyMs, intervalS, mode, columns } = asked.value;
  const totals = new FollowTotals(io, flags.json === true);
  for (const source of sources) if (source.kind === "files") totals.say({ event: "following", ...source });
  const stopping = stop();
  try {
    const isWhole = await followSources({
      hub,
      sources,
      everyMs,
      intervalS,
      rows: {
        format: flags.format === undefined ? undefined : formatNamed(flags.format),
        options: { bot: flags.bot, mode, columns },
      },
      include: flags.include ?? [],
      exclude: flags.exclude ?? [],
      fromEnd: flags.fromEnd === true,
      once: flags.once === true,
      runId: `follow:${randomUUID()}`,
      fetch: senderParts.fetch,
      random: senderParts.random,
      nowMs: Date.now,
      stop: stopping,
      onTook: (rows) => totals.took(rows),
      onEvent: (event: FollowEvent) => totals.say(event),
      onReport: (report) => tellHub(report, hub, totals),
    });
    totals.summary();
    io.exitCode(flags.once === true && (!isWhole || totals.refused > 0) ? 1 : 0);
  } catch (error) {
    totals.summary();
    if (!(error instanceof HubRefused || error instanceof HubAway)) throw error;
    failCommand(io, error.message, 1);
  }
}

async function tellHub(report: FollowReport, hub: HubAddress, totals: FollowTotals): Promise<void> {
  totals.add(report.report);
  const body = importReportBodyOf(report.report, { ...report, via: "follow" });
  const problem = await reportToHub({ ...hub, fetch: senderParts.fetch }, body);
  if (problem !== undefined) totals.say({ event: "note", path: "", note: problem });
}

/** What was asked for, or what is wrong with it. */
function askedOf(named: readonly string[], flags: FollowFlags, environment: NodeJS.ProcessEnv): Result<Asked, string> {
  const hub = hubAddress(flags, environment);
  if (!hub.ok) return hub;
  const columns = columnChoices(flags.columns, flags.format);
  if (!columns.ok) return columns;
  const mode = MODES.find((name) => name === flags.mode);
  const everyMs = durationMs(flags.every);
  const intervalMs = flags.interval === undefined ? undefined : durationMs(flags.interval);
  const problem = flagProblem(flags, mode) ?? botNameProblem(flags.bot);
  if (problem !== undefined) return err(problem);
  if (everyMs === undefined || everyMs < 100) return err("--every is a time such as 500ms, 5s or 1m, at least 100ms");
  if (flags.interval !== undefined && intervalMs === undefined) return err("--interval is a time such as 5s or 1m");
  const sources: FollowSource[] = [];
  for (const name of named) {
    const source = sourceOf(name, hub.value, flags, environment);
    if (!source.ok) return source;
    sources.push(source.value);
  }
  if (flags.state !== undefined && sources.filter(({ kind }) => kind === "files").length !== 1)
    return err("--state keeps the position of one directory or file: name exactly one, or leave --state out");
  const intervalS = intervalMs === undefined ? undefined : intervalMs / 1_000;
  return ok({ hub: hub.value, sources, everyMs, intervalS, mode, columns: columns.value });
}

function flagProblem(flags: FollowFlags, mode: ImportMode | undefined): string | undefined {
  if (flags.mode !== undefined && mode === undefined) return `no mode ${flags.mode}; there are ${MODES.join(", ")}`;
  if (flags.format !== undefined && formatNamed(flags.format) === undefined)
    return `no format ${flags.format}; there are ${importFormats.map(({ name }) => name).join(", ")}`;
  return undefined;
}

function sourceOf(
  name: string,
  hub: HubAddress,
  flags: FollowFlags,
  environment: NodeJS.ProcessEnv,
): Result<FollowSource, string> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(name)) return pageOf(name);
  try {
    const root = realpathSync(name);
    const isFile = statSync(root).isFile();
    const directory = isFile ? dirname(root) : root;
    if (readdirSync(directory).some((entry) => STORE_FILES.has(entry)))
      return err(`${directory} holds a store of Deskwatch, which is never followed`);
    const statePath = resolve(flags.state ?? defaultStatePath(root, hub.url, environment));
    return ok({ kind: "files", root, isFile, statePath });
  } catch (error) {
    return err(`${name} cannot be followed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function pageOf(name: string): Result<FollowSource, string> {
  const url = URL.canParse(name) ? new URL(name) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    return err("a metrics page has an address by http or https");
  if (url.username !== "" || url.password !== "")
    return err("the address of a metrics page with a name or password in it would be shown to everybody");
  return ok({ kind: "page", url: url.href });
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `500ms`, `5s`, `1m`, or a number of seconds; undefined when it is none of these or 0. */
function durationMs(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  const ms = Number(match?.[1]) * (UNITS_MS[match?.[2] ?? "s"] ?? Number.NaN);
  return Number.isFinite(ms) && ms > 0 && ms <= 86_400_000 ? ms : undefined;
}
