import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Query } from "../../hub/query.ts";
import { eventsAnswer } from "../../protocol/api.ts";
import { eventTypes } from "../../protocol/event-types.ts";
import { botName, symbol, text, venue } from "../../protocol/fields.ts";
import { csvTable } from "../csv.ts";
import { definedOf } from "../defined.ts";
import { modeParam, timeParam } from "../read-route.ts";
import { eventsListing } from "../row-listings.ts";
import { addRows } from "../rows-route.ts";

/**
 * The columns are the same for every type, so that the header of a stream is known before its rows: what most events have
 * in common, and the whole event as JSON in `body`.
 */
const COLUMNS = [
  "seq",
  "type",
  "bot",
  "id",
  "ts",
  "received_at",
  "effective_ts",
  "mode",
  "strategy",
  "account",
  "venue",
  "symbol",
  "side",
  "price",
  "size",
  "fee",
  "fee_currency",
  "order_id",
  "fill_id",
  "body",
];

/** `GET /api/v1/events`: the log, oldest first. */
export function registerEventReads(app: FastifyInstance, query: Query): void {
  addRows(app, {
    url: "/api/v1/events",
    summary: "The event log, oldest first",
    name: "events",
    filters: z.object({
      bot: botName.optional(),
      type: z.enum(Object.keys(eventTypes)).optional(),
      symbol: symbol.optional(),
      venue: venue.optional(),
      command_id: text(128).optional().describe("what tells of this command: `command.issued` and what became of it"),
      mode: modeParam,
      from: timeParam("the bot's time, from here on"),
      to: timeParam("the bot's time, before this"),
    }),
    limitUsual: 100,
    answer: eventsAnswer,
    csv: csvTable(COLUMNS, "body"),
    rows: ({ command_id: commandId, ...filter }) => eventsListing(query, { ...filter, ...definedOf({ commandId }) }),
  });
}
