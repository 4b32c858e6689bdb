import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { readMarks } from "../../hub/chart-marks.ts";
import type { Query } from "../../hub/query.ts";
import { marksAnswer } from "../../protocol/api-marks.ts";
import { botName } from "../../protocol/fields.ts";
import { ProblemError } from "../problem.ts";
import { addRead, jsonAnswer, modeParam, timeParam } from "../read-route.ts";

/** The read of what is marked on charts. */
export function registerMarkReads(app: FastifyInstance, query: Query): void {
  addRead(app, {
    tag: "reads",
    access: "read",
    url: "/api/v1/marks",
    summary: "What happened that a chart should show",
    description:
      "Notes, starts with their versions and stops of bots, commands, alerts, days that were closed and ledgers that were " +
      "corrected, each in words. With `bot` what concerns it. The newest, where there are many.",
    query: z.strictObject({
      bot: botName.optional(),
      mode: modeParam,
      from: timeParam("the first moment"),
      to: timeParam("the moment that all of it is before, now when absent"),
    }),
    answer: jsonAnswer(marksAnswer),
    handler: ({ from, ...filter }) => {
      if (from === undefined) throw new ProblemError("invalid_request", { detail: "Say `from`, the first moment." });
      return readMarks(query, { from, ...filter });
    },
  });
}
