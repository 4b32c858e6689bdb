import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Clock, Micros } from "../../base/time.ts";
import { edgeView as viewOfEdge } from "../../engine/read-edges.ts";
import type { Hub } from "../../hub/hub.ts";
import type { ItemOutcome } from "../../hub/ingest.ts";
import { edgeView, fillView as fillViewSchema } from "../../protocol/api.ts";
import { tradeView } from "../../protocol/api-trading.ts";
import {
  type DocumentReader,
  readDocument2Edge,
  readDocument2Fill,
  readTradeEvent,
  withBot,
} from "../../protocol/documents.ts";
import { parseExactJson } from "../../protocol/exact-json.ts";
import type { EventOf } from "../../protocol/event-types.ts";
import type { Recorded } from "../../protocol/recorded.ts";
import type { KnownFact } from "../../hub/known-fact.ts";
import { type FillEvent, fillView, isFillEvent } from "../../view/fill-view.ts";
import { jsonSchemaOf } from "../json-schema.ts";
import { ProblemError } from "../problem.ts";
import { BATCH_BYTES_MAX, limitWhatIsOnItsWay, speakerOptions, submitOne, takeRawBodies, textOf } from "./ingest.ts";

type Accepted = Exclude<ItemOutcome, { kind: "rejected" }>;

interface DocumentRoute {
  readonly url: string;
  readonly summary: string;
  readonly read: DocumentReader;
  readonly view: (outcome: Accepted, now: Micros) => unknown;
  readonly schema: object;
}

/** The bodies that the source documents' bots send: document 2's edges and fills, document 5's trades. */
export function registerDocuments(app: FastifyInstance, hub: Hub, clock: Clock): void {
  app.register(async (scope) => {
    takeRawBodies(scope);
    limitWhatIsOnItsWay(scope, hub);
    for (const route of routes) addRoute(scope, hub, clock, route);
  });
}

const routes: readonly DocumentRoute[] = [
  {
    url: "/api/edges",
    summary: "Send an edge, as document 2 does",
    read: readDocument2Edge,
    view: showEdge,
    schema: jsonSchemaOf(edgeView),
  },
  {
    url: "/api/fills",
    summary: "Send a fill, as document 2 does",
    read: readDocument2Fill,
    view: showFill,
    schema: jsonSchemaOf(fillViewSchema),
  },
  {
    url: "/api/v1/trades",
    summary: "Send a TradeEvent, as document 5 does",
    read: readTradeEvent,
    view: showTrade,
    schema: jsonSchemaOf(tradeView),
  },
];

function addRoute(scope: FastifyInstance, hub: Hub, clock: Clock, route: DocumentRoute): void {
  scope.route({
    method: "POST",
    url: route.url,
    config: { access: "ingest" },
    bodyLimit: BATCH_BYTES_MAX,
    schema: { summary: route.summary, response: { 200: route.schema, 201: route.schema } },
    handler: async (request, reply) => {
      const now = clock.now();
      const speaker = speakerOptions(request);
      const outcome = await submitOne(hub, withBot(jsonOf(request), speaker.bot), {
        ...speaker,
        read: (body) => route.read(body, now),
        asFact: true,
        recorded: true,
      });
      return reply.code(outcome.kind === "accepted" ? 201 : 200).send(route.view(outcome, now));
    },
  });
}

function jsonOf(request: FastifyRequest): unknown {
  try {
    return parseExactJson(textOf(request));
  } catch {
    throw new ProblemError("invalid_event", { detail: "The body is not valid JSON." });
  }
}

function showEdge(outcome: Accepted, now: Micros): unknown {
  const { event, seq, receivedAt, contradicted } = recordedOf(outcome);
  if (event.type !== "edge") throw ofAnotherType(recordedOf(outcome));
  // What was told once more lives anew.
  const heardAt = outcome.kind === "accepted" ? receivedAt : now;
  return { ...viewOfEdge(event, `h-${seq}`, heardAt, now), ...(contradicted ? { contradicted } : {}) };
}

function showFill(outcome: Accepted): unknown {
  return fillView(fillOf(outcome), recordedOf(outcome));
}

/** With what only a trade is answered with: the projection of fills has no columns for all of it. */
function showTrade(outcome: Accepted): unknown {
  const fill = fillOf(outcome);
  const { reference_price, position_before, position_after } = fill.event as Partial<EventOf<"fill">>;
  return { ...fillView(fill, recordedOf(outcome)), reference_price, position_before, position_after };
}

function fillOf(outcome: Accepted): Recorded<FillEvent> {
  const recorded = recordedOf(outcome);
  const { event } = recorded;
  if (!isFillEvent(event)) throw ofAnotherType(recorded);
  return { ...recorded, event };
}

/** What is posted may bear the id of something else that its bot said. */
const ofAnotherType = ({ event }: KnownFact): ProblemError =>
  new ProblemError("conflict", { detail: `An event of the type ${event.type} has this id: ${event.id}.` });

function recordedOf(outcome: Accepted): KnownFact {
  if (outcome.kind === "sampled" || outcome.recorded === undefined) throw new ProblemError("internal");
  return outcome.recorded;
}
