import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Query } from "../../hub/query.ts";
import { sessionsAnswer, sessionView } from "../../protocol/api-sessions.ts";
import { botName } from "../../protocol/fields.ts";
import { csvTable } from "../csv.ts";
import { modeParam, timeParam } from "../read-route.ts";
import { newestFirst } from "../row-listings.ts";
import { addRows } from "../rows-route.ts";

/** `GET /api/v1/sessions`: the spans of every bot's life. */
export function registerSessionReads(app: FastifyInstance, query: Query): void {
  addRows(app, {
    url: "/api/v1/sessions",
    summary: "Sessions of the bots, newest first",
    description:
      "In the order in which the hub heard of them. From `bot.started` to the next `bot.stopped` or `bot.started`. A bot that never declares itself begins a new session " +
      "after 6 h of silence, by its own time. What files tell of a bot are sessions beside its own. The newest 200 of a bot " +
      "are kept.",
    name: "sessions",
    filters: z.object({
      bot: botName.optional(),
      mode: modeParam.describe("every mode when absent; each session says its own"),
      from: timeParam("under way at this moment of the bot's time, or later"),
      to: timeParam("begun before this moment of the bot's time"),
    }),
    limitUsual: 100,
    answer: sessionsAnswer,
    csv: csvTable(Object.keys(sessionView.shape)),
    rows: (filter) => {
      const { sessions, ...asOf } = query.sessions(filter);
      return newestFirst(asOf, sessions, ({ from_seq }) => from_seq);
    },
  });
}
