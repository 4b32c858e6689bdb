import fastify, { type FastifyInstance, type RouteHandlerMethod, type RouteOptions } from "fastify";
import type { Query } from "../../hub/query.ts";
import type { Replay } from "../../hub/replay/replay.ts";
import { ProblemError } from "../problem.ts";
import { REPLAY_HEADER, type Replays, replayOf } from "./replay-control.ts";

/** Adds reads that answer from `query`. */
export type RegisterReads = (app: FastifyInstance, query: Query) => void;

const DESK = "/api/v1/";

/**
 * The same reads as the desk's under `/api/v1/replays/{replay_id}/`, answered as of the place where the replay is. Each
 * replay has a set of them over its own query, made when it is first asked.
 */
export function registerReplayReads(
  app: FastifyInstance,
  options: { readonly replays: Pick<Replays, "use">; readonly query: Query; readonly register: RegisterReads },
): void {
  const { replays, query, register } = options;
  const made = new WeakMap<Replay, ReadonlyMap<string, RouteHandlerMethod>>();
  const handlersOf = (replay: Replay): ReadonlyMap<string, RouteHandlerMethod> => {
    const known = made.get(replay);
    if (known !== undefined) return known;
    const routes = readsOf(register, replay.query).map(({ url, handler }) => [url, handler] as const);
    const handlers = new Map(routes);
    made.set(replay, handlers);
    return handlers;
  };
  for (const route of readsOf(register, query))
    app.route({
      ...route,
      url: `${DESK}replays/:replay_id/${route.url.slice(DESK.length)}`,
      schema: { ...route.schema, tags: ["replay"], params: paramsOf(route) },
      async handler(request, reply) {
        const replay = replayOf(replays, request.params);
        const handler = handlersOf(replay).get(route.url);
        if (handler === undefined) throw new ProblemError("internal");
        reply.header(REPLAY_HEADER, replay.id);
        return handler.call(this, request, reply);
      },
    });
}

/** The routes that `register` adds, told by an instance that never listens. */
function readsOf(register: RegisterReads, query: Query): RouteOptions[] {
  const routes: RouteOptions[] = [];
  const app = fastify();
  app.addHook("onRoute", (route) => {
    if (route.method === "GET" && route.url.startsWith(DESK)) routes.push(route);
  });
  register(app, query);
  return routes;
}

function paramsOf({ schema }: RouteOptions): object {
  const own = (schema?.params ?? {}) as { readonly properties?: object; readonly required?: readonly string[] };
  return {
    type: "object",
    properties: { replay_id: { type: "string" }, ...own.properties },
    required: ["replay_id", ...(own.required ?? [])],
  };
}
