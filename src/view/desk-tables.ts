import type { BotView, EdgeView, FillView, VenueHealth } from "../protocol/api.ts";
import type { OpportunityView, OrderView, PositionView } from "../protocol/api-trading.ts";
import { botCondition } from "./bot-condition.ts";
import { edgeRow } from "./edge-row.ts";
import { fillRow } from "./fill-row.ts";
import { type StateMark, venueMark } from "./health-lines.ts";
import { count, milliseconds, percent } from "./number-format.ts";
import { opportunityRow } from "./opportunity-row.ts";
import { orderRow } from "./order-row.ts";
import { positionRow } from "./position-rows.ts";
import { plain, type Shown, unknownValue } from "./shown.ts";
import type { TextColumn } from "./text-table.ts";
import { age, moment } from "./time-format.ts";
import { modeBadge } from "./trading-mode.ts";

/** The columns of the desk's lists in plain text. `nowMs` is the moment that the answer speaks of. */

const aged = (seconds: number | null, reason: string): Shown =>
  seconds === null ? unknownValue(reason) : plain(age(seconds));

const marked = ({ sign, word, tone }: StateMark): Shown => ({ text: `${sign} ${word}`, tone });

/** A column of modes when any row is of another than live: that must not be mistaken. */
function modeColumns<Row extends Pick<BotView, "mode">>(rows: readonly Row[]): TextColumn<Row>[] {
  if (rows.every(({ mode }) => mode === "live")) return [];
  const badge = (row: Row): Shown => {
    const { label, tone } = modeBadge(row.mode);
    return { text: label, tone };
  };
  return [{ title: "MODE", cell: badge }];
}

/** Venues with what document 2 shows of them. */
export const venueColumns = (): readonly TextColumn<VenueHealth>[] => [
  { title: "VENUE", cell: ({ venue }) => plain(venue), min: 10 },
  { title: "STATUS", cell: (venue) => marked(venueMark(venue)) },
  { title: "p50 ms", right: true, cell: (venue) => milliseconds(venue.latency_p50_ms, "no latency was reported") },
  { title: "p95 ms", right: true, cell: (venue) => milliseconds(venue.latency_p95_ms, "no latency was reported") },
  {
    title: "ERRORS %",
    right: true,
    cell: (venue) => percent(venue.error_rate, "no requests or messages in 5 minutes"),
  },
  { title: "HEARD", right: true, cell: (venue) => aged(venue.last_message_age_s, "no message came yet") },
  { title: "WHAT", cell: ({ detail }) => plain(detail ?? ""), min: 8, spare: 1 },
];

/** Bots with their state; the caller puts the worst first. */
export const botColumns = (bots: readonly BotView[]): readonly TextColumn<BotView>[] => [
  { title: "BOT", cell: ({ bot }) => plain(bot), min: 10 },
  ...modeColumns(bots),
  { title: "STATE", cell: (bot) => marked(botCondition(bot)) },
  { title: "SEEN", right: true, cell: (bot) => plain(age(bot.last_seen_age_s)) },
  { title: "FILLS", right: true, cell: (bot) => count(bot.fills) },
  { title: "ORDERS", right: true, cell: (bot) => count(bot.open_orders) },
  { title: "REFUSED", right: true, cell: (bot) => count(bot.rejected), spare: 1 },
  { title: "WHAT", cell: (bot) => plain(botCondition(bot).detail), min: 12, spare: 2 },
];

/** Live edges: what document 2 shows of them, net edge and slippage in cents. */
export const edgeColumns = (edges: readonly EdgeView[]): readonly TextColumn<EdgeView>[] => [
  { title: "MARKETS", cell: (edge) => plain(edgeRow(edge).market), min: 16 },
  ...modeColumns(edges),
  { title: "EDGE ¢", right: true, cell: (edge) => edgeRow(edge).net },
  { title: "SLIP ¢", right: true, cell: (edge) => edgeRow(edge).slippage },
  { title: "LEADER", cell: (edge) => edgeRow(edge).leader, min: 6 },
  { title: "CONF", right: true, cell: (edge) => edgeRow(edge).confidence, spare: 1 },
  { title: "BOT", cell: ({ bot }) => plain(bot), min: 8, spare: 2 },
  { title: "AGE", right: true, cell: (edge) => plain(age(edge.age_s)) },
];

