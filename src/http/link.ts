import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { HUB_BOT } from "../engine/read-bots.ts";
import type { Hub } from "../hub/hub.ts";
import { ownStrategy } from "../protocol/api-control.ts";
import { botName } from "../protocol/fields.ts";
import type { Access } from "./access/register-access.ts";
import { refuseUpgrade } from "./access/upgrade.ts";
import { jsonSchemaOf } from "./json-schema.ts";
import { LinkConnection } from "./link-connection.ts";
import { OpenSockets } from "./open-sockets.ts";
import { ProblemError } from "./problem.ts";
import { OWN_NAME } from "./routes/bot-commands.ts";
import { BATCH_BYTES_MAX } from "./routes/ingest.ts";
import { type Upgrade, type Upgrades, pathOf } from "./upgrades.ts";

export interface LinkOptions {
  readonly hub: Pick<Hub, "ingest" | "control">;
  readonly access: Pick<Access, "onKeyRevoked" | "onSignedOut">;
  readonly upgrades: Upgrades;
  /** Time between two pings; a connection that let two go unanswered is closed. 15 s when absent. */
  readonly pingMs?: number;
}

const LINK_PATH = "/api/v1/link";
const LINKS_MAX = 12_000;
const TOO_MANY = { code: "overloaded", detail: "Too many bots are connected.", retryAfterS: 5 } as const;

const linkQuery = z.object({ bot: botName, strategy: ownStrategy });

/** `GET /api/v1/link?bot=B&strategy=S` (PROTOCOL.md): a bot's events up, its commands down, by one WebSocket. */
export function registerLink(app: FastifyInstance, options: LinkOptions): void {
  const { hub, access, upgrades, pingMs } = options;
  const sockets = new OpenSockets<LinkConnection>(app, { access, pingMs, frameBytesMax: BATCH_BYTES_MAX });
  const open = ({ request, socket, head, principal }: Upgrade): void => {
    const asked = askedIn(request.url ?? "");
    if (asked === undefined)
      return refuseUpgrade(socket, { code: "invalid_request", detail: "Name the bot: /api/v1/link?bot=NAME." });
    const { bot, strategy } = asked;
    if (bot === HUB_BOT) return refuseUpgrade(socket, { code: "forbidden", detail: OWN_NAME });
    if (principal.kind === "key" && principal.bot !== undefined && principal.bot !== bot)
      return refuseUpgrade(socket, { code: "forbidden", detail: `This key speaks for ${principal.bot} only.` });
    sockets.server.handleUpgrade(request, socket, head, (webSocket) => {
      const connection: LinkConnection = new LinkConnection(webSocket, {
        bot,
        strategy,
        hub,
        onClose: () => sockets.remove(connection),
        onError: (error) => app.log.error({ err: error }, "bug: a frame of a bot was not dealt with"),
      });
      sockets.add(connection, principal);
    });
  };
  upgrades.add({
    matches: (path) => path === LINK_PATH,
    access: "ingest",
    isFull: () => (sockets.size >= LINKS_MAX ? TOO_MANY : undefined),
    open,
  });
  addDocumentation(app);
}

function askedIn(url: string): z.output<typeof linkQuery> | undefined {
  const query = new URLSearchParams(url.slice(pathOf({ url }).length));
  return linkQuery.safeParse(Object.fromEntries(query)).data;
}

/** The route of the document, and the answer to whoever asks for the link without a WebSocket. */
function addDocumentation(app: FastifyInstance): void {
  app.route({
    method: "GET",
    url: LINK_PATH,
    config: { access: "ingest" },
    schema: {
      summary: "A bot's events up and its commands down, by WebSocket",
      description:
        'The hub says `{"op":"orders",…}` at once and whenever they change, `{"op":"command",…}` for a new command, and ' +
        '`{"op":"ping"}` every 15 s. The bot says `{"op":"ack","command_id":…}` when it has done it (answered with ' +
        '`acked` when that is on disk) and may send `{"op":"events","batch":…,"events":[…]}`, answered with ' +
        '`{"op":"result","batch":…}` as `POST /api/v1/events` would.',
      tags: ["control"],
      querystring: jsonSchemaOf(linkQuery, "input"),
      response: { 101: { description: "The WebSocket is open", type: "null" } },
    },
    validatorCompiler: () => () => true,
    serializerCompiler: () => (body) => JSON.stringify(body),
    handler: () => {
      throw new ProblemError("invalid_request", { detail: "This is a WebSocket: connect with ws:// or wss://." });
    },
  });
}
