import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Clock, Micros } from "../../base/time.ts";
import { edgeView as viewOfEdge } from "../../engine/read-edges.ts";
import type { Hub } from "../../hub/hub.ts";
import type { ItemOutcome } from "../../hub/ingest.ts";
import { edgeView, fillView as fillViewSchema } from "../../protocol/api.ts";
import { edgeFromDocument2, fillFromDocument2, fillFromTradeEvent } from "../../protocol/documents.ts";
import { parseExactJson } from "../../protocol/exact-json.ts";
import type { Recorded } from "../../protocol/recorded.ts";
import { fillView, isFillEvent } from "../../view/fill-view.ts";
import { jsonSchemaOf } from "../json-schema.ts";
import { ProblemError } from "../problem.ts";
import { BATCH_BYTES_MAX, limitWhatIsOnItsWay, speakerOptions, submitOne, takeRawBodies, textOf } from "./ingest.ts";

type Accepted = Exclude<ItemOutcome, { kind: "rejected" }>;

interface DocumentRoute {
  readonly url: string;
  readonly summary: string;
  readonly eventOf: (body: unknown, now: Micros) => unknown;
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
    eventOf: edgeFromDocument2,
    view: showEdge,
    schema: jsonSchemaOf(edgeView),
  },
  {
    url: "/api/fills",
    summary: "Send a fill, as document 2 does",
    eventOf: fillFromDocument2,
    view: showFill,
    schema: jsonSchemaOf(fillViewSchema),
  },
  {
    url: "/api/v1/trades",
    summary: "Send a TradeEvent, as document 5 does",
    eventOf: fillFromTradeEvent,
    view: showFill,
    schema: jsonSchemaOf(fillViewSchema),
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
      const event = route.eventOf(jsonOf(request), now);
      const outcome = await submitOne(hub, event, { ...speakerOptions(request), asFact: true, recorded: true });
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
  const { recorded } = asRecorded(outcome);
  if (recorded.event.type !== "edge") throw new ProblemError("internal");
  return viewOfEdge(recorded.event, `h-${recorded.seq}`, recorded.receivedAt, now);
}

function showFill(outcome: Accepted): unknown {
  const { kind, recorded } = asRecorded(outcome);
  const { event } = recorded;
  if (!isFillEvent(event)) throw new ProblemError("internal");
  return fillView({ ...recorded, event }, { voided: false, contradicted: kind === "contradiction" });
}

function asRecorded(outcome: Accepted): { readonly kind: string; readonly recorded: Recorded } {
  if (outcome.kind === "sampled" || outcome.recorded === undefined) throw new ProblemError("internal");
  return { kind: outcome.kind, recorded: outcome.recorded };
}
