import { finished } from "node:stream/promises";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Result } from "../../base/result.ts";
import type { Hub } from "../../hub/hub.ts";
import type { IngestFailure, IngestOptions, IngestReport, ItemOutcome, RawEvent } from "../../hub/ingest.ts";
import { type IngestAnswer, ingestAnswer } from "../../protocol/api.ts";
import { parseExactJson } from "../../protocol/exact-json.ts";
import { BatchOrder, type BatchPlace } from "../batch-order.ts";
import { ProblemError, sendProblem } from "../problem.ts";
import { jsonSchemaOf } from "../json-schema.ts";

const BATCH_EVENTS_MAX = 10_000;
export const BATCH_BYTES_MAX = 8 * 1024 * 1024;
/** Bytes of unfinished bodies that may have arrived at once; beyond that the hub says 429. */
const BODIES_BYTES_MAX = 256 * 1024 * 1024;

/**
 * A body that is too large, up to this, is read and thrown away: a client that still sends when the connection is closed
 * sees a broken pipe in place of the reason.
 */
const DRAINED_BYTES_MAX = 8 * BATCH_BYTES_MAX;
const ORDER = { waitMs: 2_000, waitingMax: 16 };
const BROKEN_STREAM = "A batch of this stream was not taken, or did not come: send what is left in a new one.";
const TOO_LARGE = `A request holds at most ${BATCH_BYTES_MAX} bytes: send several.`;

/** `POST /api/v1/events`: one event, an array, or NDJSON; answered after the sync. */
export function registerIngest(app: FastifyInstance, hub: Hub): void {
  const order = new BatchOrder(ORDER);
  app.register(async (scope) => {
    takeRawBodies(scope);
    limitWhatIsOnItsWay(scope, hub);
    scope.route({
      method: "POST",
      url: "/api/v1/events",
      config: { access: "ingest" },
      bodyLimit: BATCH_BYTES_MAX,
      schema: {
        summary: "Send events",
        description: "One event, an array, or NDJSON. One bad event never refuses the others.",
        headers: jsonSchemaOf(streamHeaders),
        response: { 200: jsonSchemaOf(ingestAnswer) },
      },
      handler: async (request, reply) => {
        const place = placeOf(request);
        const hand = () => submitted(hub, request);
        const done = place === undefined ? await hand() : await order.take(place, hand);
        if (done === undefined) return sendProblem(reply, "conflict", { detail: BROKEN_STREAM });
        return done.ok ? reply.send(answerOf(done.value)) : sendFailure(reply, done.error);
      },
    });
  });
}

const streamHeaders = z.object({
  "deskwatch-stream": z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/)
    .optional()
    .describe("names batches that are to be taken in the order of their numbers, in whichever order they arrive"),
  "deskwatch-batch": z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe("the number of this batch in its stream, from 1; after one that was not taken the others get a 409"),
});

function placeOf({ headers }: FastifyRequest): BatchPlace | undefined {
  if (headers["deskwatch-stream"] === undefined && headers["deskwatch-batch"] === undefined) return undefined;
  const { "deskwatch-stream": stream, "deskwatch-batch": batch } = streamHeaders.parse(headers);
  if (stream !== undefined && batch !== undefined) return { stream, batch };
  throw new ProblemError("invalid_request", { detail: "Deskwatch-Stream and Deskwatch-Batch go together." });
}

/** Hands a body over, and keeps nothing of what it was taken apart into: an `async` function would, up to its end. */
function submitted(hub: Hub, request: FastifyRequest): Promise<Result<IngestReport, IngestFailure>> {
  const raws = eventsOf(bodyOf(request), request.headers["content-type"]);
  if (raws.length > BATCH_EVENTS_MAX)
    throw new ProblemError("too_large", {
      detail: `A batch holds at most ${BATCH_EVENTS_MAX} events, found ${raws.length}: send several.`,
    });
  return hub.ingest.submit(raws, speakerOptions(request));
}

/** Bodies come as they are: the ingest reads lines itself, and `curl -d` sends any content type. */
export function takeRawBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
}

/**
 * Full is said before a body is read, so that a flood costs the hub nothing. What counts is what has arrived: whoever
 * announces much and dribbles holds up nobody else.
 */
