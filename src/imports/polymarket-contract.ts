import type { ImportMode, ImportOptions } from "./format.ts";
import type { Fields } from "./json-fields.ts";

export const POLYMARKET = "polymarket";
const SYMBOL_CHARS_MAX = 256;

/** One outcome of a Polymarket market. `token` is the id of its contract, `condition` that of the market. */
export interface Contract {
  readonly symbol: string;
  readonly token: string;
  readonly condition: string;
  readonly outcome: string | undefined;
}

/** Which outcome a row of activity speaks of. Named `<slug>-<OUTCOME>`, by its token where the row has no words for it. */
export function contractOf(row: Fields): Contract {
  const token = row.needText("asset");
  const [slug, outcome] = [row.text("slug"), row.text("outcome")];
  const named = slug === undefined || outcome === undefined ? "" : `${slug}-${upper(outcome)}`;
  const symbol = named === "" || named.length > SYMBOL_CHARS_MAX ? token : named;
  return { symbol, token, condition: row.needText("conditionId"), outcome };
}

const upper = (outcome: string): string => outcome.toUpperCase().replace(/[^\p{L}\p{N}.]+/gu, "_");

/** What every event of a row carries. */
export const activityEnvelope = (
  row: Fields,
  { bot, mode }: ImportOptions,
): { bot: string; mode: ImportMode; ts: string; account: string | undefined } => ({
  bot: bot ?? "polymarket-wallet",
  mode: mode ?? "live",
  ts: row.needIso("timestamp"),
  account: row.text("proxyWallet"),
});
