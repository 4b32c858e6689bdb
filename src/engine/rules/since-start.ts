import type { Measure } from "../../metrics/measure.ts";
import type { OpenAlert } from "../desk-state.ts";
import { foldedSeq, type State } from "../fold.ts";
import type { RuleSubject } from "./rule.ts";

/** What a value rests on: other than before, by identity, once anything new was heard of it. */
type Basis = readonly unknown[];

/**
 * Tells what was heard since the hub began. Between two values that are stored, bots say many that are not: after a start
 * the newest that is known may be older than the breach that was told, and must not end it.
 */
export class SinceStart {
  readonly #startSeq: number;
  /** By alert, what was known first; undefined once something else was. */
  readonly #first = new Map<string, Basis | undefined>();

  constructor(state: State) {
    this.#startSeq = foldedSeq(state);
  }

  /** Whether nothing was heard since the start of what a breach is of that was told before it. To be asked at each look. */
  isSilent(state: State, alert: OpenAlert | undefined, { subject, measure }: Found): boolean {
    if (alert === undefined || alert.seq > this.#startSeq) return false;
    const basis = basisOf(state, subject, measure);
    if (!this.#first.has(alert.alertId)) this.#first.set(alert.alertId, basis);
    const first = this.#first.get(alert.alertId);
    if (first?.every((part, index) => part === basis[index]) === true) return true;
    this.#first.set(alert.alertId, undefined);
    return false;
  }
}

interface Found {
  readonly subject: RuleSubject;
  readonly measure: Measure;
}

function basisOf(state: State, { bot }: RuleSubject, { value }: Measure): Basis {
  if (bot === undefined) return [value];
  return [value, state.samples.risk.get(bot), state.bots.get(bot)?.risk, state.samples.said.get(bot)];
}