/** Fills, with the edge on entry and the one realised. */
export const fillColumns = (fills: readonly FillView[], nowMs: number): readonly TextColumn<FillView>[] => [
  { title: "UTC", cell: (fill) => moment(fill.timestamp, nowMs) },
  { title: "BOT", cell: ({ bot }) => plain(bot), min: 8, spare: 2 },
  ...modeColumns(fills),
  { title: "MARKET", cell: (fill) => fillRow(fill).market, min: 12 },
  { title: "SIDE", cell: (fill) => fillRow(fill).side },
  { title: "PRICE", right: true, cell: (fill) => fillRow(fill).price },
  { title: "SIZE", right: true, cell: (fill) => fillRow(fill).size },
  ...(fills.some(hasEdge) ? [{ title: "EDGE ¢", right: true, cell: (fill: FillView) => fillRow(fill).edge }] : []),
  { title: "FEE", right: true, cell: (fill) => fillRow(fill).fee, spare: 3 },
  ...(fills.some(({ pnl_cents: pnl }) => pnl !== undefined)
    ? [{ title: "PnL USD", right: true, cell: (fill: FillView) => fillRow(fill).pnl }]
    : []),
  ...(fills.some((fill) => fillRow(fill).flags.length > 0)
    ? [{ title: "NOTE", cell: (fill: FillView): Shown => ({ text: notesOf(fill), tone: "stale" }) }]
    : []),
];

/** What was corrected says why: in a terminal there is nothing to point at. */
const notesOf = (fill: FillView): string =>
  fillRow(fill)
    .flags.map(({ name, meaning }) => (name === "corrected" ? `corrected: ${meaning}` : name))
    .join(", ");

const hasEdge = ({ entry_edge_cents: entry, realized_edge_cents: realised }: FillView): boolean =>
  entry !== undefined || realised !== undefined;

/** Positions with their mark and what they would gain or lose at it. */
export const positionColumns = (positions: readonly PositionView[]): readonly TextColumn<PositionView>[] => [
  { title: "BOT", cell: ({ bot }) => plain(bot), min: 8, spare: 2 },
  ...modeColumns(positions),
  { title: "VENUE", cell: ({ venue }) => plain(venue), min: 8, spare: 3 },
  { title: "MARKET", cell: (position) => positionRow(position).market, min: 12 },
  { title: "SIZE", right: true, cell: (position) => positionRow(position).size },
  { title: "ENTRY", right: true, cell: (position) => positionRow(position).entry },
  { title: "MARK", right: true, cell: (position) => positionRow(position).mark },
  {
    title: "AGE",
    right: true,
    cell: ({ mark_age_s: seconds }) => aged(seconds, "no mark price came for it"),
    spare: 1,
  },
  { title: "UNREAL.", right: true, cell: (position) => positionRow(position).unrealised },
  { title: "IN", cell: (position) => positionRow(position).currency, min: 4 },
];

/** Orders, with how far they are filled and how they stand. */
export const orderColumns = (orders: readonly OrderView[], nowMs: number): readonly TextColumn<OrderView>[] => [
  { title: "UTC", cell: (order) => moment(order.placed_at, nowMs) },
  { title: "BOT", cell: ({ bot }) => plain(bot), min: 8, spare: 2 },
  ...modeColumns(orders),
  { title: "MARKET", cell: (order) => orderRow(order).market, min: 12 },
  { title: "SIDE", cell: (order) => orderRow(order).side },
  { title: "PRICE", right: true, cell: (order) => orderRow(order).price },
  { title: "SIZE", right: true, cell: (order) => orderRow(order).size },
  { title: "FILLED", right: true, cell: (order) => orderRow(order).filled },
  { title: "STATUS", cell: (order) => marked(orderRow(order).status) },
  { title: "WHY", cell: (order) => plain(orderRow(order).detail), min: 8, spare: 3 },
];

/** Opportunities, with what became of them and why. */
export const opportunityColumns = (
  opportunities: readonly OpportunityView[],
  nowMs: number,
): readonly TextColumn<OpportunityView>[] => [
  { title: "UTC", cell: ({ timestamp }) => moment(timestamp, nowMs) },
  { title: "BOT", cell: ({ bot }) => plain(bot), min: 8, spare: 2 },
  ...modeColumns(opportunities),
  { title: "MARKET", cell: (each) => opportunityRow(each).market, min: 12 },
  { title: "EDGE", right: true, cell: (each) => opportunityRow(each).edge },
  { title: "CONFIDENCE", cell: (each) => opportunityRow(each).confidence, spare: 3 },
  { title: "ACTION", cell: (each) => marked(opportunityRow(each).action) },
  { title: "REASON", cell: (each) => opportunityRow(each).reason, min: 12, spare: 1 },
];
