import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Query } from "../../hub/query.ts";
import { dayDate, daySummaryAnswer, summariesAnswer } from "../../protocol/api-summaries.ts";
import { ProblemError } from "../problem.ts";
import { addRead, jsonAnswer, limitParam } from "../read-route.ts";

const dayParams = z.object({ date: dayDate });

/** `GET /api/v1/summaries` and `/api/v1/summaries/{date}`: what each UTC day cost and made. */
export function registerSummaryReads(app: FastifyInstance, query: Query): void {
  addRead(app, {
    tag: "reads",
    access: "read",
    url: "/api/v1/summaries",
    summary: "The UTC days that have facts, newest first",
    query: z.strictObject({ limit: limitParam(1_000, 31) }),
    answer: jsonAnswer(summariesAnswer),
    handler: ({ limit }) => query.summaries(limit),
  });
  addRead(app, {
    tag: "reads",
    access: "read",
    url: "/api/v1/summaries/:date",
    summary: "The summary of one UTC day, of the desk and of each bot",
    description:
      "Made from the facts of that day: `summary` is what the file of that night holds, unless facts of the day came " +
      "later; then `restated` is true. Today's is of the day so far.",
    query: z.strictObject({}),
    params: dayParams,
    answer: jsonAnswer(daySummaryAnswer),
    handler: (_, request) => {
      const { date } = dayParams.parse(request.params);
      const answer = query.summary(date);
      if (answer === undefined) throw new ProblemError("not_found", { detail: `${date} is no day that has begun.` });
      return answer;
    },
  });
}
