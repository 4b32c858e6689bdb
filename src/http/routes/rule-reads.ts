import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Query } from "../../hub/query.ts";
import { haltRulesAnswer } from "../../protocol/api-rules.ts";
import { addRead, jsonAnswer } from "../read-route.ts";

/** The rules that ask for commands by themselves. */
export function registerRuleReads(app: FastifyInstance, query: Query): void {
  addRead(app, {
    url: "/api/v1/halt-rules",
    summary: "Rules that halt by themselves, and what each reads now",
    description:
      "Those of `automatic_halts` in the configuration file, which is where they are changed, and those that were set on " +
      "the page or here; none in a replay or a demo, where nothing is halted by itself. A breach is told as an " +
      "alert of `rule:NAME`, and asks for its command once, with the same proof as any other; a value that is not known " +
      "neither begins nor ends anything.",
    tag: "reads",
    access: "read",
    query: z.strictObject({}),
    answer: jsonAnswer(haltRulesAnswer),
    handler: () => query.haltRules(),
  });
}
