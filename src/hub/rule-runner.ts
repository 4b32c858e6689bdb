import { type Clock, MICROS_PER_SECOND, type Micros } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import type { State } from "../engine/fold.ts";
import {
  evaluateRules,
  NO_MEMORY,
  type RuleCommand,
  type RuleReading,
  eachReading,
  type RuleMemory,
} from "../engine/rules/evaluate-rules.ts";
import { OwnCommands } from "../engine/rules/own-commands.ts";
import { type HaltRule, SPEAKER, speakerOf } from "../engine/rules/rule.ts";
import type { RuleContext } from "../engine/rules/rule-values.ts";
import { SinceStart } from "../engine/rules/since-start.ts";
import { type Measure, measured, unknown } from "../metrics/measure.ts";
import type { HaltRuleView } from "../protocol/api-rules.ts";
import type { Control } from "./control.ts";
import type { Ingest } from "./ingest.ts";
import { StoreUnavailable } from "./ports.ts";
import type { Query } from "./query.ts";
import { ruleView } from "./rule-view.ts";
import type { Timers } from "./timers.ts";

export interface RuleRunnerParts {
  readonly state: State;
  readonly ingest: Pick<Ingest, "submit">;
  readonly control: Pick<Control, "issue">;
  readonly query: Pick<Query, "metric">;
  readonly clock: Clock;
  readonly timers: Pick<Timers, "every" | "after" | "breathe">;
  /** What the desk is: of a demo nothing is halted by itself. */
  readonly defaultMode?: Mode;
  readonly onProblem: (what: string, error: unknown) => void;
}

const LOOK_EVERY_MS = 1_000;
/** Stored fills are read for bots that do not report their losses in a row, this often and for so many bots at most. */
const STREAKS_EVERY_MICROS = 5 * MICROS_PER_SECOND;
const STREAK_BOTS_MAX = 100;
/** Readings of one piece: some ms. */
const PIECE = 100;
/** So many are read anew for whoever asks: some ms. */
const FRESH_MAX = 2_000;
/** A command is asked for when its breach could not be stored within so long. */
const STORE_WAIT_MS = 500;

export interface RuleRunner {
  readonly rules: () => HaltRuleView[];
  readonly stop: () => void;
}

/** Looks at the rules that are set each second; a breach is in the log before its command, unless the store is away. */
export function startRules(parts: RuleRunnerParts): RuleRunner {
  if (parts.defaultMode === "demo") return { rules: () => [], stop: () => undefined };
  const runner = new Rules(parts);
  return { rules: () => runner.views(), stop: parts.timers.every(LOOK_EVERY_MS, () => runner.look()) };
}

class Rules {
  readonly #parts: RuleRunnerParts;
  readonly #since: Micros;
  readonly #sinceStart: SinceStart;
  #memory: RuleMemory = NO_MEMORY;
  #newest: readonly RuleReading[] = [];
  #streaks: ReadonlyMap<string, Measure> = new Map();
  #streaksAt = Number.NEGATIVE_INFINITY;
  #isReadingStreaks = false;
  #isTelling = false;
  readonly #asking = new Set<string>();

  constructor(parts: RuleRunnerParts) {
    this.#parts = parts;
    this.#since = parts.clock.now();
    this.#sinceStart = new SinceStart(parts.state);
  }

