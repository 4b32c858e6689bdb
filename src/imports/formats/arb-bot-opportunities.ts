import { type BotFile, botFileFormat, entryItems, listIn } from "../arb-bot.ts";
import { contentId } from "../content-id.ts";
import { TIME_NAMES } from "../file-time.ts";
import { type ImportItem, told, Unmappable } from "../format.ts";
import type { Fields } from "../json-fields.ts";
import { hasNames } from "../json-items.ts";

const LIST = ["opportunities", "recent_opportunities", "recent", "data"];
const ID = ["opportunity_id", "opp_id", "id"];
const EVENT = ["event_id", "event", "event_ticker", "market", "market_id", "pair_id", "pair"];
const TIME = ["detected_at", ...TIME_NAMES];
const DIRECTION = ["direction", "side", "best_side"];
const EDGE_BPS = ["edge_bps", "edge_bp", "net_edge_bps", "edge_size_bps"];
const EDGE_CENTS = ["edge_cents", "net_edge_cents"];
const EDGE = ["edge", "net_edge", "edge_size"];
const CONFIDENCE = ["confidence", "confidence_level"];
const ACTION = ["action", "action_taken", "decision", "status"];
const REASON = ["reason", "reject_reason", "rejection_reason", "rejected_reason"];

const ACTIONS = ["detected", "approved", "executed", "rejected"] as const;
const CONFIDENCES = new Set(["high", "medium", "low"]);
const REASON_CHARS_MAX = 128;
const DETAIL_CHARS_MAX = 1_024;
const BPS_PER_DOLLAR = 10_000;

/**
 * The opportunities that the bot saw last, and what it did about each. An entry stands in many versions of the file, with
 * an action that moves on: its id comes from what does not change, and each of its actions is a fact of its own.
 */
export const arbBotOpportunities = botFileFormat({
  name: "arb-bot-opportunities",
  about: "recent_opportunities.json of the arbitrage bot with four state files",
  fileNames: ["recent_opportunities.json"],
  detect: (head) => hasNames(head, [...EDGE_BPS, ...EDGE_CENTS, ...EDGE], CONFIDENCE, ACTION),
  map: opportunities,
});

function* opportunities(file: BotFile, rowRead: () => void): Generator<ImportItem, void> {
  const entries = listIn(file.document, LIST);
  if (entries === undefined) throw new Unmappable("no list of opportunities");
  yield* entryItems(entries, rowRead, (row) => opportunityItems(row, file));
}

function opportunityItems(row: Fields, { time, envelope }: BotFile): ImportItem[] {
  const action = actionOf(row);
  const at = row.iso(TIME);
  const id = idOf(row, at);
  const seen = {
    opportunity_id: id,
    event_id: row.text(EVENT),
    ...edgeOf(row),
    ...confidenceOf(row),
    direction: row.text(DIRECTION),
  };
  const tell = (name: string, extra: Readonly<Record<string, unknown>> = {}) =>
    told(row.line, {
      type: "opportunity",
      ...envelope,
      ts: at ?? time.ts,
      id: `opportunity:${contentId(id)}:${name}`,
      ...seen,
      action: name,
      ...extra,
    });
  return stepsTo(action).map((name) => (name === action ? tell(name, reasonOf(row)) : tell(name)));
}

/** Every entry was detected, and what was executed had been approved. */
function stepsTo(action: string): readonly string[] {
  if (action === "detected") return ["detected"];
  return action === "executed" ? ["detected", "approved", "executed"] : ["detected", action];
}

function actionOf(row: Fields): string {
  const said = row.text(ACTION)?.toLowerCase() ?? "detected";
  const action = ACTIONS.find((name) => name === said);
  if (action === undefined) throw new Unmappable(`the action is none of ${ACTIONS.join(", ")}`, said);
  return action;
}

/** The bot's own id; else one of the moment, the event and the direction; without a moment, of all but action and reason. */
function idOf(row: Fields, at: string | undefined): string {
  const own = row.text(ID);
  if (own !== undefined) return own;
  if (at !== undefined) return `opp_${contentId([at, row.text(EVENT) ?? "", row.text(DIRECTION) ?? ""].join("\t"))}`;
  const changing = new Set([...ACTION, ...REASON]);
  const lasting = Object.entries(row.value).filter(([name]) => !changing.has(name));
  return `opp_${contentId(JSON.stringify(lasting))}`;
}

/** A bare `edge` below 1 is dollars a contract (0.012 is 120 basis points), from 1 on it is basis points. */
function edgeOf(row: Fields) {
  const [bps, cents, edge] = [row.number(EDGE_BPS), row.number(EDGE_CENTS), row.number(EDGE)];
  if (bps !== undefined) return { edge_bps: bps };
  if (cents !== undefined) return { edge_cents: cents };
  if (edge === undefined) throw new Unmappable("no edge");
  return { edge_bps: Math.abs(edge) < 1 ? Math.round(edge * BPS_PER_DOLLAR * 1e6) / 1e6 : edge };
}

function confidenceOf(row: Fields) {
  const said = row.text(CONFIDENCE);
  if (said === undefined) return {};
  const word = said.toLowerCase();
  return CONFIDENCES.has(word) ? { confidence: word } : { confidence_reported: said };
}

/** A short reason is a code; a sentence is a detail. */
function reasonOf(row: Fields) {
  const reason = row.text(REASON)?.replace(/\s+/g, " ");
  if (reason === undefined) return {};
  return reason.length <= REASON_CHARS_MAX ? { reason } : { detail: reason.slice(0, DETAIL_CHARS_MAX) };
}
