import type { HaltRulesAnswer, HaltRuleView } from "../../protocol/api-rules.ts";
import type { HaltRuleTerms } from "../../protocol/halt-rule.ts";
import { call } from "./hub-api.ts";

/** Rules that halt by themselves. Every call throws `HubError`. */

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** The answer of `GET /api/v1/halt-rules`. */
export const isHaltRules = (body: unknown): body is HaltRulesAnswer =>
  isRecord(body) &&
  Array.isArray(body["rules"]) &&
  body["rules"].every((rule) => isRecord(rule) && typeof rule["name"] === "string" && Array.isArray(rule["readings"]));

const PATH = "/api/v1/halt-rules";
const pathOf = (name: string): string => `${PATH}/${encodeURIComponent(name)}`;
const HEADERS = { "content-type": "application/json", "x-deskwatch-via": "page" };

export async function addRule(rule: HaltRuleTerms): Promise<void> {
  await call(PATH, { method: "POST", headers: HEADERS, body: JSON.stringify(rule) });
}

/** Changes a rule, if nobody has since it was seen. */
export async function changeRule(seen: HaltRuleView, rule: HaltRuleTerms): Promise<void> {
  const headers = { ...HEADERS, ...asSeen(seen) };
  await call(pathOf(seen.name), { method: "PUT", headers, body: JSON.stringify(rule) });
}

/** Removes a rule, if nobody has changed it since it was seen. */
export async function removeRule(seen: HaltRuleView): Promise<void> {
  await call(pathOf(seen.name), { method: "DELETE", headers: { "x-deskwatch-via": "page", ...asSeen(seen) } });
}

const asSeen = ({ seq }: HaltRuleView) => ({ "if-match": `"${seq}"` });

/** A rule without what it reads, as it is sent. */
export const termsOfRule = (rule: HaltRuleView): HaltRuleTerms => {
  const { name, metric, unit, limit, scope, of, mode, action, resume, enabled } = rule;
  return { name, metric, unit, limit, scope, of, mode, action, resume, enabled };
};
