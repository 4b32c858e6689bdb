import type { Random } from "../../base/random.ts";
import { err, ok, type Result } from "../../base/result.ts";
import type { Micros } from "../../base/time.ts";
import { canonicalDecimal, type Decimal, decimal } from "../../domain/decimal.ts";
import { fillQuality } from "../../metrics/microstructure/markouts.ts";
import { fixed } from "../../view/number-format.ts";
import { deskReport } from "../../view/report/desk-report.ts";
import { fillsReport } from "../../view/report/fills-report.ts";
import { markoutsReport } from "../../view/report/markouts-report.ts";
import type { Report } from "../../view/report/report.ts";
import type { ReturnSeries } from "../../view/report/return-series.ts";
import { returnsReport } from "../../view/report/returns-report.ts";
import { tradesReport } from "../../view/report/trades-report.ts";
import { trialsReport } from "../../view/report/trials-report.ts";
import type { HubAddress } from "../commands/hub-options.ts";
import { readHubReturns, usualSpan } from "./hub-returns.ts";
import { type FileRead, readEquity, readReturns, readTrials } from "./read-series.ts";
import { readLedgerFills, readQuotes, readTimedFills, readTrades } from "./read-trading.ts";
import type { ReadOutcome } from "./table-file.ts";

/** What a report is asked for: one kind of file, and how. */
export interface ReportWishes {
  readonly returns?: string;
  readonly equity?: string;
  readonly trades?: string;
  readonly fills?: string;
  readonly quotes?: string;
  readonly trials?: string;
  /** Where no file is named, a hub is asked. */
  readonly hub: HubWishes;
  readonly periodsPerYear?: number;
  readonly mark?: string;
  readonly startingCapital?: number;
  readonly riskFree: number;
  readonly target: number;
  readonly benchmark?: readonly number[];
  readonly rolling?: number;
  readonly select?: string;
  readonly resamples: number;
  readonly skipBadRows?: boolean;
  readonly random: Random;
  /** Whether pictures are drawn; what only they show is left out otherwise. */
  readonly isPictured: boolean;
}

/** What a hub is asked for: the desk, or one bot, in a span that ends now unless it is named. */
export interface HubWishes {
  readonly address: HubAddress;
  readonly bot: string | undefined;
  readonly mode: string | undefined;
  readonly from: Micros | undefined;
  readonly to: Micros | undefined;
  readonly now: Micros;
}

/** A report, and what to say of rows that are not in it. */
export interface MadeReport {
  readonly report: Report;
  readonly refusals: readonly string[];
}

/** Why there is none: 1 the files, 2 misuse. */
export interface ReportProblem {
  readonly message: string;
  readonly code: 1 | 2;
}

type Made = Result<MadeReport, ReportProblem>;

const KINDS = ["returns", "equity", "trades", "fills", "trials"] as const;
const CONFIDENCE = 0.95;
const BENCHMARKS = [0.05, 0.002];
/** metrics.md's horizons. */
const HORIZONS_MS = [1_000, 5_000, 30_000, 60_000, 300_000];

/** Reads the file that was named, or asks the hub, and makes the report. */
export async function makeReport(wishes: ReportWishes): Promise<Made> {
  const named = KINDS.filter((kind) => wishes[kind] !== undefined);
  const [kind] = named;
  if (named.length > 1) return misuse(`name one file only: ${KINDS.map((each) => `--${each}`).join(", ")}`);
  if (wishes.quotes !== undefined && kind !== "fills") return misuse("--quotes goes with --fills");
  const { bot, from, to } = wishes.hub;
  if (kind === undefined) return hubReport(wishes);
  if (bot !== undefined || from !== undefined || to !== undefined)
    return misuse("--bot, --from and --to are of what a hub knows: a file is taken whole");
  const path = wishes[kind] ?? "";
  switch (kind) {
    case "returns":
      return seriesReport(await readReturns(path, wishes.periodsPerYear), wishes);
    case "equity":
      return seriesReport(await readEquity(path, wishes.periodsPerYear), wishes);
    case "trades":
      return checked(await readTrades(path), wishes, (series) =>
        tradesReport(series, { intervals: intervalsOf(wishes), startingCapital: wishes.startingCapital }),
      );
    case "trials":
      return trialsOf(path, wishes);
    case "fills":
      return wishes.quotes === undefined ? fillsOf(path, wishes) : markoutsOf(path, wishes.quotes, wishes);
  }
}

const misuse = (message: string): Made => err({ message, code: 2 });

const intervalsOf = ({ random, resamples }: ReportWishes) => ({ random, resamples, confidence: CONFIDENCE });

const DAYS_USUAL = 90;

