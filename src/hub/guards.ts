import type { Compared } from "../engine/reconcile/compared.ts";
import type { AccountStatus } from "./account-reader.ts";
import type { HaltRuleTerms } from "../protocol/halt-rule.ts";
import type { HaltRuleView } from "../protocol/api-rules.ts";
import { type RuleRunner, type RuleRunnerParts, startRules } from "./rule-runner.ts";
import { startVenueAccounts, type VenueAccounts, type VenueAccountsParts } from "./venue-accounts.ts";
import type { VenueAccount } from "./venue-view.ts";

export interface GuardOptions {
  /** Accounts at venues that are read for proof and reconciliation; closed with the hub. */
  readonly venueAccounts?: readonly VenueAccount[];
  /** Rules of the configuration file that ask for commands by themselves; those of an earlier file stay when absent. */
  readonly haltRules?: readonly HaltRuleTerms[];
  /** Told in words of what changes with accounts at venues. */
  readonly onNotice?: (text: string) => void;
}

type Parts = GuardOptions & Omit<RuleRunnerParts & VenueAccountsParts, "accounts" | "onNotice">;

/** What looks at the desk from outside of it: accounts that are read at venues, and rules that halt. */
export class Guards {
  #accounts: VenueAccounts | undefined;
  #rules: RuleRunner | undefined;

  /** Begins to look, once everything that they need is there. */
  start(parts: Parts): void {
    this.#accounts = startVenueAccounts({ ...parts, accounts: parts.venueAccounts ?? [], onNotice: parts.onNotice });
    this.#rules = startRules(parts);
  }

  readonly accounts = (): AccountStatus[] => this.#accounts?.status() ?? [];

  readonly fees = (): readonly Compared[] => this.#accounts?.fees() ?? [];

  readonly haltRules = (): HaltRuleView[] => this.#rules?.rules() ?? [];

  stop(): void {
    this.#rules?.stop();
    this.#accounts?.stop();
  }
}
