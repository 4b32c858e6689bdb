import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";
import type { Access } from "./access/register-access.ts";
import { refuseUpgrade } from "./access/upgrade.ts";
import { OpenSockets } from "./open-sockets.ts";
import { ProblemError } from "./problem.ts";
import { StreamConnection, type StreamSource } from "./stream-connection.ts";
import { pathOf, type Upgrade, Upgrades } from "./upgrades.ts";

export interface StreamOptions extends StreamSource {
  readonly access: Pick<Access, "authorizeUpgrade" | "onKeyRevoked" | "onSignedOut">;
  readonly version: string;
  /** The replay of that id as a source of frames; undefined when there is none. */
  readonly replayOf?: (id: string) => StreamSource | undefined;
  /** Time between two pings; a connection that let two go unanswered is closed. 15 s when absent. */
  readonly pingMs?: number;
  /** Connections at once; 500 when absent. Beyond that the handshake is answered with `overloaded`. */
  readonly connectionsMax?: number;
  /** Where other WebSockets are served too. */
  readonly upgrades?: Upgrades;
}

export interface Stream {
  /** How many WebSockets are open. */
  readonly connections: () => number;
}

const STREAM_PATH = "/api/v1/stream";
const REPLAY_STREAM = /^\/api\/v1\/replays\/([^/]{1,64})\/stream$/;
const CONNECTIONS_MAX = 500;
/** A client's frame names topics; nothing that it says is longer. */
const CLIENT_FRAME_BYTES_MAX = 16 * 1024;

const NO_REPLAY = { code: "not_found", detail: "There is no such replay; it may have been closed." } as const;
const TOO_MANY = { code: "overloaded", detail: "Too many streams are open.", retryAfterS: 5 } as const;

/** `GET /api/v1/stream` (PROTOCOL.md): frames to every subscriber, by WebSocket. Guarded like every read. */
export function registerStream(app: FastifyInstance, options: StreamOptions): Stream {
  const { access, pingMs, connectionsMax = CONNECTIONS_MAX } = options;
  const sockets = new OpenSockets<StreamConnection>(app, { access, pingMs, frameBytesMax: CLIENT_FRAME_BYTES_MAX });
  const open = ({ request, socket, head, principal }: Upgrade): void => {
    const source = sourceOf(request, options);
    if (source === undefined) return refuseUpgrade(socket, NO_REPLAY);
    const { publisher, asOfSeq, replay } = source;
    sockets.server.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = new StreamConnection(webSocket, socket, {
        publisher,
        asOfSeq,
        ...(replay === undefined ? {} : { replay }),
        version: options.version,
        onClose: () => sockets.remove(connection),
      });
      sockets.add(connection, principal);
    });
  };
  const { upgrades = new Upgrades(app, access) } = options;
  upgrades.add({
    matches: (path) => path === STREAM_PATH || REPLAY_STREAM.test(path),
    access: "read",
    isFull: () => (sockets.size >= connectionsMax ? TOO_MANY : undefined),
    open,
  });
  addDocumentation(app);
  return { connections: () => sockets.size };
}

/** What a stream is asked for: the desk, or the replay that the path names; undefined when there is no such replay. */
function sourceOf(request: IncomingMessage, options: StreamOptions): StreamSource | undefined {
  const id = REPLAY_STREAM.exec(pathOf(request))?.[1];
  return id === undefined ? options : options.replayOf?.(id);
}

/** The route of the document, and the answer to whoever asks for the stream without a WebSocket. */
function addDocumentation(app: FastifyInstance): void {
  app.route({
    method: "GET",
    url: STREAM_PATH,
    config: { access: "read" },
    schema: {
      summary: "Live changes, by WebSocket",
      description:
        'Send `{"op":"subscribe","topics":["bots","fills"],"since":123}`; topics: bots, edges, fills, exposure, ' +
        "positions, performance, orderbooks, opportunities, imports, controls, health, rejected, events, and `books:VENUE:SYMBOL` " +
        "for one whole order book. A snapshot of each topic comes, then deltas of states (at most 20 a second; positions, " +
        "opportunities and imports 2, controls 4, performance of today 1) and every fact once and in order. A delta of bots and " +
        "orderbooks holds those that changed, of any other state all of it. `since` goes on after that `seq`. Browsers " +
        "that need a key send it as the subprotocol `bearer.KEY` beside `deskwatch`.",
      tags: ["stream"],
      response: { 101: { description: "The WebSocket is open", type: "null" } },
    },
    serializerCompiler: () => (body) => JSON.stringify(body),
    handler: () => {
      throw new ProblemError("invalid_request", { detail: "This is a WebSocket: connect with ws:// or wss://." });
    },
  });
}
