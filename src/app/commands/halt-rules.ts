import { type Command, Option } from "commander";
import { err, ok, type Result } from "../../base/result.ts";
import { haltRulesAnswer, type HaltRuleView } from "../../protocol/api-rules.ts";
import { haltRule, type HaltRuleTerms } from "../../protocol/halt-rule.ts";
import { RULE_METRICS, RULE_SCOPES, type RuleMetric, ruleMetrics } from "../../protocol/rule-metrics.ts";
import { type ReadingRow, readingRows, ruleRow, rulesInOrder } from "../../view/halt-rule-rows.ts";
import { printable } from "../../view/printable.ts";
import { plain } from "../../view/shown.ts";
import { type TextColumn, textTable } from "../../view/text-table.ts";
import { type CommandIo, failCommand, processIo } from "./command-io.ts";
import { type ControlFlags, controlHub } from "./control-hub.ts";
import { postHub, readHub } from "./hub-answer.ts";
import { type HubAddress, withHubOptions } from "./hub-options.ts";
import { answerOf, asOfText, NOT_A_HUB } from "./read-list.ts";
import { terminalOf } from "./terminal.ts";

interface ListFlags extends ControlFlags {
  readonly json?: boolean;
}

interface SetFlags extends ControlFlags {
  readonly metric?: RuleMetric;
  readonly limit?: string;
  readonly scope?: HaltRuleTerms["scope"];
  readonly action?: HaltRuleTerms["action"];
  readonly mode?: HaltRuleTerms["mode"];
  readonly of?: string[];
  readonly resumeAfter?: string;
  readonly off?: boolean;
  readonly on?: boolean;
}

interface RemoveFlags extends ControlFlags {
  readonly yes?: boolean;
}

const PATH = "/api/v1/halt-rules";
const DATA_DIR = "of a hub on this machine, whose token serves without a key (default: ./data)";

/** `deskwatch halt-rules list|set|remove`: the rules that halt by themselves. */
export function registerHaltRules(program: Command, io: CommandIo = processIo()): void {
  const rules = program.command("halt-rules").description("list, set and remove the rules that halt by themselves");

  withHubOptions(rules.command("list", { isDefault: true }), "read")
    .description("print each rule, and what it reads against its limit")
    .option("--data-dir <directory>", DATA_DIR)
    .option("--json", "print the body of the API as it is")
    .addHelpText("after", "\nExample:\n  deskwatch halt-rules list")
    .action((flags: ListFlags) => list(flags, io));

  withHubOptions(rules.command("set"), "control")
    .argument("<name>", "of the rule: 1 to 24 of a-z 0-9 -")
    .description("set a rule, or change what is named of one that is there")
    .option("--data-dir <directory>", DATA_DIR)
    .addOption(new Option("--metric <metric>", "what it watches").choices(ruleMetrics))
    .option("--limit <number>", "in the unit of the metric: 0.03 or 3%, seconds, or a count")
    .addOption(new Option("--scope <scope>", "what it commands (default: bot)").choices(RULE_SCOPES))
    .addOption(
      new Option("--action <action>", "what it asks for (default: halt)").choices(["pause", "halt", "flatten"]),
    )
    .addOption(
      new Option("--mode <mode>", "of the bots it watches (default: live)").choices(["live", "paper", "simulate"]),
    )
    .option("--of <names...>", "only these bots, strategies or venues; all for all of them again")
    .option("--resume-after <seconds>", "lift its command after so long within the limit; never for not by itself")
    .option("--off", "switch it off")
    .option("--on", "switch it on again")
    .addHelpText(
      "after",
      `\nWhat breaches a rule when it is set is told to halt at once.\n\nExample:\n  deskwatch halt-rules set daily-loss --metric daily_loss_pct --limit 3%`,
    )
    .action((name: string, flags: SetFlags) => set(name, flags, io));

  withHubOptions(rules.command("remove"), "control")
    .argument("<name>", "of the rule")
    .description("remove a rule; what it has halted stays halted until somebody resumes it")
    .option("--data-dir <directory>", DATA_DIR)
    .option("--yes", "do not ask; needed where no terminal is there to ask on")
    .addHelpText("after", "\nExample:\n  deskwatch halt-rules remove daily-loss --yes")
    .action((name: string, flags: RemoveFlags) => remove(name, flags, io));
}

