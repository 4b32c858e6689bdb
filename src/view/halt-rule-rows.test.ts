import { describe, expect, test } from "vitest";
import { sampleHaltRules } from "../../test/support/fake-hub/sample-halt-rules.ts";
import { ensure } from "../base/assert.ts";
import { haltRule } from "../protocol/halt-rule.ts";
import { ruleMetrics } from "../protocol/rule-metrics.ts";
import { draftOf, newDraft, ruleOf } from "./halt-rule-draft.ts";
import { inUnit, readingRows, ruleRow, rulesInOrder } from "./halt-rule-rows.ts";

const NOW = Date.UTC(2026, 1, 24);
const sample = (name: string) =>
  ensure(
    sampleHaltRules(NOW).find((rule) => rule.name === name),
    name,
  );

describe("a rule in words", () => {
  test("says when it acts, what it does, what it watches, and where it was set", () => {
    expect(rulesInOrder(sampleHaltRules(NOW)).map(ruleRow)).toMatchObject([
      {
        ...{ mark: { word: "breached" }, when: "silence of the feed at or over 30 s", watches: "2 · 2 breached" },
        ...{ does: "pauses the venue; resumes after 2 min within", source: { text: "page · Ada" } },
      },
      {
        mark: { word: "cooling" },
        when: "drawdown at or over 5 %",
        does: "halts the bot; resumes after 15 min within",
      },
      { mark: { word: "no data" }, when: "margin ratio below 0.2", watches: "1 · 1 without data" },
      { mark: { word: "armed" }, does: "halts the bot; never resumes by itself", source: { text: "file" } },
      { mark: { word: "off" }, when: "losses in a row at or over 6", watches: "nothing" },
    ]);
  });

  test("names what it is restricted to, and the mode when that is not live", () => {
    expect(ruleRow({ ...sample("peak"), of: ["a", "b", "c", "d", "e"], mode: "paper" }).only).toBe(
      "paper bots; only a, b, c and 2 more",
    );
    expect(ruleRow(sample("peak")).only).toBe("");
  });

  test("is armed where it watches nothing yet, and holds where nothing lifts its command", () => {
    expect(ruleRow({ ...sample("daily-loss"), watched: 0, readings: [] })).toMatchObject({
      mark: { word: "armed" },
      watches: "nothing yet",
    });
    expect(ruleRow({ ...sample("peak"), resume: "never" }).mark.word).toBe("holding");
  });
});

describe("what rules read", () => {
  test("stands in order of what needs a look, with how much of the limit is used", () => {
    const rows = readingRows(sampleHaltRules(NOW), NOW);
    expect(rows.map(({ rule, subject, value, limit, used }) => [rule, subject, value.text, limit, used])).toEqual([
      ["silent-feed", "polymarket", "6 min 21 s", "≥ 30 s", 1],
      ["silent-feed", "kalshi", "31 s", "≥ 30 s", 1],
      ["peak", "grid-doge", "3.1 %", "≥ 5 %", expect.closeTo(0.62)],
      ["margin", "perp-eth", "—", "< 0.2", undefined],
      ["daily-loss", "mm-btc", "2.1 %", "≥ 3 %", expect.closeTo(0.7)],
      ["daily-loss", "arb-1", "0.42 %", "≥ 3 %", expect.closeTo(0.14)],
      ["daily-loss", "perp-eth", "0 %", "≥ 3 %", 0],
    ]);
    expect(rows[3]?.value.reason).toBe("the bot does not report margin_ratio");
  });

  test("says what holds and until when", () => {
    const [breached, , cooling, blind] = readingRows(sampleHaltRules(NOW), NOW);
    expect(breached?.meaning).toBe("for 6 min; its pause of venue polymarket holds");
    expect(cooling?.meaning).toBe("its halt of grid-doge holds; resumes in 11 min 40 s if it stays within");
    expect(blind?.meaning).toBe("neither halts nor resumes without a value");
    const [late] = readingRows([sample("peak")], NOW + 3_600_000);
    expect(late?.meaning).toBe("its halt of grid-doge holds; resumes once nothing else holds");
    const [lifted] = readingRows(
      [
        {
          ...sample("silent-feed"),
          readings: sample("silent-feed").readings.map((each) => ({ ...each, command_id: null })),
        },
      ],
      NOW,
    );
    expect(lifted?.meaning).toBe(
      "for 6 min; no command of this rule stands: somebody lifted it, or something else holds",
    );
  });

  test("is used up where a margin is gone", () => {
    const [gone] = readingRows(
      [{ ...sample("margin"), readings: sample("margin").readings.map((each) => ({ ...each, value: 0 })) }],
      NOW,
    );
    expect(gone?.used).toBe(1);
  });
});

describe("a form", () => {
  test("begins with what fits the schema, and gives back the rule that it shows", () => {
    for (const metric of ruleMetrics) {
      const rule = ruleOf(newDraft(metric, []), true);
      expect(haltRule.safeParse(rule)).toMatchObject({ success: true, data: rule });
    }
    for (const rule of sampleHaltRules(NOW)) expect(rule).toMatchObject(ruleOf(draftOf(rule), rule.enabled));
    const peak = sample("peak");
    expect(ruleOf(draftOf({ ...peak, limit: 0.07 }), true)).toMatchObject({ limit: 0.07, resume: peak.resume });
  });

  test("suggests 3 % and 5 %, as ratios of 0.03 and 0.05", () => {
    expect([newDraft("daily_loss_pct", []).limit, newDraft("drawdown_pct", []).limit]).toEqual(["3", "5"]);
    expect(ruleOf(newDraft("daily_loss_pct", []), true).limit).toBe(0.03);
    expect(ruleOf(newDraft("drawdown_pct", []), true).limit).toBe(0.05);
  });

  test("takes names with commas, each once, and a comma for a point", () => {
    const draft = { ...newDraft("margin_ratio", []), of: " a, b,a ,, c", limit: "0,25" };
    expect(ruleOf(draft, false)).toMatchObject({ of: ["a", "b", "c"], limit: 0.25, enabled: false });
  });

  test("finds a name that no rule has", () => {
    expect(newDraft("drawdown_pct", ["drawdown", "drawdown-2"]).name).toBe("drawdown-3");
  });
});

test("values are in the units that people read", () => {
  expect(inUnit({ metric: "daily_loss_pct" }, 0.0304)).toBe("3.04 %");
  expect(inUnit({ metric: "drawdown_pct" }, 0.00012345)).toBe("0.0123 %");
  expect(inUnit({ metric: "feed_age_s" }, 120)).toBe("2 min");
  expect(inUnit({ metric: "consecutive_losses" }, 12_345)).toBe("12,345");
});
