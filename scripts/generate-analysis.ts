/**
 * Writes `docs/reference/analysis.md` from the statistics of days, the rules of the diagnosis and what is compared. Run it
 * as `node scripts/generate-analysis.ts`; a test refuses a page that is out of date.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { COMPARED } from "../src/engine/comparison/compare-sides.ts";
import { DIAGNOSES } from "../src/engine/diagnosis/diagnose.ts";
import { COMPARED_MIN } from "../src/metrics/inference/compare.ts";
import { DAYS_MIN, DAYS_PER_YEAR, dailyStatistics } from "../src/metrics/returns/daily-statistics.ts";
import { ROOT } from "./run.ts";

/** The page, below the root of the repository. */
export const ANALYSIS_PAGE = "docs/reference/analysis.md";

/** The whole page. */
export function analysisText(): string {
  return `${[HEAD, STATISTICS, statisticsTable(), ATTRIBUTION, DIAGNOSIS, diagnosisTable(), COMPARE, comparedTable(), COMPARE_REST].join("\n\n")}\n`;
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

const tableOf = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  [columns, columns.map(() => "---"), ...rows.map((row) => row.map(cell))]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");

const statisticsTable = (): string =>
  tableOf(
    ["name", "is", "unit", "sign", "formula"],
    dailyStatistics({ confidence: 0.95, trials: undefined }).map(({ name, title, unit, sign, formula, needsMany }) => [
      `\`${name}\`${needsMany ? "" : " ¹"}`,
      title,
      unit,
      sign,
      formula,
    ]),
  );

const diagnosisTable = (): string =>
  tableOf(
    ["finding", "means", "is said when"],
    DIAGNOSES.map(({ code, means, threshold }) => [`\`${code}\``, means, threshold]),
  );

const comparedTable = (): string =>
  tableOf(
    ["metric", "is", "unit", "test"],
    COMPARED.map(({ name, title, unit, test }) => [`\`${name}\``, title, unit, test]),
  );

const HEAD = `# Analysis: statistics, attribution, diagnosis, comparisons

<!-- Written by scripts/generate-analysis.ts. Do not edit. -->

What a hub makes when it is asked, of what it has stored; nothing of it is kept in the fold. Modes are never added: without
\`mode\` it is the hub's own. Every answer carries \`as_of\` and \`as_of_seq\`; what is not known is \`null\` with its reason.`;

const STATISTICS = `## Statistics

\`GET /api/v1/statistics?bot&mode&from&to&confidence&trials&rolling_days\`; without \`bot\` of the whole desk. A return is
(equity − what came in) ÷ equity of the day before − 1, of whole UTC days, ${DAYS_PER_YEAR} a year, from the equity that bots or
venues reported last. Deposits and withdrawals are taken out; so is what a bot brings that reports for the first time.
Days on which nobody reported an equity count as 0, and are counted in \`notes\`. \`deskwatch report\` is made of the same days,
and the functions are the same: [statistics.md](statistics.md) says where other libraries give another number.

What speaks of what is likely needs ${DAYS_MIN} days and says \`needs ${DAYS_MIN} days, has 6\`; what happened (¹) is told at once.
\`confidence\` (0.95) is that of tails, intervals, track records and trends. Intervals: stationary bootstrap of 2,000 resamples
with a fixed seed, in parts that let every other read through; kept as long as the returns are the same. \`dsr\` needs
\`trials\`: how many strategies were tried, those given up too. As nothing else is known of them, their ratios are taken to
vary as much as the standard error of this one; \`deskwatch report --trials\` takes the trials themselves.

Besides: \`rolling\`, the same of the newest \`rolling_days\` at each day; \`trends\`, whether days get better and whether they get
wilder (Mann–Kendall, two-sided, with ties; days are tested, as windows share theirs); \`daily\`, every day with its equity,
flow and return. \`sharpe\`, \`sortino\`, \`calmar\`, \`volatility\`, \`total_return\`, \`var_historical\`, \`cvar_historical\` and \`psr\`
are metrics of the [catalogue](metrics.md) too; over time each point is of the 30 days that end with its step.`;

const ATTRIBUTION = `Falls besides: \`current_drawdown\`, \`avg_drawdown\`, \`max_drawdown_abs\` (money), \`max_drawdown_days\`, \`avg_drawdown_days\`.

## Attribution

\`GET /api/v1/attribution?bot&mode&from&to\`, today when nobody names a range; one row for each bot, mode and currency, with
\`by_asset\` and \`by_day\`:

    net = signal + execution + cost + residual

- \`net\` is realised profit − fees + funding, as \`/api/v1/performance\` has it for the same range.
- \`signal\`: of what was closed, from the mid when the order of each entry was decided to that of the exit:
  Σ side · size · (mid at arrival of the exit − mid at arrival of the entry). Entries are matched at average cost, as the
  ledger does: a partial closing takes its share of each, a fill that goes through flat is split by size.
- \`execution\`: of what was closed, −Σ slippage of both ends against these mids; maker fills that earn the spread are > 0.
- \`cost\`: −fees + funding, from fills or from income rows as \`/api/v1/performance\` chooses.
- \`residual\`: what none of them explains, with its reasons: fills without a mid at arrival (counted, and their symbols named),
  pair trades, closed positions that the bot reported without fills.
- \`open\`, apart from these: the change of what is not realised between the marks of the two ends, parted alike. \`pnl\` is
  \`net\` and it together. Without a mark at one end it is not known; the terms above are.
- \`memo\`, in the terms already: slippage of every fill (what is still held too) in money and in bps of what was moved, fills
  without a mid, volume, entry orders and how many of them nobody filled, and for one bot adverse selection: the drift of
  the mid in the 30 s after its fills.

A mid at arrival is \`arrival_mid\` of the fill, else of its \`order.placed\`; the \`mid\` of a fill is another thing. Money is in the
currency of the profit: an inverse contract is parted in what it settles in, contracts count by their multiplier, and a
settled one ends at its payout without slippage. The fills of a bot are read one after the other, at most 1,000,000; what
was read is kept and goes on with what is told later.`;

const DIAGNOSIS = `## Diagnosis

\`GET /api/v1/diagnosis?bot&mode&from&to\`, of the last 7 days when nobody names a range; in \`deskwatch status --bot\` and
\`deskwatch report\` too. Each finding is a sentence with its value, interval and n. \`unsaid\` lists what could not be judged:
where the sample is too small nothing else is said.`;

const COMPARE = `## Comparisons

\`GET /api/v1/compare?bot&by&mode&from&to&a&b&against&confidence\`: both values, \`difference\` (b − a) with its interval, \`p\` and
\`significant\` (p < 1 − confidence). A metric needs ${COMPARED_MIN} on each side.

- \`by=period\`: the range (30 days) against the one of the same length before it.
- \`by=version\`: the newest span of one version and configuration against the one before it; \`a\` and \`b\` choose others by
  their labels in \`spans\`. A span begins with a \`bot.started\` of another \`version\` or \`config_hash\`, or with an \`annotation\`
  of the bot.
- \`by=mode\`: what is asked for against paper (\`against\`) in one range; \`band\` is where chance alone leaves it if it is as
  paper was, and \`within\` whether it lies there.`;

const COMPARE_REST = `Fills and trades that follow one another resemble each other, so that many say less than their number. Errors of ratios of
sums (slippage, signal, fees) come from about √n batches of neighbours in time, of all instruments together: Student's t
with one degree of freedom less than there are batches, wider by (1 + ρ) ÷ (1 − ρ) where batches still resemble those before
them. A mean of trades, a win rate and a maker ratio are those of independent trades and fills unless such batches vary
clearly more than these would (by 1.28 deviations): then they count for as many less, and Wilson's and Welch's intervals are
made of those with Student's t of the batches. The fill rate counts orders as they are.

A fee that no fill says is not known: \`fees_bps\` is of the fills that say one in the currency of the profit, and \`notes\` count
the others. Money of the currency with most fills is compared; \`notes\` say what that leaves out.`;

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(join(ROOT, ANALYSIS_PAGE), analysisText());
