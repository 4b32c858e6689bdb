import { expect, test, vi } from "vitest";
import type { AuditAnswer } from "../../src/protocol/api-people.ts";
import type { HaltRulesAnswer, HaltRuleView } from "../../src/protocol/api-rules.ts";
import { accept, emailOf, invite, PASSWORD, signIn, Visitor } from "../support/desk-people.ts";
import { controlDesk } from "../support/control-desk.ts";
import { cookiesOf, type HttpAnswer, type HttpCall, send } from "../support/guarded-hub.ts";
import { LinkedBot } from "../support/linked-bot.ts";
import { sendTo } from "../support/scratch-hub.ts";
import { waitUntil } from "../support/wait-until.ts";

/** A machine that is busy with other tests takes its time. */
vi.setConfig({ testTimeout: 180_000 });

const RULE = { name: "daily", metric: "daily_loss_pct", unit: "ratio", limit: 0.03, scope: "bot", action: "halt" };

/** A whole hub, and the way to ask it with the right of whoever can read its data directory. */
async function scene() {
  const desk = await controlDesk();
  const local = { authorization: `Bearer ${desk.token}` };
  const ask = (method: string, path: string, body?: object, headers: Record<string, string> = local) =>
    send(desk.url, { method, path: `/api/v1/halt-rules${path}`, headers, ...(body === undefined ? {} : { body }) });
  const rules = async (): Promise<readonly HaltRuleView[]> => ((await ask("GET", "")).json as HaltRulesAnswer).rules;
  return { desk, ask, rules };
}

const problem = ({ status, json }: HttpAnswer): string => {
  const { code, detail } = json as { code?: string; detail?: string };
  return `${status} ${code}: ${detail}`;
};

test("a rule is set, changed, switched off and removed, each with its act in the audit: what was before, and what is after", async () => {
  const { desk, ask, rules } = await scene();
  const made = await ask("POST", "", RULE);
  expect([made.status, made.json]).toMatchObject([
    201,
    { rule: { ...RULE, of: [], mode: "live", resume: "never", enabled: true, source: "page", set_by: "local" } },
  ]);
  expect(problem(await ask("POST", "", RULE))).toBe(
    "409 conflict: There is a rule daily already: choose another name.",
  );
  expect((await ask("PUT", "/daily", { ...RULE, limit: 0.05, action: "pause" })).status).toBe(200);
  expect((await ask("PUT", "/daily", { ...RULE, limit: 0.05, action: "pause" })).status).toBe(200);
  expect((await ask("PUT", "/daily", { ...RULE, limit: 0.05, action: "pause", enabled: false })).status).toBe(200);
  expect((await ask("PUT", "/other", { ...RULE, name: "other" })).status).toBe(201);
  expect((await rules()).map(({ name, enabled, watched }) => [name, enabled, watched])).toEqual([
    ["daily", false, 0],
    ["other", true, 0],
  ]);
  expect((await ask("DELETE", "/daily")).status).toBe(204);
  expect((await rules()).map(({ name }) => name)).toEqual(["other"]);
  expect(problem(await ask("DELETE", "/daily"))).toBe("404 not_found: There is no rule daily.");
  const owner = { name: "Ada", email: emailOf("Ada"), password: PASSWORD };
  const ada = new Visitor(
    { send: (call: HttpCall) => send(desk.url, call) },
    cookiesOf(await send(desk.url, { method: "POST", path: "/api/v1/setup", body: owner })),
  );
  const { audit } = (await ada.get("/api/v1/audit?kind=rule")).json as AuditAnswer;
  const whole = "action pause; scope bot; mode live; resumes never; switched off; of all";
  expect(audit.map(({ action, target, detail, who }) => [action, target, detail, who])).toEqual([
    ["rule.removed", "daily", `was: limit daily_loss_pct at or over 0.05 ratio; ${whole}`, "local"],
    [
      ...["rule.set", "other"],
      "limit daily_loss_pct at or over 0.03 ratio; action halt; scope bot; mode live; resumes never; switched on; of all",
      "local",
    ],
    ["rule.switched_off", "daily", `limit daily_loss_pct at or over 0.05 ratio; ${whole}`, "local"],
    [
      ...["rule.changed", "daily"],
      "limit: daily_loss_pct at or over 0.03 ratio → daily_loss_pct at or over 0.05 ratio; action: halt → pause",
      "local",
    ],
    [
      ...["rule.set", "daily"],
      "limit daily_loss_pct at or over 0.03 ratio; action halt; scope bot; mode live; resumes never; switched on; of all",
      "local",
    ],
  ]);
});

const UNFIT: readonly (readonly [string, object, RegExp])[] = [
  ["a limit in percent", { limit: 3 }, /^400 invalid_request: limit: expected a ratio of 1 at most/],
  ["another unit", { unit: "count" }, /^400 invalid_request: unit: expected ratio, the unit of daily_loss_pct/],
  ["a scope that its metric has not", { scope: "venue" }, /^400 invalid_request: scope: expected one of bot/],
  ["a wide scope for paper bots", { scope: "desk", mode: "paper" }, /^400 invalid_request: scope: expected bot/],
  ["a name with spaces", { name: "Daily loss" }, /^400 invalid_request: name: expected 1 to 24/],
  ["a setting that there is not", { limits: 1 }, /^400 invalid_request/],
  ["a command that loosens", { action: "resume" }, /^400 invalid_request: action/],
  ["no limit", { limit: undefined }, /^400 invalid_request: limit/],
  ["a limit that is no number", { limit: "0.03" }, /^400 invalid_request: limit/],
];