async function hubReport(wishes: ReportWishes): Promise<Made> {
  const { address, bot, mode, from, to, now } = wishes.hub;
  const usual = usualSpan(to ?? now, DAYS_USUAL);
  const read = await readHubReturns(address, { bot, mode, from: from ?? usual.from, to: to ?? usual.to });
  if (!read.ok) return err({ message: read.error, code: 1 });
  const { series } = read.value;
  return ok({ report: deskReport(read.value, returnOptions(series, wishes)), refusals: [] });
}

const returnOptions = (series: ReturnSeries, wishes: ReportWishes) => ({
  choices: { riskFree: wishes.riskFree, target: wishes.target, benchmarks: wishes.benchmark ?? BENCHMARKS },
  intervals: intervalsOf(wishes),
  rollingWindow: wishes.rolling ?? (wishes.isPictured ? usualWindow(series) : undefined),
});

const seriesReport = (read: Result<FileRead<ReturnSeries>, string>, wishes: ReportWishes): Made =>
  checked(read, wishes, (series) => returnsReport(series, returnOptions(series, wishes)));

/** A quarter of a year, or a fifth of what there is; enough for a ratio to mean something. */
const usualWindow = ({ returns, periodsPerYear }: ReturnSeries): number =>
  Math.max(20, Math.min(Math.round(periodsPerYear / 4), Math.floor(returns.length / 5)));

async function trialsOf(path: string, wishes: ReportWishes): Promise<Made> {
  const read = await readTrials(path);
  const { select } = wishes;
  if (read.ok && select !== undefined && !read.value.value.has(select)) return misuse(`no trial is called ${select}`);
  return checked(read, wishes, (trials) => trialsReport(trials, { source: path, selected: select }));
}

async function fillsOf(path: string, wishes: ReportWishes): Promise<Made> {
  const mark = markOf(wishes.mark);
  if (!mark.ok) return misuse(mark.error);
  return checked(await readLedgerFills(path), wishes, (booked) =>
    fillsReport({ ...booked, mark: mark.value, source: path }),
  );
}

function markOf(text: string | undefined): Result<Decimal | undefined, string> {
  if (text === undefined) return ok(undefined);
  const canonical = canonicalDecimal(text);
  return canonical === undefined ? err(`--mark is no price: ${text.slice(0, 40)}`) : ok(decimal(canonical));
}

async function markoutsOf(path: string, quotesPath: string, wishes: ReportWishes): Promise<Made> {
  const quotes = await readQuotes(quotesPath);
  if (!quotes.ok) return err({ message: quotes.error, code: 1 });
  const refused = refusalsOf(quotes.value.outcome, quotesPath, wishes);
  if (!refused.ok) return refused;
  const made = checked(await readTimedFills(path), wishes, ({ fills, ids }) => {
    const quality = fillQuality(fills, quotes.value.value);
    const quoteCount = quotes.value.value.at.length;
    return markoutsReport(
      { fills, quality, horizonsMs: HORIZONS_MS, ids, quoteCount, source: path },
      intervalsOf(wishes),
    );
  });
  return made.ok ? ok({ ...made.value, refusals: [...refused.value, ...made.value.refusals] }) : made;
}

function checked<Value>(
  read: Result<FileRead<Value>, string>,
  wishes: ReportWishes,
  make: (value: Value) => Report,
): Made {
  if (!read.ok) return err({ message: read.error, code: 1 });
  const { value, outcome } = read.value;
  const path = KINDS.map((kind) => wishes[kind]).find((each) => each !== undefined) ?? "";
  const refusals = refusalsOf(outcome, path, wishes);
  if (!refusals.ok) return refusals;
  const report = make(value);
  const { refusedCount } = outcome;
  if (refusedCount === 0) return ok({ report, refusals: refusals.value });
  const note = `${fixed(refusedCount, 0)} of ${fixed(outcome.rows, 0)} rows of ${path} were left out`;
  const json = { ...report.json, n_refused: refusedCount };
  return ok({ report: { ...report, notes: [note, ...report.notes], json }, refusals: refusals.value });
}

/** A series with a hole says something else than the whole one: nobody gets it without asking. */
function refusalsOf(
  { refused, refusedCount }: ReadOutcome,
  path: string,
  { skipBadRows }: ReportWishes,
): Result<readonly string[], ReportProblem> {
  const lines = refused.map(({ line, reason }) => `${path} line ${line}: ${reason}`);
  const more = refusedCount > refused.length ? [`… and ${fixed(refusedCount - refused.length, 0)} more`] : [];
  if (refusedCount === 0 || skipBadRows === true) return ok([...lines, ...more]);
  const rows = refusedCount === 1 ? "1 row is" : `${fixed(refusedCount, 0)} rows are`;
  return err({
    message: `${rows} not sound: ${[...lines, ...more].join("; ")}. Mend them, or leave them out with --skip-bad-rows`,
    code: 1,
  });
}
