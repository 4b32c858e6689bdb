import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import type { EventFilter, EventPage } from "../../hub/ports.ts";
import type { AsOf, Query } from "../../hub/query.ts";
import { eventsAnswer } from "../../protocol/api.ts";
import { eventTypes } from "../../protocol/event-types.ts";
import { botName, symbol, venue } from "../../protocol/fields.ts";
import { CSV_HEADER, csvLine } from "../csv.ts";
import { jsonSchemaOf } from "../json-schema.ts";
import { addRead, cursorParam, modeParam, timeParam } from "../read-route.ts";
import { definedOf, nextCursor, pageBody, pageUpTo } from "./page-body.ts";

const LIMIT_MAX = 1_000;
const JSON_LIMIT = 100;
/** Events of one piece of a long answer: made in about 2 ms, so that nobody waits behind it. CSV has to read each event. */
const PIECE_EVENTS = { ndjson: 500, csv: 200 } as const;

const eventsQuery = z.strictObject({
  bot: botName.optional(),
  type: z.enum(Object.keys(eventTypes)).optional(),
  symbol: symbol.optional(),
  venue: venue.optional(),
  mode: modeParam,
  from: timeParam("the bot's time, from here on"),
  to: timeParam("the bot's time, before this"),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(LIMIT_MAX)
    .optional()
    .describe(`how many at most; when absent ${JSON_LIMIT} in JSON, and all of them in NDJSON and CSV`),
  cursor: cursorParam,
  format: z.enum(["json", "ndjson", "csv"]).optional().describe("instead of the `Accept` header"),
});

type Format = "json" | "ndjson" | "csv";

/** `GET /api/v1/events`: the log, oldest first, as JSON pages, or whole as NDJSON or CSV in constant memory. */
export function registerEventReads(app: FastifyInstance, query: Query): void {
  addRead(app, {
    url: "/api/v1/events",
    summary: "The event log, oldest first",
    description:
      "JSON in pages. NDJSON and CSV give everything that matches, or one page when `limit` is given; `X-As-Of`, " +
      "`X-As-Of-Seq` and `X-Next-Cursor` carry there what the JSON body says.",
    tag: "reads",
    access: "read",
    query: eventsQuery,
    answer: {
      description: "The events",
      content: {
        "application/json": { schema: jsonSchemaOf(eventsAnswer) },
        "application/x-ndjson": { schema: { type: "string", description: "one event a line" } },
        "text/csv": { schema: { type: "string", description: "a header, then one event a line" } },
      },
    },
    head: false,
    handler: async ({ format, cursor, limit, ...rest }, request, reply) => {
      const wanted = format ?? acceptedFormat(request.headers.accept);
      const filter = definedOf({ ...rest, afterSeq: cursor, order: "oldest" as const });
      if (wanted === "json") {
        const { page, asOf } = await pageUpTo(query, query.events, { ...filter, limit: limit ?? JSON_LIMIT });
        return pageBody("events", page, asOf);
      }
      return exported(reply, query, { format: wanted, filter, limit });
    },
  });
}

/** The first format of an `Accept` header that this route has; JSON when there is none. */
function acceptedFormat(accept: string | undefined): Format {
  for (const part of (accept ?? "").split(",")) {
    const type = part.split(";")[0]?.trim().toLowerCase();
    if (type === "application/json") return "json";
    if (type === "application/x-ndjson" || type === "application/jsonl") return "ndjson";
    if (type === "text/csv") return "csv";
  }
  return "json";
}

interface Export {
  readonly format: "ndjson" | "csv";
  readonly filter: Omit<EventFilter, "limit">;
  readonly limit: number | undefined;
}

async function exported(reply: FastifyReply, query: Query, { format, filter, limit }: Export): Promise<Readable> {
  const { page, asOf } = await pageUpTo(query, query.events, { ...filter, limit: limit ?? PIECE_EVENTS[format] });
  const cursor = limit === undefined ? undefined : nextCursor(page);
  reply
    .type(format === "csv" ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson; charset=utf-8")
    .headers({ "x-as-of": asOf.as_of, "x-as-of-seq": String(asOf.as_of_seq) });
  if (cursor !== undefined) reply.header("x-next-cursor", cursor);
  if (format === "csv") reply.header("content-disposition", 'attachment; filename="events.csv"');
  const pages =
    limit === undefined ? everyPage(query, { ...filter, limit: PIECE_EVENTS[format] }, { page, asOf }) : [page];
  return Readable.from(linesOf(format, pages), { highWaterMark: 1 });
}

/** The page, and those after it up to the moment of the first: read when the one before was taken. */
async function* everyPage(
  query: Query,
  filter: EventFilter,
  first: { readonly page: EventPage; readonly asOf: AsOf },
): AsyncGenerator<EventPage> {
  const beforeSeq = first.asOf.as_of_seq + 1;
  let { page } = first;
  yield page;
  while (!page.complete && page.lastSeq !== undefined) {
    page = await query.events({ ...filter, afterSeq: page.lastSeq, beforeSeq });
    yield page;
  }
}

async function* linesOf(
  format: "ndjson" | "csv",
  pages: AsyncIterable<EventPage> | Iterable<EventPage>,
): AsyncGenerator<string> {
  if (format === "csv") yield CSV_HEADER;
  for await (const { events } of pages) {
    if (events.length === 0) continue;
    yield format === "csv" ? events.map(csvLine).join("") : `${events.join("\n")}\n`;
  }
}
