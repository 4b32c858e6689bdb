import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import type { AsOf } from "../hub/query.ts";
import type { RouteAccess } from "./access/principal.ts";
import type { CsvTable } from "./csv.ts";
import { type Defined, definedOf } from "./defined.ts";
import { addRead, cursorParam, type ReadTag } from "./read-route.ts";
import { acceptedFormat, CONTENT_TYPES, formatParam, type RowFormat, rowsAnswer } from "./row-formats.ts";

/** One page of a read of rows. */
export interface RowPage {
  /** The rows as JSON texts. */
  readonly events: readonly string[];
  /** Where the next page goes on; undefined after the last one. */
  readonly next: string | undefined;
}

/** What a read of rows found, page by page as of one moment, and what its JSON body says besides them. */
export interface Rows {
  /** Undefined for what is beside the log. */
  readonly asOf: AsOf | undefined;
  /** The rows after a cursor (`next` of the page before), from the beginning without one. */
  readonly page: (limit: number, cursor?: string) => Promise<RowPage>;
  readonly extra?: object;
}

/** One read of rows: what may be asked of it, and how it is answered. */
export interface RowsRoute<Q extends z.ZodObject> {
  readonly url: string;
  readonly summary: string;
  readonly description?: string;
  /** Of the rows in the JSON body, and of the file that a browser saves. */
  readonly name: string;
  /** What may be asked besides `limit`, `cursor` and `format`; anything else is refused. */
  readonly filters: Q;
  /** What a cursor looks like; a `seq` when absent. What does not is refused. */
  readonly cursor?: z.ZodType<string | undefined>;
  /** Where the document has it; among the reads when absent. */
  readonly tag?: ReadTag;
  /** Who may; `read` when absent. */
  readonly access?: RouteAccess;
  /** Rows of a JSON page when `limit` is absent. */
  readonly limitUsual: number;
  readonly answer: z.ZodType;
  readonly csv: CsvTable;
  readonly rows: (filters: Defined<z.output<Q>>) => Rows | Promise<Rows>;
}

const LIMIT_MAX = 1_000;
/** Rows of one piece of a long answer: made in about 2 ms, so that nobody waits behind it. CSV has to read each row. */
const PIECE_ROWS = { ndjson: 500, csv: 200 } as const;

const EVERYTHING =
  "JSON in pages. NDJSON and CSV give everything that matches, or one page when `limit` is given; `X-As-Of`, " +
  "`X-As-Of-Seq` and `X-Next-Cursor` carry there what the JSON body says.";

/** Adds a read of rows to `app`: JSON in pages, or all that matches as NDJSON or CSV, in constant memory. */
export function addRows<Q extends z.ZodObject>(app: FastifyInstance, route: RowsRoute<Q>): void {
  const { filters, limitUsual, description } = route;
  const paging = z.object({
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(LIMIT_MAX)
      .optional()
      .describe(`how many at most; when absent ${limitUsual} in JSON, and all of them in NDJSON and CSV`),
    cursor: route.cursor ?? cursorParam,
    format: formatParam,
  });
  addRead(app, {
    url: route.url,
    summary: route.summary,
    description: description === undefined ? EVERYTHING : `${description} ${EVERYTHING}`,
    tag: route.tag ?? "reads",
    access: route.access ?? "read",
    query: z.strictObject({ ...filters.shape, ...paging.shape }),
    answer: rowsAnswer(route.answer),
    head: false,
    handler: async (_, request, reply) => {
      const { format = acceptedFormat(request.headers.accept), limit, cursor } = paging.parse(request.query);
      const rows = await route.rows(definedOf(filters.parse(request.query)));
      if (format !== "json") return exported(reply, rows, { route, format, limit, cursor });
      return jsonBody(route.name, await rows.page(limit ?? limitUsual, cursor), rows);
    },
  });
}

/** The body of a page, put together from the JSON texts of its rows without reading them. */
export function jsonBody(name: string, page: RowPage, { asOf, extra = {} }: Omit<Rows, "page">): string {
  const next = page.next === undefined ? {} : { next_cursor: page.next };
  const rest = JSON.stringify({ ...extra, ...next, ...asOf });
  return `{"${name}":[${page.events.join(",")}]${rest === "{}" ? "" : ","}${rest.slice(1)}`;
}

interface Export {
  readonly route: { readonly name: string; readonly csv: CsvTable };
  readonly format: Exclude<RowFormat, "json">;
  readonly limit: number | undefined;
  readonly cursor: string | undefined;
}

async function exported(reply: FastifyReply, rows: Rows, { route, format, limit, cursor }: Export): Promise<Readable> {
  const first = await rows.page(limit ?? PIECE_ROWS[format], cursor);
  reply.type(CONTENT_TYPES[format]);
  if (rows.asOf !== undefined)
    reply.headers({ "x-as-of": rows.asOf.as_of, "x-as-of-seq": String(rows.asOf.as_of_seq) });
  if (limit !== undefined && first.next !== undefined) reply.header("x-next-cursor", first.next);
  if (format === "csv") reply.header("content-disposition", `attachment; filename="${route.name}.csv"`);
  const pages = limit === undefined ? everyPage(rows, first, PIECE_ROWS[format]) : [first];
  return Readable.from(format === "csv" ? csvOf(route.csv, pages) : linesOf(pages), { highWaterMark: 1 });
}

/** The page, and those after it: each is read when the one before was taken. */
async function* everyPage(rows: Rows, first: RowPage, limit: number): AsyncGenerator<RowPage> {
  let page = first;
  yield page;
  while (page.next !== undefined) {
    page = await rows.page(limit, page.next);
    yield page;
  }
}

type Pages = AsyncIterable<RowPage> | Iterable<RowPage>;

async function* linesOf(pages: Pages): AsyncGenerator<string> {
  for await (const { events } of pages) if (events.length > 0) yield `${events.join("\n")}\n`;
}

async function* csvOf(table: CsvTable, pages: Pages): AsyncGenerator<string> {
  yield table.header;
  for await (const { events } of pages) if (events.length > 0) yield events.map(table.line).join("");
}
