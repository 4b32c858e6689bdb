import type { HaltRuleView } from "../../../src/protocol/api-rules.ts";
import type { HaltRuleTerms } from "../../../src/protocol/halt-rule.ts";
import { RULE_METRICS } from "../../../src/protocol/rule-metrics.ts";

const iso = (ms: number): string => new Date(ms).toISOString();

type Reading = HaltRuleView["readings"][number];

/** One that is armed, one that has halted, one that waits to resume, one without data, one that is off. */
export function sampleHaltRules(nowMs: number): HaltRuleView[] {
  const armed = { state: "within", since: null, clear_since: iso(nowMs - 3_600_000), command_id: null } as const;
  const breached = { state: "breached", since: iso(nowMs - 360_000), clear_since: null } as const;
  const loss = (bot: string, value: number): Reading => ({ target: { bot }, bot, venue: null, value, ...armed });
  const rule: HaltRuleView = {
    ...{ name: "daily-loss", metric: "daily_loss_pct", unit: "ratio", breaches: "at_or_above", limit: 0.03 },
    ...{ scope: "bot", of: [], mode: "live", action: "halt", resume: "never", enabled: true },
    ...{ source: "file", set_by: null, set_at: iso(nowMs - 86_400_000), seq: 12, watched: 3 },
    readings: [loss("mm-btc", 0.021), loss("arb-1", 0.0042), loss("perp-eth", 0)],
  };
  const page = { source: "page", set_by: "Ada", set_at: iso(nowMs - 7_200_000) } as const;
  return [
    rule,
    {
      ...rule,
      ...{ name: "margin", metric: "margin_ratio", breaches: "below", limit: 0.2, scope: "desk", action: "flatten" },
      ...{ ...page, seq: 20, watched: 1 },
      readings: [
        {
          ...{ target: { all: true }, bot: "perp-eth", venue: null, value: null, state: "no_data", since: null },
          ...{ reason: "the bot does not report margin_ratio", clear_since: null, command_id: null },
        },
      ],
    },
    {
      ...rule,
      ...{ name: "peak", metric: "drawdown_pct", limit: 0.05, ...page, seq: 21, watched: 1 },
      resume: { when_clear_for_s: 900 },
      readings: [
        {
          ...loss("grid-doge", 0.031),
          ...{ clear_since: iso(nowMs - 200_000), command_id: "rule:peak:0011223344556677:1" },
        },
      ],
    },
    {
      ...rule,
      ...{ name: "row", metric: "consecutive_losses", unit: "count", limit: 6, action: "pause", ...page, seq: 22 },
      ...{ enabled: false, watched: 0, readings: [] },
    },
    {
      ...rule,
      ...{ name: "silent-feed", metric: "feed_age_s", unit: "seconds", limit: 30, scope: "venue", action: "pause" },
      ...{ resume: { when_clear_for_s: 120 }, ...page, seq: 23, watched: 2 },
      readings: [
        {
          ...{ target: { venue: "polymarket" }, bot: null, venue: "polymarket", value: 381, ...breached },
          command_id: "rule:silent-feed:0011223344556677:2",
        },
        {
          ...{ target: { venue: "kalshi" }, bot: null, venue: "kalshi", value: 31, ...breached },
          command_id: "rule:silent-feed:8899aabbccddeeff:3",
        },
      ],
    },
  ];
}

/** A rule as it is once it was set: it has looked at nothing yet. */
export const ruleAsSet = (rule: HaltRuleTerms, before: HaltRuleView | undefined): HaltRuleView => ({
  ...rule,
  breaches: RULE_METRICS[rule.metric].breaches,
  ...{ source: "page", set_by: "Ada", set_at: iso(Date.now()), seq: (before?.seq ?? 30) + 1 },
  ...{ watched: 0, readings: [] },
});
