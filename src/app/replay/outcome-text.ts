import type { ImportReport } from "../../imports/import-report.ts";
import { printable } from "../../view/printable.ts";
import type { ModeExposure, ReplayOutcome } from "./replay-outcome.ts";

const POSITIONS_SHOWN = 20;

/** The outcome as people read it, with a line break at its end. */
export function outcomeText({ replay, counts, bots, positions, exposure, ...rest }: ReplayOutcome): string {
  const rate = rest.facts_per_s === null ? "" : ` (${rest.facts_per_s} a second)`;
  const hidden = positions.length - POSITIONS_SHOWN;
  return [
    ...importLines(rest.import),
    `${replay.state} at ${replay.at ?? "nothing"}, seq ${rest.at_seq} of ${replay.to_seq}`,
    `${replay.played} of ${replay.events} facts played in ${rest.took_s} s${rate}`,
    `${counts.bots} bots, ${counts.fills} fills, ${counts.positions} positions`,
    ...bots.map((bot) => {
      const { facts, fills, open_orders, status, mode } = bot;
      return `  ${bot.bot} (${mode}): ${status ?? "said no state"}, ${facts} facts, ${fills} fills, ${open_orders} open orders`;
    }),
    ...positions.slice(0, POSITIONS_SHOWN).map(({ bot, venue, symbol, size, entry_price }) => {
      return `  ${bot} holds ${size} ${printable(symbol)} at ${venue}${entry_price === null ? "" : ` from ${entry_price}`}`;
    }),
    ...(hidden > 0 ? [`  … and ${hidden} more positions`] : []),
    ...(exposure.length === 0 ? ["exposure: none"] : exposure.map(exposureLine)),
    `fingerprint ${rest.fingerprint}`,
    "",
  ].join("\n");
}

function exposureLine({ mode, total }: ModeExposure): string {
  const why = total.reason === undefined ? "" : ` (${printable(total.reason)})`;
  return `exposure, ${mode}: gross ${usd(total.gross_usd)}, net ${usd(total.net_usd)}${why}`;
}

const usd = (value: number | null): string => (value === null ? "unknown" : `${value} USD`);

function importLines(report: ImportReport | undefined): string[] {
  if (report === undefined) return [];
  const { accepted, sampled } = report.outcomes;
  const refused = report.refused.by_reason.map(({ reason, count }) => `  ${count} × ${printable(reason)}`);
  return [
    `${report.rows_read} rows read: ${accepted} facts, ${sampled} samples, ${report.refused.total} refused`,
    ...refused,
  ];
}
