import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { HUB_BOT } from "../../engine/read-bots.ts";
import type { Control } from "../../hub/control.ts";
import type { Query } from "../../hub/query.ts";
import { acknowledgeRequest, commandsAnswer, ownStrategy } from "../../protocol/api-control.ts";
import { asOf } from "../../protocol/api.ts";
import { botName } from "../../protocol/fields.ts";
import { documented } from "../access/documented.ts";
import { parseBody } from "../access/request-body.ts";
import { ProblemError } from "../problem.ts";
import { addRead, jsonAnswer } from "../read-route.ts";
import { refusal } from "./controls.ts";

const WAIT_S_MAX = 60;
const BODY_LIMIT = 16_384;
export const OWN_NAME = `${HUB_BOT} is the hub itself: it takes no commands.`;

const ACKNOWLEDGE = documented({
  summary: "Say that a command was carried out, or why it could not be",
  description: "Answered when it is on disk. Saying it again changes nothing.",
  body: acknowledgeRequest,
  params: z.object({ command_id: z.string() }),
  answers: { 200: z.object({ command_id: z.string(), bot: z.string(), ...asOf }) },
});

/** `GET /api/v1/commands` and `POST /api/v1/commands/{command_id}/ack`: how a bot in any language is controlled. */
export function registerBotCommands(app: FastifyInstance, control: Control, query: Query): void {
  app.addHook("preClose", async () => control.endWaits());
  addRead(app, {
    url: "/api/v1/commands",
    summary: "What a bot may do now, and the commands that it has not acknowledged",
    description:
      "With `wait` the answer comes when there is something else to tell, or when the seconds are over. `since` is the " +
      "`as_of_seq` of the answer before: with it, a bot that is held and knows it waits as long as any other; without it " +
      "what holds a bot is told again every second.",
    tag: "reads",
    access: "ingest",
    query: z.strictObject({
      bot: botName,
      wait: z.coerce.number().min(0).max(WAIT_S_MAX).default(0).describe(`seconds, up to ${WAIT_S_MAX}`),
      strategy: ownStrategy,
      since: z.coerce.number().int().min(0).optional(),
    }),
    answer: jsonAnswer(commandsAnswer),
    head: false,
    handler: async ({ bot, wait, since, strategy }, request, reply) => {
      checkBot(request, bot);
      const gone = new AbortController();
      reply.raw.once("close", () => gone.abort());
      const told = await control.orders(bot, { waitMs: wait * 1_000, since, strategy, signal: gone.signal });
      return { ...told, as_of: query.asOf().as_of };
    },
  });

  app.post(
    "/api/v1/commands/:command_id/ack",
    {
      config: { access: "ingest" },
      bodyLimit: BODY_LIMIT,
      ...ACKNOWLEDGE,
      schema: { ...ACKNOWLEDGE.schema, tags: ["control"] },
    },
    async (request, reply) => {
      const { command_id: commandId } = parseBody(z.object({ command_id: z.string().max(128) }), request.params);
      const { bot, error, ts } = parseBody(acknowledgeRequest, request.body);
      checkBot(request, bot);
      const done = await control.acknowledge({ commandId, bot, error, doneAt: ts });
      if (!done.ok) throw refusal(done.error);
      return reply.header("cache-control", "no-store").send({ command_id: commandId, bot, ...query.asOf() });
    },
  );
}

/** A key that is bound to a bot takes that bot's commands alone. */
function checkBot({ principal }: FastifyRequest, bot: string): void {
  if (bot === HUB_BOT) throw new ProblemError("forbidden", { detail: OWN_NAME });
  if (principal.kind === "key" && principal.bot !== undefined && principal.bot !== bot)
    throw new ProblemError("forbidden", { detail: `This key speaks for ${principal.bot} only.` });
}
