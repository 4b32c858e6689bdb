import { err, ok, type Result } from "../../base/result.ts";
import { type ReturnSeries, usualGap } from "../../view/report/return-series.ts";
import { BadRow, type ReadOutcome, readTable, type TableRow } from "./table-file.ts";

/** A file's values, and what was refused of it. */
export interface FileRead<Value> {
  readonly value: Value;
  readonly outcome: ReadOutcome;
}

const TIMES = ["ts_ms", "ts", "time", "timestamp", "date"] as const;
const NOT_A_NUMBER = /^(?:nan|na|null|)$/i;

/** Reads `ts_ms,r`: simple returns of even periods. A row without a number is dropped and counted; one below −1 is refused. */
export async function readReturns(
  path: string,
  periodsPerYear: number | undefined,
): Promise<Result<FileRead<ReturnSeries>, string>> {
  const [times, returns]: [number[], number[]] = [[], []];
  let dropped = 0;
  const read = await readTable(path, [["r", "return", "returns"]], (row) => {
    const column = ["r", "return", "returns"].find((name) => row.has(name)) ?? "r";
    if (NOT_A_NUMBER.test(row.text(column))) {
      dropped++;
      return;
    }
    const value = row.number(column);
    if (value < -1) throw new BadRow(`a return below −1 (${value}): more than everything cannot be lost`);
    const at = timeOf(row);
    if (at !== undefined) times.push(at);
    returns.push(value);
  });
  if (!read.ok) return read;
  const at = times.length === returns.length && times.length > 0 ? Float64Array.from(times) : undefined;
  const perYear = periodsOf(at, periodsPerYear);
  if (!perYear.ok) return perYear;
  if (!Number.isFinite(returns.reduce((growth, value) => growth * (1 + value), 1)))
    return err(`${path}: these returns compound beyond any number; are they prices, or percent?`);
  const value = {
    at,
    returns: Float64Array.from(returns),
    periodsPerYear: perYear.value,
    startEquity: undefined,
    dropped,
    source: path,
  };
  return ok({ value, outcome: read.value });
}

const timeOf = (row: TableRow): number | undefined =>
  TIMES.some((name) => row.has(name)) ? row.time(TIMES) : undefined;

/** Reads `ts_ms,equity`: the first row is the start. Deposits are returns here: take them out before. */
export async function readEquity(
  path: string,
  periodsPerYear: number | undefined,
): Promise<Result<FileRead<ReturnSeries>, string>> {
  const [times, equity]: [number[], number[]] = [[], []];
  const read = await readTable(path, [["equity"], TIMES], (row) => {
    const value = row.number("equity");
    if (value < 0) throw new BadRow(`an equity below 0 (${value}) has no returns`);
    if (equity.at(-1) === 0) throw new BadRow("after an equity of 0 there are no returns");
    times.push(row.time(TIMES));
    equity.push(value);
  });
  if (!read.ok) return read;
  const at = Float64Array.from(times).subarray(1);
  const perYear = periodsOf(at, periodsPerYear);
  if (!perYear.ok) return perYear;
  const returns = Float64Array.from(equity.slice(1), (value, index) => value / (equity[index] as number) - 1);
  const series = { at, returns, periodsPerYear: perYear.value, startEquity: equity[0], dropped: 0, source: path };
  return ok({ value: series, outcome: read.value });
}

const DAY_MS = 86_400_000;
const PERIODS_DAILY = 365;
const PERIODS_MAX = 366 * 86_400;

/** Days are 365 a year, since these markets never close; any other period has to be named. */
function periodsOf(at: Float64Array | undefined, said: number | undefined): Result<number, string> {
  if (said !== undefined) return ok(said);
  if (at === undefined) return err("say how many periods a year has: --periods-per-year 365");
  const gap = usualGap(at);
  if (at.length < 2 || Math.abs(gap - DAY_MS) < 0.1 * DAY_MS) return ok(PERIODS_DAILY);
  const likely = gap > 0 ? Math.min(PERIODS_MAX, Math.round((PERIODS_DAILY * DAY_MS) / gap)) : PERIODS_DAILY;
  return err(`the rows are not a day apart: say how many there are a year, such as --periods-per-year ${likely}`);
}

/** Reads one column of returns for each trial. */
export async function readTrials(path: string): Promise<Result<FileRead<ReadonlyMap<string, Float64Array>>, string>> {
  const columns = new Map<string, number[]>();
  const read = await readTable(path, [], (row) => {
    const names = row.names.filter((name) => !TIMES.includes(name as (typeof TIMES)[number]));
    const values = names.map((name) => {
      const value = row.number(name);
      if (value < -1) throw new BadRow(`${name} is a return below −1 (${value})`);
      return value;
    });
    for (const [index, name] of names.entries()) {
      const column = columns.get(name);
      if (column === undefined) columns.set(name, [values[index] as number]);
      else column.push(values[index] as number);
    }
  });
  if (!read.ok) return read;
  const value = new Map([...columns].map(([name, values]) => [name, Float64Array.from(values)]));
  return ok({ value, outcome: read.value });
}
