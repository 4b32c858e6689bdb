import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Caller, Control, ControlRefusal } from "../../hub/control.ts";
import type { Query } from "../../hub/query.ts";
import {
  commandAnswer,
  type ControlTarget,
  controlPreviewAnswer,
  controlPreviewRequest,
  controlRequest,
  controlsAnswer,
  commandView,
} from "../../protocol/api-control.ts";
import { printable } from "../../view/printable.ts";
import { documented } from "../access/documented.ts";
import { parseBody } from "../access/request-body.ts";
import { ProblemError } from "../problem.ts";
import { addRead, cursorParam, jsonAnswer, limitParam } from "../read-route.ts";

export interface ControlsOptions {
  readonly control: Control;
  readonly query: Query;
}

const BODY_LIMIT = 16_384;

const ISSUE = documented({
  summary: "Ask bots to pause, halt, flatten or resume",
  description:
    "Answered when the command is on disk and on its way to the bots: 202, or 200 when the same `command_id` was taken " +
    "before. How far it came with each bot is read at `/api/v1/controls/{command_id}`. It takes a person or a key with " +
    "the scope control: no visitor is trusted with it for coming from this machine. `X-Deskwatch-Via` may say what asked: " +
    "page, command_line or api.",
  body: controlRequest,
  answers: { 200: commandAnswer, 202: commandAnswer },
});
const PREVIEW = documented({
  summary: "What a command would do now, in numbers",
  body: controlPreviewRequest,
  answers: { 200: controlPreviewAnswer },
});

/** `POST /api/v1/controls` and `/preview`, `GET /api/v1/controls` and `/{command_id}`. */
export function registerControls(app: FastifyInstance, { control, query }: ControlsOptions): void {
  const options = { config: { access: "control" }, bodyLimit: BODY_LIMIT } as const;
  const tags = { tags: ["control"] };

  app.post(
    "/api/v1/controls",
    { ...options, ...ISSUE, schema: { ...ISSUE.schema, ...tags } },
    async (request, reply) => {
      const asked = parseBody(controlRequest, request.body);
      checkTarget(request, asked.target);
      const done = await control.issue(asked, callerOf(request));
      if (!done.ok) throw refusal(done.error);
      const { command, effect, repeated } = done.value;
      request.log.info({ command_id: command.command_id, action: command.action, target: command.target }, "a command");
      const code = repeated ? 200 : 202;
      return reply
        .code(code)
        .header("cache-control", "no-store")
        .send({ command, effect, ...query.asOf() });
    },
  );

  app.post(
    "/api/v1/controls/preview",
    { ...options, ...PREVIEW, schema: { ...PREVIEW.schema, ...tags } },
    async (request, reply) => {
      const asked = parseBody(controlPreviewRequest, request.body);
      checkTarget(request, asked.target);
      return reply.header("cache-control", "no-store").send({ ...control.preview(asked), ...query.asOf() });
    },
  );
}

/** `GET /api/v1/controls` and `/{command_id}`: of the desk, or of a replay. */
export function registerControlReads(app: FastifyInstance, query: Query): void {
  addRead(app, {
    url: "/api/v1/controls",
    summary: "What holds the desk, its bots, strategies and venues, and the newest commands",
    description:
      "Commands come newest first. Besides those that hold something the newest 1,000 are kept here; older ones are in " +
      "`/api/v1/events?type=command.issued`.",
    tag: "reads",
    access: "read",
    query: z.strictObject({
      bot: z.string().max(64).optional(),
      state: commandView.shape.state.optional().describe("of the commands"),
      limit: limitParam(500, 50),
      cursor: cursorParam,
    }),
    answer: jsonAnswer(controlsAnswer),
    handler: ({ bot, state, limit, cursor }) =>
      query.controls({ bot, state, limit, beforeSeq: cursor === undefined ? undefined : Number(cursor) }),
  });
  addRead(app, {
    url: "/api/v1/controls/:command_id",
    summary: "A command, and how far it came with each bot",
    tag: "reads",
    access: "read",
    query: z.strictObject({}),
    params: z.object({ command_id: z.string() }),
    answer: jsonAnswer(commandReadAnswer),
    handler: (_query, request) => {
      const { command_id: id } = parseBody(idParams, request.params);
      const command = query.command(id);
      if (command === undefined) throw new ProblemError("not_found", { detail: "There is no such command." });
      return { command, ...query.asOf() };
    },
  });
}

const commandReadAnswer = commandAnswer.omit({ effect: true });
const idParams = z.object({ command_id: z.string().max(128) });

const VIAS = new Set(["page", "command_line", "api"]);

/** Who asks, as the command keeps it. Throws a problem when nobody does. */
export function callerOf({ principal, headers, clientAddress }: FastifyRequest): Caller {
  const said = headers["x-deskwatch-via"];
  const via = (typeof said === "string" && VIAS.has(said) ? said : "api") as Caller["via"];
  const address = clientAddress === "" ? {} : { address: clientAddress };
  switch (principal.kind) {
    case "person":
      return { by: shownName(principal.name), kind: "person", id: principal.userId, via, ...address };
    case "key":
      return { by: shownName(principal.name), kind: "key", id: principal.prefix, via, ...address };
    default:
      throw new ProblemError("unauthenticated", { detail: "Control takes a person or a key." });
  }
}

const NAME_MAX = 128;

/** A name as an event may carry it. */
const shownName = (name: string): string => printable(name).slice(0, NAME_MAX).trim() || "unnamed";

/** A key that is bound to a bot controls that bot alone. */
function checkTarget({ principal }: FastifyRequest, target: ControlTarget): void {
  if (principal.kind !== "key" || principal.bot === undefined) return;
  if (!("bot" in target) || target.bot !== principal.bot)
    throw new ProblemError("forbidden", { detail: `This key controls ${principal.bot} only.` });
}

/** A refusal of the hub as a problem. */
export const refusal = ({ code, message }: ControlRefusal): ProblemError => new ProblemError(code, { detail: message });
