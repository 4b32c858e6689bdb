import { ensure } from "../base/assert.ts";
import { type Clock, isoFromMicros } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import { instrumentKey } from "../engine/desk-state.ts";
import type { State } from "../engine/fold.ts";
import { type HaltRule, isSameRule } from "../engine/rules/rule.ts";
import { HUB_BOT } from "../engine/read-bots.ts";
import type { Declared } from "../protocol/declared.ts";
import { envelope } from "../protocol/define.ts";
import type { DeskEvent } from "../protocol/event-types.ts";
import type { HaltRuleTerms } from "../protocol/halt-rule.ts";
import { parseEvent } from "../protocol/parse-event.ts";
import type { Ingest } from "./ingest.ts";
import { StoreUnavailable } from "./ports.ts";

export interface DeclareParts {
  readonly state: State;
  readonly ingest: Pick<Ingest, "submit">;
  readonly clock: Clock;
  readonly mode: Mode;
}

const BATCH = 500;

/** What the configuration file says; what the log has of an earlier one stays where this says nothing. */
export interface OfFile {
  readonly declared?: Declared;
  readonly haltRules?: readonly HaltRuleTerms[];
  /** Told in words of what gave way to the file. */
  readonly onNotice?: (text: string) => void;
}

/**
 * Tells the log what the configuration file says, where that differs from what it said before: from there on these are
 * facts like others, so that a replay, and a new fold of the log, know what held when. Rejects with `StoreUnavailable`,
 * before the hub has taken any event on other terms.
 */
export async function declareFile(parts: DeclareParts, { declared, haltRules, onNotice }: OfFile): Promise<void> {
  if (declared !== undefined) await declare(parts, declared);
  if (haltRules !== undefined) await declareRules(parts, haltRules, onNotice);
}

async function declare(parts: DeclareParts, declared: Declared): Promise<void> {
  await tell(parts, differences(parts.state, declared));
}

/** The file holds over a rule of the page that has the name of one of its own. */
async function declareRules(
  parts: DeclareParts,
  rules: readonly HaltRuleTerms[],
  onNotice: OfFile["onNotice"],
): Promise<void> {
  const before = parts.state.desk.rules;
  const wanted = new Set(rules.map(({ name }) => name));
  const replaced = rules.map(({ name }) => name).filter((name) => before.get(name)?.source === "page");
  const gone = [...before.values()].filter(({ name, source }) => source === "file" && !wanted.has(name));
  await tell(parts, [
    ...rules
      .filter((rule) => !isRuleOfFile(before.get(rule.name), rule))
      .map((rule) => ({ type: "rule.declared", bot: HUB_BOT, rule, source: "file" })),
    ...gone.map(({ name }) => ({ type: "rule.withdrawn", bot: HUB_BOT, name, source: "file" })),
  ]);
  if (replaced.length > 0)
    onNotice?.(
      `automatic_halts: the file holds over what was set on the page under the same name: ${replaced.join(", ")}`,
    );
}

const isRuleOfFile = (known: HaltRule | undefined, rule: HaltRuleTerms): boolean =>
  known?.source === "file" && isSameRule(known, rule);

async function tell(parts: DeclareParts, changes: readonly Said[]): Promise<void> {
  for (let from = 0; from < changes.length; from += BATCH) {
    const ts = isoFromMicros(parts.clock.now());
    const events = changes.slice(from, from + BATCH).map((said) => ({ value: { ...said, ts, mode: parts.mode } }));
    const done = await parts.ingest.submit(events, { speaker: "hub" });
    if (!done.ok) throw new StoreUnavailable(done.error.message);
    for (const item of done.value.items)
      if (item.kind === "rejected") throw new Error(`the hub refused its own event: ${item.rejection.message}`);
  }
}

type Said = Readonly<Record<string, unknown>>;

function differences({ desk }: State, { instruments, rates, limits }: Declared): Said[] {
  const changes: Said[] = [];
  const wanted = new Set<string>();
  for (const entry of instruments) {
    const key = instrumentKey(entry.venue, entry.symbol);
    wanted.add(key);
    const said = { type: "instrument.declared", bot: HUB_BOT, ...entry };
    if (contentOf(desk.declared.get(key)) !== contentOf(canonical(said))) changes.push(said);
  }
  for (const [key, { venue, symbol }] of desk.declared)
    if (!wanted.has(key)) changes.push({ type: "instrument.withdrawn", bot: HUB_BOT, venue, symbol });
  return [...changes, ...rateDifferences(desk.declaredRates, rates), ...limitDifferences(desk.limits, limits)];
}

function limitDifferences(before: ReadonlyMap<string, number>, limits: Declared["limits"]): Said[] {
  const wanted = new Map(Object.entries(limits));
  return [...new Set([...before.keys(), ...wanted.keys()])]
    .filter((metric) => before.get(metric) !== wanted.get(metric))
    .map((metric) => ({ type: "limit.declared", bot: HUB_BOT, metric, limit: wanted.get(metric) }));
}

function rateDifferences(before: ReadonlyMap<string, string>, rates: Declared["rates"]): Said[] {
  const changes: Said[] = [];
  const wanted = new Set<string>();
  for (const { currency, per, price } of rates) {
    const key = `${currency}\t${per}`;
    wanted.add(key);
    const said = { type: "rate.declared", bot: HUB_BOT, currency, per, price };
    const canonicalRate = canonical(said);
    if (canonicalRate.type !== "rate.declared" || before.get(key) !== canonicalRate.price) changes.push(said);
  }
  for (const key of before.keys()) {
    const [currency = "", per = ""] = key.split("\t");
    if (!wanted.has(key)) changes.push({ type: "rate.declared", bot: HUB_BOT, currency, per });
  }
  return changes;
}

/** As the log would hold it. */
function canonical(said: Said): DeskEvent {
  const parsed = parseEvent({ ...said, ts: "1970-01-01T00:00:00Z" }, "hub");
  return ensure(parsed.ok ? parsed.value : undefined, "a declaration of the configuration is not an event");
}

const ENVELOPE = new Set(Object.keys(envelope));

/** The fields of an event besides who said it and when, in order of their names. */
const contentOf = (event: Said | undefined): string =>
  JSON.stringify(
    Object.entries(event ?? {})
      .filter(([name, value]) => value !== undefined && !ENVELOPE.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
