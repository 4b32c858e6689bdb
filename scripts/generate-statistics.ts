/**
 * Writes `docs/reference/statistics.md` from the statistics that `deskwatch report` prints. Run it as
 * `node scripts/generate-statistics.ts`; a test refuses a page that is out of date.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ReturnStatistic } from "../src/metrics/returns/statistic.ts";
import { returnStatistics } from "../src/metrics/returns/statistics.ts";
import { ROOT } from "./run.ts";

/** The page, below the root of the repository. */
export const STATISTICS_PAGE = "docs/reference/statistics.md";

const CHOICES = { riskFree: 0.02, target: 0.0002, benchmarks: [0.05] };

/** The whole page. */
export function statisticsText(): string {
  const statistics = returnStatistics(CHOICES);
  const rows = statistics.map(
    ({ name, title, unit, formula }) => `| \`${name}\` | ${cell(title)} | ${unit} | ${cell(formula)} |`,
  );
  const table = ["| name | is | unit | formula |", "|---|---|---|---|", ...rows].join("\n");
  const differing = statistics.filter(({ differs }) => differs !== undefined).map(differenceOf);
  return `${[HEAD, table, OTHER_LIBRARIES, differing.join("\n"), REST].join("\n\n")}\n`;
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

const differenceOf = ({ name, differs }: ReturnStatistic): string => `- \`${name}\`: ${differs}`;

const HEAD = `# Statistics of reports

<!-- Written by scripts/generate-statistics.ts from src/metrics/returns. Do not edit. -->

What [\`deskwatch report\`](command-line.md#deskwatch-report) prints, and how it is made. With \`--json\` each number stands
under its name in \`metrics\`, an interval in \`intervals\`, and why one is \`null\` in \`reasons\`; what is unbounded is
\`"Infinity"\`. Never 0 for what is not known. Losses, drawdowns and value at risk are below 0.

## Returns and equity

r is the simple return of a period, n how many there are, P how many a year has (\`--periods-per-year\`; days are 365, as
these markets never close). A row without a number is dropped and counted; a return that is infinite or below −1 is
refused. Fractions: 0.03 is 3 %. All returns count as equal when they differ by no more than a few roundings.`;

const OTHER_LIBRARIES = "### Where other libraries give another number";

const REST = `### Drawdowns, months, trend, rolling

- A drawdown lasts from the last moment at the old height to the first moment at it again; one that did not recover, to
  the last row. \`max_drawdown_abs\` is in money and may lie elsewhere than \`max_drawdown_pct\`. ffn counts from the first
  moment below the height, QuantStats counts days at both ends, jesse stops at the last moment below it.
- \`monthly\`: calendar months, UTC, compounded.
- \`trend\`: Mann–Kendall, two-sided, with ties, and the slope of Theil and Sen; it takes values for independent of one
  another. Of more than 1,000 returns the means of neighbours are tested, about 250 of them.
- \`rolling\` (with \`--rolling\`): each value is of the newest returns at a row, null until there are enough. A window's
  drawdown begins at its own height. Nothing is ever subtracted: a window without a loss has no downside, however long
  the series runs. empyrical shortens the window at the start instead.

### Intervals

95 %. Of returns and markouts: stationary bootstrap (Politis and Romano), blocks as long as Politis and White choose,
percentiles of type 7. Of trades: independent draws, bias-corrected and accelerated; the win rate has Wilson's interval, of
fewer trades where √n batches of them show that those that follow one another win and lose together.
2,000 resamples unless \`--resamples\` says otherwise; the same \`--seed\` gives the same interval. None with fewer than 30
values, nor where more than 5 % of the resamples have no value. For more returns than can be drawn in a second the
Sharpe ratio has the interval of its standard error, and the others have none.

## What a hub knows

Without a file \`deskwatch report\` asks a hub for the returns of whole UTC days, 365 a year; [analysis.md](analysis.md) says
how the hub makes them. Volatility, ratios, tails, shape and how sure they are need 20 days, and say how many there are; what
happened (total return, drawdowns, best and worst day) is told at once. Beside it stands what trading made in the span, for
each bot, mode and currency, what it came from (signal, execution, cost), and what seems wrong.

## Trades

One row, one closed trade; \`pnl_net\` is after fees, or \`pnl_gross\` less \`fee\`. A win is above 0, a loss below; what breaks
even counts among all trades and ends no streak. Days are UTC days by closing, days without one count as 0. Ratios of
days are of the equity at the start of each day, which needs \`--starting-capital\`. jesse, Hummingbot and QuantStats leave
trades that break even out of the win rate; nautilus leaves them out of the expectancy; freqtrade counts them as losses
in streaks, rounds holding times to minutes, and divides the mean of days by the deviation of trades for its Sharpe ratio.
Without a loss the profit factor is \`"Infinity"\`: others say 0, 1, 10, NaN or the largest decimal.

## Fills

Exact decimals, in the order of the file. \`_ac\` is by average cost, \`_fifo\` first in, first out; they differ in when a
profit is realised only. A fill beyond flat closes all and opens the rest at its price. Not realised needs \`--mark\`, unless
nothing is held. Fees above 0 are paid.

## Fills against quotes

The mid at a time is that of the last quote told by then; there is none before the first quote and after the last. All bps
are of the mid at the fill, so that a markout is spread capture plus drift exactly; QuestDB's cookbook divides by the price
of the fill, markoutlib and tcapy measure from mid to mid (drift), tcapy takes the next quote instead of the last, and
markoutlib gives nothing for a quote that is old. s is 1 for a buy and −1 for a sell, ours:

- spread capture: s · (mid − price); slippage is the same with the sign turned: above 0 it cost.
- markout after h: s · (mid h later − price); net: times the quantity, less the fee.
- drift after h: s · (mid h later − mid at the fill); below 0 it is adverse selection.
- means count each fill alike, or by quantity · mid; both are told, since they can differ in sign.

## Trials

\`dsr\` is the probability that the ratio of the chosen trial is more than the best of so many trials without skill would show
(Bailey and López de Prado 2014), with the sample variance of the trials' ratios; mlfinlab divides it by their number.
\`dsr_effective_trials\` counts trials that move together as fewer, never as more than there are. Every trial has to be in
the file, those given up too.`;

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(join(ROOT, STATISTICS_PAGE), statisticsText());
