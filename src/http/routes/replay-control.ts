import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { parseTime } from "../../base/time.ts";
import type { Query } from "../../hub/query.ts";
import type { Replay } from "../../hub/replay/replay.ts";
import type { ReplayManager } from "../../hub/replay/replay-manager.ts";
import { replayControl, replayRequest, replaysAnswer, replayView } from "../../protocol/api-sessions.ts";
import { documented } from "../access/documented.ts";
import { parseBody } from "../access/request-body.ts";
import { csvTable } from "../csv.ts";
import { ProblemError } from "../problem.ts";
import { listingOf } from "../row-listings.ts";
import { addRows } from "../rows-route.ts";

export type Replays = Pick<ReplayManager, "create" | "list" | "use" | "remove">;

/** Every answer that speaks of a replay says so in this header. */
export const REPLAY_HEADER = "x-deskwatch-replay";

const BODY_LIMIT = 16_384;

export const replayParams = z.object({ replay_id: z.string().max(64) });

const CREATE = documented({
  summary: "Begin a replay of the log",
  description:
    "It prepares first (`state` is `preparing`), then plays. It is closed when nobody has looked at it for half an hour.",
  body: replayRequest,
  answers: { 201: replayView },
});
const SHOW = documented({ summary: "One replay", params: replayParams, answers: { 200: replayView } });
const REMOVE = documented({ summary: "Close a replay", params: replayParams, answers: { 204: undefined } });
const CONTROL = documented({
  summary: "Play, pause, step, seek or change the speed of a replay",
  description: "Answered once it has taken effect: after a seek, at the place that was sought.",
  params: replayParams,
  body: replayControl,
  answers: { 200: replayView },
});

/** `/api/v1/replays` and the transport of each replay. A replay changes nothing of the desk: reading is enough for all. */
export function registerReplayControl(app: FastifyInstance, replays: Replays, query: Pick<Query, "asOf">): void {
  const read = { config: { access: "read" }, bodyLimit: BODY_LIMIT } as const;
  const tagged = (document: ReturnType<typeof documented>) => ({
    ...document,
    schema: { ...document.schema, tags: ["replay"] },
  });

  addRows(app, {
    url: "/api/v1/replays",
    summary: "The replays of this hub",
    name: "replays",
    tag: "replay",
    filters: z.object({ state: replayView.shape.state.optional() }),
    limitUsual: 100,
    answer: replaysAnswer,
    csv: csvTable(Object.keys(replayView.shape)),
    rows: ({ state }) => {
      const views = replays.list().map(({ view }) => view);
      return listingOf(
        query.asOf(),
        views.filter((view) => state === undefined || view.state === state),
      );
    },
  });

  app.post("/api/v1/replays", { ...read, ...tagged(CREATE) }, async (request, reply) => {
    const asked = parseBody(replayRequest, request.body ?? {});
    checkTimes(asked);
    const begun = replays.create(asked);
    if (!begun.ok) throw new ProblemError(begun.error.code, { detail: begun.error.message });
    return shown(reply.code(201), begun.value);
  });

  app.get("/api/v1/replays/:replay_id", { ...read, ...tagged(SHOW) }, async (request, reply) =>
    shown(reply, replayOf(replays, request.params)),
  );

  app.delete("/api/v1/replays/:replay_id", { ...read, ...tagged(REMOVE) }, async (request, reply) => {
    const { id } = replayOf(replays, request.params);
    replays.remove(id);
    return reply.code(204).header(REPLAY_HEADER, id).send();
  });

  app.post("/api/v1/replays/:replay_id/control", { ...read, ...tagged(CONTROL) }, async (request, reply) => {
    const replay = replayOf(replays, request.params);
    const control = parseBody(replayControl, request.body);
    if (control.action === "seek") checkTimes({ to: control.to });
    const done = await replay.control(control);
    if (!done.ok) throw new ProblemError(done.error.code, { detail: done.error.message });
    return shown(reply, replay);
  });
}

/** The replay that a path names; a problem `not_found` when there is none, or no longer. */
export function replayOf(replays: Pick<Replays, "use">, params: unknown): Replay {
  const { replay_id } = parseBody(replayParams, params);
  const replay = replays.use(replay_id);
  if (replay === undefined)
    throw new ProblemError("not_found", { detail: "There is no such replay; it may have been closed. Begin another." });
  return replay;
}

function shown(reply: FastifyReply, replay: Replay): FastifyReply {
  return reply.header("cache-control", "no-store").header(REPLAY_HEADER, replay.id).send(replay.view);
}

function checkTimes(times: { readonly from?: string | undefined; readonly to?: string | undefined }): void {
  for (const [path, text] of Object.entries({ from: times.from, to: times.to }))
    if (text !== undefined && parseTime(text) === undefined)
      throw new ProblemError("invalid_request", {
        detail: `${path}: expected ISO-8601 or an epoch in s, ms, µs or ns`,
        errors: [{ path, message: "expected ISO-8601 or an epoch in s, ms, µs or ns" }],
      });
  const [from, to] = [parseTime(times.from), parseTime(times.to)];
  if (from !== undefined && to !== undefined && from > to)
    throw new ProblemError("invalid_request", { detail: "from: expected a time that is not after to" });
}