test("a rule that does not fit is refused as the configuration file refuses it", async () => {
  const { ask, rules } = await scene();
  for (const [what, change, answer] of UNFIT)
    expect(problem(await ask("POST", "", { ...RULE, ...change })), what).toMatch(answer);
  expect(await rules()).toEqual([]);
});

test("a rule is changed only as it was seen, where the caller says so", async () => {
  const { desk, ask, rules } = await scene();
  await ask("POST", "", RULE);
  const seen = { authorization: `Bearer ${desk.token}`, "if-match": `"${(await rules())[0]?.seq}"` };
  expect((await ask("PUT", "/daily", { ...RULE, limit: 0.04 }, seen)).status).toBe(200);
  const late = "409 conflict: Somebody has changed this rule since you saw it: look at it again.";
  expect(problem(await ask("PUT", "/daily", { ...RULE, limit: 0.9 }, seen))).toBe(late);
  expect(problem(await ask("DELETE", "/daily", undefined, seen))).toBe(late);
  expect(problem(await ask("DELETE", "/daily", undefined, { ...seen, "if-match": "*" }))).toMatch(
    /^400 invalid_request/,
  );
  expect(problem(await ask("PUT", "/weekly", { ...RULE, name: "daily" }))).toBe(
    "400 invalid_request: The rule in the body is called daily, not weekly.",
  );
  expect(await rules()).toMatchObject([{ limit: 0.04 }]);
});

test("operators and keys with control set rules; viewers, other keys, those bound to a bot, and visitors do not", async () => {
  const { desk, ask, rules } = await scene();
  const hub = { send: (call: HttpCall) => send(desk.url, call) };
  const owner = { name: "Ada", email: emailOf("Ada"), password: PASSWORD };
  const ada = new Visitor(hub, cookiesOf(await hub.send({ method: "POST", path: "/api/v1/setup", body: owner })));
  const roleOf = async (name: string, role: "viewer" | "operator") => {
    await accept(hub, (await invite(ada, name, role)).token);
    return { cookie: (await signIn(hub, name)).cookie };
  };
  const keyOf = async (scopes: string[], bot?: string) => {
    const made = await ada.ask("POST", "/api/v1/keys", { name: "k", scopes, ...(bot && { bot }) });
    return { authorization: `Bearer ${(made.json as { key: string }).key}` };
  };
  const refused: readonly (readonly [number, Record<string, string>])[] = [
    [401, {}],
    [403, await roleOf("Vera", "viewer")],
    [403, await keyOf(["read", "ingest"])],
    [403, await keyOf(["control", "ingest"], "ann")],
  ];
  await ask("POST", "", RULE);
  for (const [status, headers] of refused) {
    expect((await ask("POST", "", { ...RULE, name: "x" }, headers)).status).toBe(status);
    expect((await ask("PUT", "/daily", { ...RULE, limit: 0.9 }, headers)).status).toBe(status);
    expect((await ask("DELETE", "/daily", undefined, headers)).status).toBe(status);
  }
  expect(await rules()).toMatchObject([{ name: "daily", limit: 0.03 }]);
  const operator = await roleOf("Otto", "operator");
  expect((await ask("PUT", "/daily", { ...RULE, limit: 0.04 }, operator)).status).toBe(200);
  expect((await ask("DELETE", "/daily", undefined, await keyOf(["control"]))).status).toBe(204);
  const foreign = { ...operator, origin: "https://elsewhere.example" };
  expect((await ask("POST", "", RULE, foreign)).status).toBe(403);
  expect(await rules()).toEqual([]);
});

test("a rule that is set over HTTP halts a bot that breaches it, with the proof of any halt", async () => {
  const { desk, ask, rules } = await scene();
  await ask("POST", "", RULE);
  await desk.start("ann", "making");
  await desk.place("ann", "o1");
  const ann = await LinkedBot.on(desk.url, "ann");
  await sendTo(desk.url, [{ type: "risk", bot: "ann", ts: new Date().toISOString(), daily_loss_pct: 0.042 }]);
  await waitUntil("ann is told to halt", () => ann.of("command").length === 1);
  const [told] = ann.of("command");
  const id = told?.command_id ?? "";
  await ann.acknowledge(id);
  await ann.send({ type: "orders.snapshot", orders: [] });
  await desk.until(id, "verified");
  expect(await desk.command(id)).toMatchObject({
    ...{ action: "halt", target: { bot: "ann" }, by: "rule:daily", via: "rule", standing: true },
    reason: "Daily loss of ann is 4.2 %, at or over its limit of 3 % (rule daily)",
    bots: [{ bot: "ann", evidence: "reported" }],
  });
  expect((await rules())[0]?.readings).toMatchObject([{ bot: "ann", state: "breached", value: 0.042, command_id: id }]);
});
