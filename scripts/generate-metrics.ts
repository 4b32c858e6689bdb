import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CATALOGUE } from "../src/metrics/catalogue.ts";
import type { MetricDefinition } from "../src/metrics/definition.ts";
import { ROOT } from "./run.ts";

/** The page, below the root of the repository. */
export const METRICS_PAGE = "docs/reference/metrics.md";

/** The whole page. */
export function metricsText(): string {
  const rows = CATALOGUE.map(
    ({ name, title, unit, windows }) => `| [\`${name}\`](#${name}) | ${title} | ${unit} | ${windows.join(", ")} |`,
  );
  const table = ["| metric | is | unit | windows |", "|---|---|---|---|", ...rows].join("\n");
  return `${[INTRODUCTION, table, PROMETHEUS, ...CATALOGUE.map(sectionOf)].join("\n\n")}\n`;
}

const SCOPES = {
  desk: "the desk",
  bot: "a bot",
  venue: "what of it was traded at a `venue`",
  asset: "or of an `asset`",
} as const;

function sectionOf(metric: MetricDefinition): string {
  const { name, help, unit, sign, kind, windows, scopes, minSample, formula, source, prometheus } = metric;
  const facts: readonly (readonly [string, string])[] = [
    ["unit", `${unit}; ${sign}`],
    ["formula", formula],
    ["windows", `${windows.join(", ")} (the first when none is asked for)`],
    ["of", scopes.map((scope) => SCOPES[scope]).join(", ")],
    ["samples needed", String(minSample)],
    ["source", source],
    ["Prometheus", prometheus.length === 0 ? NOT_EXPOSED : `${kind}: ${prometheus.map(exposedText).join(", ")}`],
  ];
  return [`## ${name}`, `${help}.`, facts.map(([what, text]) => `- ${what}: ${text}`).join("\n")].join("\n\n");
}

const NOT_EXPOSED = "no; made from the stored facts of the bot when it is asked for";
const exposedText = ({ name, window }: MetricDefinition["prometheus"][number]): string => `\`${name}\` (${window})`;

const INTRODUCTION = `# Metrics

<!-- Written by scripts/generate-metrics.ts from src/metrics/catalogue.ts. Do not edit. -->

Each metric is defined once, in the catalogue; every screen, sink and rule reads it there, so at equal \`as_of_seq\` the
number is the same everywhere. \`GET /api/v1/metrics\` is this list, \`GET /api/v1/metrics/{name}?bot=…&mode=…&window=…\` a
value: a number, \`unbounded\` (a profit factor without losses), or null with the reason. Never 0 for what is not known.
\`source\` in an answer says whether the bot \`reported\` the number or the hub \`computed\` it; where both could be, what the
bot reports is shown.

Units: \`money\` is in USD where every currency has a recorded rate, else in the one currency there is, which the answer
names; \`quote\` is the bot's quote currency; \`ratio\` 0.03 is 3 %; \`percent\` is 0–100; \`flag\` is 1 or 0. Windows of days
are UTC days, today's included; a session begins with the bot's last \`bot.started\`. Live and paper are never added. Trades
are counted after fees; funding is not allotted to trades. Metrics that are made from stored fills read those of the bot
one after the other, a million at most, so the first takes seconds where there are very many; what was read is kept for a
while, and goes on with the fills that are told later.

Parts: with \`venue\`, \`asset\` or both a metric that has them is of what was traded there, or of it, alone; an asset is the
base of instruments, and without an instrument event a symbol is its own. Income rows and pair trades name no instrument:
they are in no part, and where fees or funding are told by such rows they have no value there. \`GET /api/v1/performance\`
takes the same two. Slippage by venue or asset is made from rollups and is not on the page for Prometheus.

Over time: with \`from\` a series comes, of steps (\`step\`) or of everything since (\`since=from\`). Drawdown and daily loss of
the whole desk are folded once more from what its bots reported, 300,000 reports at most; time in market is kept by UTC
day, so its steps are whole days. \`GET /api/v1/marks\` tells what happened meanwhile: notes, starts and versions, commands,
alerts, closed days and corrected ledgers, the newest 300 of each and 500 together.`;

const PROMETHEUS = `## On the page for Prometheus

\`GET /metrics\`, and the root of \`--metrics-port\` on loopback. All names of the list have the labels \`bot\` and \`mode\`, also
those that their source document shows without labels. A series without a value is absent, and
\`deskwatch_metric_absent{name,reason}\` counts the bots for which it is; what is unbounded is \`+Inf\`. Counters come from the
log and go on after a restart; money can fall, so it is a gauge, whatever its name ends in. Besides:

- \`hbot_bot_risk_reasons_info{bot,mode,reason}\`: 1 for each risk flag that is active.
- \`deskwatch_money_currency_info{bot,mode,currency}\`: 1; what money of the bot is in.
- \`deskwatch_venue_exposure_gross_usd{mode,venue}\` and \`…_net_usd\`, \`deskwatch_asset_exposure_gross_usd{mode,asset}\` and
  \`…_net_usd\`: exposure of the desk; beyond the 50 largest as \`other\`.
- \`deskwatch_bot_metric{bot,name}\`: gauges that bots send as \`metric\`, 500 at most; labels of their own stand in the name.
- \`deskwatch_metric_overflow_total{what}\`: bots beyond 200 (those with the fewest facts) and own metrics beyond 500, left
  out of a scrape.
- \`deskwatch_*\` without \`bot\`, \`process_*\` and \`nodejs_*\`: the health of the hub itself.`;

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(join(ROOT, METRICS_PAGE), metricsText());