async function list(flags: ListFlags, io: CommandIo): Promise<void> {
  const hub = controlHub(flags, io.environment);
  if (!hub.ok) return failCommand(io, hub.error, 2);
  const body = await readHub(hub.value, PATH);
  if (!body.ok) return failCommand(io, body.error.message, 1);
  if (flags.json === true) return void io.stdout.write(`${body.value}\n`);
  const answer = answerOf(haltRulesAnswer, body.value);
  if (answer === undefined) return failCommand(io, NOT_A_HUB, 1);
  const { width, paint } = terminalOf(io);
  const readings = readingRows(answer.rules, Date.parse(answer.as_of)).slice(0, READINGS_SHOWN);
  const sections = [
    answer.rules.length === 0
      ? ["No rule halts by itself: deskwatch halt-rules set daily-loss --metric daily_loss_pct --limit 3%"]
      : textTable({ columns: RULE_COLUMNS, rows: rulesInOrder(answer.rules), width, paint }),
    ...(readings.length === 0 ? [] : [textTable({ columns: READING_COLUMNS, rows: readings, width, paint })]),
    [paint(asOfText(answer), "muted")],
  ];
  io.stdout.write(`${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`);
}

const READINGS_SHOWN = 50;

const marked = ({ mark: { sign, word, tone } }: Pick<ReadingRow, "mark">) => ({ text: `${sign} ${word}`, tone });

const RULE_COLUMNS: readonly TextColumn<HaltRuleView>[] = [
  { title: "RULE", cell: ({ name }) => plain(name) },
  { title: "STATE", cell: (rule) => marked(ruleRow(rule)) },
  { title: "WHEN", cell: (rule) => plain(ruleRow(rule).when) },
  { title: "THEN", cell: (rule) => plain(ruleRow(rule).does), min: 20 },
  { title: "WATCHES", cell: (rule) => plain(ruleRow(rule).watches), spare: 1 },
  { title: "ONLY", cell: (rule) => plain(ruleRow(rule).only), spare: 2 },
  { title: "SET IN", cell: (rule) => ruleRow(rule).source },
];

const READING_COLUMNS: readonly TextColumn<ReadingRow>[] = [
  { title: "OF", cell: ({ subject }) => plain(subject) },
  { title: "RULE", cell: ({ rule }) => plain(rule) },
  { title: "STATE", cell: marked },
  { title: "NOW", cell: ({ value }) => value, right: true },
  { title: "LIMIT", cell: ({ limit }) => plain(limit), right: true },
  { title: "SO", cell: ({ meaning }) => plain(meaning), min: 20 },
];

async function set(name: string, flags: SetFlags, io: CommandIo): Promise<void> {
  const hub = controlHub(flags, io.environment);
  if (!hub.ok) return failCommand(io, hub.error, 2);
  const rules = await rulesOf(hub.value);
  if (!rules.ok) return failCommand(io, rules.error, 1);
  const before = rules.value.find((rule) => rule.name === name);
  const rule = ruleWith(name, flags, before);
  if (!rule.ok) return failCommand(io, rule.error, 2);
  const sent = { body: rule.value, via: "command_line" };
  const done =
    before === undefined
      ? await postHub(hub.value, PATH, sent)
      : await postHub(hub.value, `${PATH}/${name}`, { ...sent, method: "PUT", seenSeq: before.seq });
  if (!done.ok) return failCommand(io, done.error.message, 1);
  io.stdout.write(`${before === undefined ? "Set" : "Changed"} ${name}.\n`);
}