  /** Looks once, and asks for what follows. It waits for no store: neither the fills that it reads nor what it tells. */
  async look(): Promise<void> {
    const { state, onProblem } = this.#parts;
    if (state.desk.rules.size === 0 && !hasRuleAlerts(state)) return;
    try {
      void this.#readStreaks();
      const context = this.#context();
      const all = await this.#readAll(context);
      const rules = this.#rules;
      // A rule may have been changed or switched off meanwhile: it asks for nothing as it was.
      const readings = all.filter(({ rule }) => this.#isCurrent(rule));
      const proposed = evaluateRules(state, { rules, context, memory: this.#memory, readings });
      this.#memory = proposed.memory;
      this.#newest = readings;
      await Promise.race([this.#tell(proposed.alerts), this.#after(STORE_WAIT_MS)]);
      for (const command of proposed.commands) void this.#ask(command);
    } catch (error) {
      onProblem("looking at the rules", error);
    }
  }

  /** What each rule reads now; of very many readings what was read at the newest look, at most some seconds ago. */
  views(): HaltRuleView[] {
    const { state } = this.#parts;
    const rules = this.#rules;
    const shown = { own: new OwnCommands(state.desk), within: this.#memory.within };
    const readings = this.#newest.length > FRESH_MAX ? this.#newest : [...eachReading(state, rules, this.#context())];
    const byRule = Map.groupBy(readings, ({ rule }) => rule);
    return rules.map((rule) => ruleView(rule, byRule.get(rule) ?? [], shown));
  }

  get #rules(): HaltRule[] {
    return [...this.#parts.state.desk.rules.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #isCurrent(rule: HaltRule): boolean {
    return this.#parts.state.desk.rules.get(rule.name) === rule;
  }

  #after(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#parts.timers.after(() => resolve(), ms);
    });
  }

  /** Reads in pieces: nobody waits behind the rules of a thousand bots. */
  async #readAll(context: RuleContext): Promise<RuleReading[]> {
    const { state, timers } = this.#parts;
    const readings: RuleReading[] = [];
    for (const reading of eachReading(state, this.#rules, context))
      if (readings.push(reading) % PIECE === 0) await timers.breathe();
    return readings;
  }

  #context(): RuleContext {
    return {
      now: this.#parts.clock.now(),
      hubSince: this.#since,
      streaks: this.#streaks,
      sinceStart: this.#sinceStart,
    };
  }

  /** While what was told before is not stored yet, nothing more is told: it is found again at the next look. */
  async #tell(alerts: readonly object[]): Promise<void> {
    if (alerts.length === 0 || this.#isTelling) return;
    this.#isTelling = true;
    try {
      const done = await this.#parts.ingest.submit(
        alerts.map((value) => ({ value })),
        { speaker: "hub" },
      );
      if (!done.ok) throw new StoreUnavailable(done.error.message);
      for (const item of done.value.items)
        if (item.kind === "rejected") throw new Error(`the hub refused its own event: ${item.rejection.message}`);
    } catch (error) {
      this.#parts.onProblem("telling of a breach", error);
    } finally {
      this.#isTelling = false;
    }
  }

  /** What is refused now is asked for again with the next look, for the breach still stands. */
  async #ask({ rule, request }: RuleCommand): Promise<void> {
    const { control, onProblem } = this.#parts;
    const id = request.command_id ?? "";
    if (this.#asking.has(id) || !this.#isCurrent(rule)) return;
    this.#asking.add(id);
    try {
      const done = await control.issue(request, { by: speakerOf(rule), via: "rule", kind: "rule" });
      if (!done.ok) onProblem(`the rule ${rule.name}`, new Error(done.error.message));
    } catch (error) {
      onProblem(`the rule ${rule.name}`, error);
    } finally {
      this.#asking.delete(id);
    }
  }

  /** In the background: what is known of them is at most some seconds old, and no halt waits for it. */
  async #readStreaks(): Promise<void> {
    const { clock, state } = this.#parts;
    const watching = this.#rules.filter(({ metric }) => metric === "consecutive_losses");
    const isDue = clock.now() - this.#streaksAt >= STREAKS_EVERY_MICROS;
    if (watching.length === 0 || !isDue || this.#isReadingStreaks) return;
    this.#streaksAt = clock.now();
    this.#isReadingStreaks = true;
    const streaks = new Map<string, Measure>();
    for (const { rule, subject, measure } of [...eachReading(state, watching, { ...this.#context(), streaks })]) {
      const { bot } = subject;
      if (bot === undefined || measure.value !== undefined || streaks.has(bot)) continue;
      streaks.set(bot, streaks.size < STREAK_BOTS_MAX ? await this.#lossesInARow(bot, rule) : TOO_MANY);
    }
    this.#streaks = streaks;
    this.#isReadingStreaks = false;
  }

  async #lossesInARow(bot: string, { mode }: HaltRule): Promise<Measure> {
    try {
      const streak = await this.#parts.query.metric("trade_streak", { bot, mode, window: "all" });
      if (typeof streak === "string") return unknown(streak);
      if (typeof streak.value !== "number") return unknown(streak.reason ?? "no trades");
      return measured(Math.max(0, -streak.value), streak.n);
    } catch (error) {
      return unknown(error instanceof Error ? error.message : String(error));
    }
  }
}

const TOO_MANY = unknown(
  `the stored fills of ${STREAK_BOTS_MAX} bots are read at most: let it report consecutive_losses`,
);

const hasRuleAlerts = ({ desk }: State): boolean =>
  [...desk.alerts.values()].some(({ rule }) => rule.startsWith(SPEAKER));
