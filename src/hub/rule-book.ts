import { err, ok, type Result } from "../base/result.ts";
import type { Clock } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import type { State } from "../engine/fold.ts";
import { HUB_BOT } from "../engine/read-bots.ts";
import { type HaltRule, isSameRule } from "../engine/rules/rule.ts";
import type { HaltRuleTerms } from "../protocol/halt-rule.ts";
import { HALT_RULES_MAX } from "../protocol/rule-metrics.ts";
import type { Caller } from "./control.ts";
import { ControlLog, type NotStored } from "./control/control-log.ts";
import type { Ingest } from "./ingest.ts";

export interface RuleBookParts {
  readonly state: State;
  readonly ingest: Pick<Ingest, "submit">;
  readonly clock: Clock;
  readonly mode: Mode;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** Why a rule was not set or removed. */
export interface RuleRefusal {
  readonly code: "not_found" | "conflict" | NotStored["code"];
  readonly message: string;
}

/** What a rule was and is; undefined where there was, or is, none. */
export interface RuleChange {
  readonly before: HaltRule | undefined;
  readonly after: HaltRule | undefined;
}

/** What has to hold for a change to be made. */
export interface RuleCondition {
  /** There is no rule of that name yet. */
  readonly isNew?: boolean;
  /** It is still as the caller saw it. */
  readonly seq?: number | undefined;
}

type Setter = Pick<Caller, "by" | "kind" | "id" | "via">;

/**
 * Rules as they are set by people and keys while the hub runs: each change is a fact of the log before its caller hears of
 * it. Those of the configuration file are changed there. A demo desk has none: nothing is halted in it but by hand.
 */
export class RuleBook {
  readonly #parts: RuleBookParts;
  readonly #log: ControlLog;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: RuleBookParts) {
    this.#parts = parts;
    this.#log = new ControlLog(parts);
  }

  /** Sets a rule, in place of the one of its name; resolves when it is on disk. The same again changes nothing. */
  set(rule: HaltRuleTerms, by: Setter, condition: RuleCondition = {}): Promise<Result<RuleChange, RuleRefusal>> {
    return this.#inTurn(async () => {
      const before = this.#rules.get(rule.name);
      const refused = this.#refused(before, condition) ?? this.#refusedAsOneMore(rule, before, condition);
      if (refused !== undefined) return err(refused);
      if (before !== undefined && isSameRule(before, rule)) return ok({ before, after: before });
      return this.#keep(rule.name, { type: "rule.declared", rule, ...saidBy(by) });
    });
  }

  /** Removes a rule; resolves when that is on disk. A command of it that stands goes on to hold. */
  remove(name: string, by: Setter, condition: RuleCondition = {}): Promise<Result<RuleChange, RuleRefusal>> {
    return this.#inTurn(async () => {
      const before = this.#rules.get(name);
      if (before === undefined) return err(notFound(name));
      const refused = this.#refused(before, condition);
      if (refused !== undefined) return err(refused);
      return this.#keep(name, { type: "rule.withdrawn", name, ...saidBy(by) });
    });
  }

  get #rules(): ReadonlyMap<string, HaltRule> {
    return this.#parts.state.desk.rules;
  }

  #refused(before: HaltRule | undefined, { seq }: RuleCondition): RuleRefusal | undefined {
    if (this.#parts.mode === "demo")
      return conflict("A demo desk halts nothing by itself: set rules on a desk of your own.");
    if (before?.source === "file")
      return conflict(`The rule ${before.name} is of the configuration file: change it there, or choose another name.`);
    if (seq !== undefined && seq !== before?.seq)
      return conflict("Somebody has changed this rule since you saw it: look at it again.");
    return undefined;
  }

  #refusedAsOneMore(
    { name }: HaltRuleTerms,
    before: HaltRule | undefined,
    { isNew = false }: RuleCondition,
  ): RuleRefusal | undefined {
    if (before !== undefined)
      return isNew ? conflict(`There is a rule ${name} already: choose another name.`) : undefined;
    return this.#rules.size < HALT_RULES_MAX
      ? undefined
      : conflict(`There are ${this.#rules.size} rules, and ${HALT_RULES_MAX} are the most: delete one first.`);
  }

  async #keep(name: string, said: object): Promise<Result<RuleChange, RuleRefusal>> {
    const before = this.#rules.get(name);
    const { mode } = this.#parts;
    const done = await this.#log.store([{ bot: HUB_BOT, mode, source: "page", ...said }]);
    if (!done.ok)
      return err({ code: done.error.code, message: `${done.error.message}: nothing was changed; ask again.` });
    return ok({ before, after: this.#rules.get(name) });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

const saidBy = ({ by, kind, id, via }: Setter): object => ({
  ...{ by, by_kind: kind, via },
  ...(id === undefined ? {} : { by_id: id }),
});

const conflict = (message: string): RuleRefusal => ({ code: "conflict", message });
const notFound = (name: string): RuleRefusal => ({ code: "not_found", message: `There is no rule ${name}.` });