/** The rule that the flags say, over the one that is there; an error says what is wrong. */
function ruleWith(name: string, flags: SetFlags, before: HaltRuleView | undefined): Result<HaltRuleTerms, string> {
  const metric = flags.metric ?? before?.metric;
  if (metric === undefined) return err(`there is no rule ${printable(name)} yet: say its --metric and --limit`);
  if (flags.limit === undefined && metric !== before?.metric) return err(`say the --limit of ${metric}`);
  if (flags.on === true && flags.off === true) return err("say --on or --off, not both");
  const parsed = haltRule.safeParse({
    ...{ scope: "bot", action: "halt", mode: "live", of: [], resume: "never", enabled: true },
    ...(before === undefined ? {} : termsOf(before)),
    ...{ name, metric, unit: RULE_METRICS[metric].unit },
    ...saidBy(flags),
  });
  if (parsed.success) return ok(parsed.data);
  const [issue] = parsed.error.issues;
  return err(`${issue?.path.map(String).join(".") ?? "the rule"}: ${printable(issue?.message ?? "is not one")}`);
}

/** The fields of a rule that the flags name. */
const saidBy = ({ scope, action, mode, of, limit, resumeAfter, on, off }: SetFlags): object => ({
  ...defined({ scope, action, mode }),
  ...(limit === undefined ? {} : { limit: limitOf(limit) }),
  ...(of === undefined ? {} : { of: of.join() === "all" ? [] : of }),
  ...(resumeAfter === undefined ? {} : { resume: resumeOf(resumeAfter) }),
  ...(on === true || off === true ? { enabled: on === true } : {}),
});

const termsOf = (rule: HaltRuleView): HaltRuleTerms => {
  const { name, metric, unit, limit, scope, of, mode, action, resume, enabled } = rule;
  return { name, metric, unit, limit, scope, of, mode, action, resume, enabled };
};

const defined = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** `3%` is 0.03. */
function limitOf(text: string): number {
  const percent = /^([0-9.]+) ?%$/.exec(text.trim())?.[1];
  return percent === undefined ? Number(text) : Number((Number(percent) / 100).toPrecision(12));
}

const resumeOf = (text: string): HaltRuleTerms["resume"] =>
  text === "never" ? "never" : { when_clear_for_s: Number(text) };

async function remove(name: string, flags: RemoveFlags, io: CommandIo): Promise<void> {
  const hub = controlHub(flags, io.environment);
  if (!hub.ok) return failCommand(io, hub.error, 2);
  if (flags.yes !== true && !(await isAgreed(name, io))) return undefined;
  const done = await postHub(hub.value, `${PATH}/${encodeURIComponent(name)}`, {
    method: "DELETE",
    via: "command_line",
  });
  if (!done.ok) return failCommand(io, done.error.message, 1);
  io.stdout.write(`Removed ${printable(name)}. What it has halted stays halted until somebody resumes it.\n`);
}

async function isAgreed(name: string, io: CommandIo): Promise<boolean> {
  if (io.stdin.isTTY !== true) {
    failCommand(io, "there is no terminal to ask on: say --yes", 2);
    return false;
  }
  io.stderr.write(`Type ${printable(name)} to remove it: `);
  let text = "";
  for await (const chunk of io.stdin) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  if (text.trim() === name) return true;
  failCommand(io, "nothing was done", 1);
  return false;
}

async function rulesOf(hub: HubAddress): Promise<Result<readonly HaltRuleView[], string>> {
  const body = await readHub(hub, PATH);
  // A key that may only control may set a new rule, and is refused where there is one already.
  if (!body.ok) return body.error.status === 403 ? ok([]) : err(body.error.message);
  const answer = answerOf(haltRulesAnswer, body.value);
  return answer === undefined ? err(NOT_A_HUB) : ok(answer.rules);
}
