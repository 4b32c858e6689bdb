import type { Micros } from "../../src/base/time.ts";
import type { State } from "../../src/engine/fold.ts";
import {
  eachReading,
  evaluateRules,
  NO_MEMORY,
  type RuleCommand,
  type RuleMemory,
} from "../../src/engine/rules/evaluate-rules.ts";
import type { HaltRule } from "../../src/engine/rules/rule.ts";
import type { RuleContext } from "../../src/engine/rules/rule-values.ts";
import { SinceStart } from "../../src/engine/rules/since-start.ts";
import type { measured } from "../../src/metrics/measure.ts";
import { at, FoldedDesk } from "./folded-desk.ts";

/** A rule to begin with. */
export const DAILY: HaltRule = {
  ...{ name: "daily", metric: "daily_loss_pct", unit: "ratio", limit: 0.03, scope: "bot", of: [], mode: "live" },
  ...{ action: "halt", resume: "never", enabled: true },
  ...{ source: "file", by: undefined, since: at(0), seq: 0 },
};

/** One look at rules. */
export function looked(state: State, rules: readonly HaltRule[], context: RuleContext, memory: RuleMemory) {
  const readings = [...eachReading(state, rules, context)];
  return { ...evaluateRules(state, { rules, context, memory, readings }), readings };
}

/** A fold, and rules that are looked at; what they ask for is folded as the hub would. */
export class RuleDesk extends FoldedDesk {
  now = 0;
  memory: RuleMemory = NO_MEMORY;
  streaks = new Map<string, ReturnType<typeof measured>>();
  hubSince: Micros = at(0);
  sinceStart = new SinceStart(this.state);
  readonly #taken = new Set<string>();
  #ids = 0;

  bot(bot = "mm", more: object = {}): this {
    return this.fact(this.now, { type: "bot.started", bot, status: "running", mode: "live", ...more });
  }

  /** Of the newest fact. */
  get seq(): number {
    return this.state.desk.seq;
  }

  later(): this {
    this.now++;
    return this;
  }

  risk(said: object, bot = "mm"): this {
    return this.fact(this.now, { type: "risk", bot, ...said });
  }

  command(action: string, target: object, by = "ann", id = `c${++this.#ids}`): this {
    const bots = "bot" in target ? [target.bot] : [...this.state.bots.keys()].filter((name) => name !== "deskwatch");
    return this.fact(this.now, {
      ...{ type: "command.issued", bot: "deskwatch", command_id: id, action, target, bots },
      ...{ by, via: by.startsWith("rule:") ? "rule" : "api", reason: "test" },
    });
  }

  context(): RuleContext {
    const { hubSince, streaks, sinceStart } = this;
    return { now: at(this.now), hubSince, streaks, sinceStart };
  }

  /** The hub starts again: what it remembers is gone. */
  restart(): this {
    this.memory = NO_MEMORY;
    this.sinceStart = new SinceStart(this.state);
    this.hubSince = at(this.now);
    return this;
  }

  /** Looks a second later, and folds what is asked for. */
  look(...rules: HaltRule[]): ReturnType<typeof looked> {
    this.now++;
    const proposed = looked(this.state, rules, this.context(), this.memory);
    this.memory = proposed.memory;
    for (const alert of proposed.alerts) this.fact(this.now, { ...alert });
    this.#take(proposed.commands);
    return proposed;
  }

  /** As the hub does: a `command_id` that is known changes nothing, and one that is kept no more is refused. */
  #take(commands: readonly RuleCommand[]): void {
    for (const { rule, request } of commands) {
      const id = request.command_id ?? "";
      if (this.#taken.has(id)) continue;
      this.#taken.add(id);
      this.command(request.action, request.target, `rule:${rule.name}`, id);
    }
  }

  /** The commands asked for at this look, as words. */
  asked(...rules: HaltRule[]): string[] {
    return this.look(...rules).commands.map(
      ({ request }) => `${request.action} ${Object.entries(request.target).join()}: ${request.reason}`,
    );
  }
}
