import type { FastifyInstance } from "fastify";
import type { Query } from "../../hub/query.ts";
import { ProblemError } from "../problem.ts";
import type { StreamSource } from "../stream-connection.ts";
import { registerReplayControl, replayParams, type Replays } from "./replay-control.ts";
import { registerReplayReads, type RegisterReads } from "./replay-reads.ts";
import { jsonSchemaOf } from "../json-schema.ts";

/** Everything under `/api/v1/replays` but the stream itself, which `replayStream` feeds. */
export function registerReplays(
  app: FastifyInstance,
  options: { readonly replays: Replays; readonly query: Query; readonly register: RegisterReads },
): void {
  const { replays, query } = options;
  registerReplayControl(app, replays, query);
  registerReplayReads(app, options);
  addStreamDocumentation(app);
}

/** The replay of that id as a source of the stream; undefined when there is none. */
export const replayStream =
  (replays: Pick<Replays, "use">) =>
  (id: string): StreamSource | undefined => {
    const replay = replays.use(id);
    if (replay === undefined) return undefined;
    return {
      publisher: replay.publisher,
      asOfSeq: () => replay.query.asOf().as_of_seq,
      replay: { id, view: () => replay.view, onView: (listener) => replay.onView(listener) },
    };
  };

/** The route of the document, and the answer to whoever asks for the stream without a WebSocket. */
function addStreamDocumentation(app: FastifyInstance): void {
  app.route({
    method: "GET",
    url: "/api/v1/replays/:replay_id/stream",
    config: { access: "read" },
    schema: {
      summary: "Changes of a replay, by WebSocket",
      description:
        "The frames of `/api/v1/stream`, of the replay: `hello` names it as `replay`, and a topic `replay` more has its " +
        "state, at most 20 times a second. After a seek every topic begins anew, topics of facts with a `gap`.",
      tags: ["replay"],
      params: jsonSchemaOf(replayParams, "input"),
      response: { 101: { description: "The WebSocket is open", type: "null" } },
    },
    validatorCompiler: () => () => true,
    serializerCompiler: () => (body) => JSON.stringify(body),
    handler: () => {
      throw new ProblemError("invalid_request", { detail: "This is a WebSocket: connect with ws:// or wss://." });
    },
  });
}