export function limitWhatIsOnItsWay(scope: FastifyInstance, hub: Hub): void {
  let bytes = 0;
  scope.addHook("onRequest", async (request, reply) => {
    const announced = Number(request.headers["content-length"] ?? 0);
    if (announced > BATCH_BYTES_MAX && announced <= DRAINED_BYTES_MAX) {
      request.raw.resume();
      // Whoever goes away meanwhile does not wait for the answer.
      await finished(request.raw).catch(() => undefined);
      return sendProblem(reply, "too_large", { detail: TOO_LARGE });
    }
    if (hub.ingest.hasRoom() && bytes < BODIES_BYTES_MAX) return undefined;
    return sendProblem(reply, "overloaded", { detail: "The hub is full for the moment.", retryAfterS: 1 });
  });
  scope.addHook("preParsing", (request, _reply, payload, done) => {
    let arrived = 0;
    payload.on("data", (chunk: Buffer | string) => {
      arrived += chunk.length;
      bytes += chunk.length;
      // Bodies that began while there was room may together become too many: these are to be sent again.
      if (bytes > BODIES_BYTES_MAX) request.raw.destroy();
    });
    request.raw.once("close", () => {
      bytes -= arrived;
    });
    done(null, payload);
  });
}

/** Without the mark that some programs begin a text with, which is no part of it. */
function bodyOf({ body }: FastifyRequest): Buffer {
  if (!Buffer.isBuffer(body)) return NOTHING;
  return body.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
    ? body.subarray(BYTE_ORDER_MARK.length)
    : body;
}
const NOTHING = Buffer.alloc(0);
const BYTE_ORDER_MARK = Buffer.from("\ufeff");

export const textOf = (request: FastifyRequest): string => bodyOf(request).toString();

/** A key that is bound to a bot may speak for that bot alone. */
export function speakerOptions(request: FastifyRequest): IngestOptions {
  const { principal } = request;
  return principal.kind === "key" && principal.bot !== undefined ? { bot: principal.bot } : {};
}

/** What to answer when nothing of a batch was taken. */
const sendFailure = (reply: FastifyReply, failure: IngestFailure): FastifyReply =>
  sendProblem(reply, failure.code, { detail: failure.message, retryAfterS: 1 });

/** Hands one event to the hub and gives its outcome; a refusal is thrown as a problem. */
export async function submitOne(
  hub: Hub,
  event: unknown,
  options: IngestOptions,
): Promise<Exclude<ItemOutcome, { kind: "rejected" }>> {
  const done: Result<IngestReport, IngestFailure> = await hub.ingest.submit([{ value: event }], options);
  if (!done.ok) throw new ProblemError(done.error.code, { detail: done.error.message, retryAfterS: 1 });
  const [item] = done.value.items;
  if (item === undefined) throw new ProblemError("internal");
  if (item.kind !== "rejected") return item;
  const { code, path, message } = item.rejection;
  throw new ProblemError(code, { detail: path === "" ? message : `${path}: ${message}`, errors: [{ path, message }] });
}

/** The events of a body: a JSON value or array, or one JSON text a line. */
function eventsOf(bytes: Buffer, contentType: string | undefined): RawEvent[] {
  if (contentType !== undefined && /ndjson|jsonl|json-seq/i.test(contentType)) return linesOf(bytes);
  const body = bytes.toString();
  if (body.trimStart() === "") return [];
  try {
    const parsed = parseExactJson(body);
    return Array.isArray(parsed) ? parsed.map((value: unknown) => ({ value })) : [{ value: parsed }];
  } catch {
    // Not one JSON text: several, one a line, or each line is refused with its own reason.
    return linesOf(bytes);
  }
}

const PART_BYTES = 64 * 1024;

/** Text by text: V8 keeps one as long as a whole body apart, and forgets it late. */
function linesOf(body: Buffer): RawEvent[] {
  const lines: RawEvent[] = [];
  for (let from = 0; from < body.length; ) {
    const cut = body.indexOf(LINE_FEED, from + PART_BYTES);
    const to = cut < 0 ? body.length : cut;
    for (const line of body.toString("utf8", from, to).split("\n")) if (line.trim() !== "") lines.push({ line });
    from = to + 1;
  }
  return lines;
}
const LINE_FEED = 10;

/** What became of a batch, as it is answered. */
export function answerOf(report: IngestReport): IngestAnswer {
  const answer: IngestAnswer = {
    accepted: 0,
    sampled: 0,
    duplicates: 0,
    merged: 0,
    contradictions: 0,
    rejected: [],
    last_seq: report.lastSeq,
  };
  let index = 0;
  for (const item of report.items) count(answer, item, index++);
  return answer;
}

function count(answer: IngestAnswer, item: ItemOutcome, index: number): void {
  switch (item.kind) {
    case "accepted":
      answer.accepted++;
      return;
    case "sampled":
      answer.sampled++;
      return;
    case "duplicate":
      answer.duplicates++;
      return;
    case "merged":
      answer.merged++;
      return;
    case "contradiction":
      answer.contradictions++;
      return;
    case "rejected":
      answer.rejected.push({ index, ...item.rejection });
  }
}
