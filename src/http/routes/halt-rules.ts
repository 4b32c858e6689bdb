import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Query } from "../../hub/query.ts";
import type { RuleBook, RuleChange, RuleCondition, RuleRefusal } from "../../hub/rule-book.ts";
import { ruleAct } from "../../hub/rule-change.ts";
import type { Result } from "../../base/result.ts";
import { haltRuleAnswer } from "../../protocol/api-rules.ts";
import { haltRule, type HaltRuleTerms, ruleName } from "../../protocol/halt-rule.ts";
import { actorOf } from "../access/actor.ts";
import { documented } from "../access/documented.ts";
import type { Note } from "../access/noting.ts";
import { parseBody } from "../access/request-body.ts";
import { ProblemError } from "../problem.ts";
import { callerOf } from "./controls.ts";

export interface HaltRuleRoutesOptions {
  readonly rules: RuleBook;
  readonly query: Query;
  readonly note: Note;
}

const BODY_LIMIT = 262_144;

const nameParams = z.object({ name: ruleName });
const REFUSED =
  "A rule of the configuration file is changed there: its name is refused with `conflict`. " +
  "It takes a person or a key with the scope control, and every change is kept in the log and in the audit.";
const ADD = documented({
  summary: "Set a rule that halts by itself",
  description: `Answered when it is on disk; it looks from the next second on, and a breach that stands then halts. ${REFUSED}`,
  body: haltRule,
  answers: { 201: haltRuleAnswer },
});
const PUT = documented({
  summary: "Set a rule in place of the one of its name, or switch it off",
  description:
    "201 where there was none of this name. A rule that is changed begins anew: what it breaches then, it asks for. " +
    `With \`If-Match: "SEQ"\` it is changed only while its \`seq\` is that one. ${REFUSED}`,
  params: nameParams,
  body: haltRule,
  answers: { 200: haltRuleAnswer, 201: haltRuleAnswer },
});
const DELETE = documented({
  summary: "Remove a rule; what it has halted stays halted until somebody resumes it",
  description: REFUSED,
  params: nameParams,
  answers: { 204: undefined },
});

/** `POST /api/v1/halt-rules`, `PUT` and `DELETE /api/v1/halt-rules/{name}`. */
export function registerHaltRules(app: FastifyInstance, { rules, query, note }: HaltRuleRoutesOptions): void {
  const options = { config: { access: "control" }, bodyLimit: BODY_LIMIT } as const;
  const tags = { tags: ["control"] };

  const set = async (
    request: FastifyRequest,
    reply: FastifyReply,
    { rule, condition }: { readonly rule: HaltRuleTerms; readonly condition: RuleCondition },
  ): Promise<FastifyReply> => {
    const change = await noted(request, rules.set(rule, callerOf(request), condition), note);
    const view = query.haltRules().rules.find(({ name }) => name === rule.name);
    return reply
      .code(change.before === undefined ? 201 : 200)
      .header("cache-control", "no-store")
      .send({ rule: view, ...query.asOf() });
  };

  app.post("/api/v1/halt-rules", { ...options, ...ADD, schema: { ...ADD.schema, ...tags } }, (request, reply) => {
    checkUnbound(request);
    return set(request, reply, { rule: parseBody(haltRule, request.body), condition: { isNew: true } });
  });

  app.put("/api/v1/halt-rules/:name", { ...options, ...PUT, schema: { ...PUT.schema, ...tags } }, (request, reply) => {
    checkUnbound(request);
    const { name } = parseBody(nameParams, request.params);
    const rule = parseBody(haltRule, request.body);
    if (rule.name !== name)
      throw new ProblemError("invalid_request", {
        detail: `The rule in the body is called ${rule.name}, not ${name}.`,
      });
    return set(request, reply, { rule, condition: { seq: seenSeq(request) } });
  });

  app.delete(
    "/api/v1/halt-rules/:name",
    { ...options, ...DELETE, schema: { ...DELETE.schema, ...tags } },
    async (request, reply) => {
      checkUnbound(request);
      const { name } = parseBody(nameParams, request.params);
      await noted(request, rules.remove(name, callerOf(request), { seq: seenSeq(request) }), note);
      return reply.code(204).send();
    },
  );
}

/** Tells the audit of a change that was made; throws a problem where it was refused. */
async function noted(
  request: FastifyRequest,
  changing: Promise<Result<RuleChange, RuleRefusal>>,
  note: Note,
): Promise<RuleChange> {
  const done = await changing;
  if (!done.ok) throw new ProblemError(done.error.code, { detail: done.error.message });
  const act = ruleAct(done.value);
  if (act !== undefined) await note({ by: actorOf(request), ...act });
  return done.value;
}

/** A rule may command any bot: a key that is bound to one sets none. */
function checkUnbound({ principal }: FastifyRequest): void {
  if (principal.kind === "key" && principal.bot !== undefined)
    throw new ProblemError("forbidden", { detail: `This key controls ${principal.bot} only, and sets no rules.` });
}

/** The `seq` of the rule as the caller saw it; undefined where that does not matter to them. */
function seenSeq({ headers }: FastifyRequest): number | undefined {
  const said = headers["if-match"];
  if (said === undefined) return undefined;
  const seq = /^"(\d{1,15})"$/.exec(said)?.[1];
  if (seq === undefined)
    throw new ProblemError("invalid_request", { detail: 'If-Match takes the seq of the rule in quotes: "123".' });
  return Number(seq);
}
