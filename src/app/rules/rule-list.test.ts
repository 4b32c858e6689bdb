import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchDirectory } from "../../../test/support/scratch.ts";
import { loadConfig } from "../config.ts";

function loaded(...rules: string[]) {
  const config = join(scratchDirectory(), "deskwatch.yaml");
  writeFileSync(config, `automatic_halts:\n${rules.map((rule) => `  - { ${rule} }\n`).join("")}`);
  return loadConfig({ config }, {});
}

const DAILY = "name: daily, metric: daily_loss_pct, unit: ratio, limit: 0.03, scope: bot, action: halt";

test("no rule watches anything until it stands in the file", () => {
  const nothing = loadConfig({ config: "/dev/null" }, {});
  expect(nothing).toMatchObject({ ok: true, value: { haltRules: [] } });
});

test("a rule never resumes unless it says so", () => {
  expect(loaded(DAILY, `${DAILY.replace("daily", "other")}, resume: { when_clear_for_s: 60 }`)).toMatchObject({
    ok: true,
    value: {
      haltRules: [
        { name: "daily", limit: 0.03, of: [], mode: "live", resume: "never", enabled: true },
        { name: "other", resume: { when_clear_for_s: 60 } },
      ],
    },
  });
});

test.each([
  [DAILY.replace("ratio", "percent"), /automatic_halts\[0\]\.unit/],
  [DAILY.replace("unit: ratio", "unit: seconds"), /unit: expected ratio, the unit of daily_loss_pct, found seconds/],
  [DAILY.replace("0.03", "3"), /limit: expected a ratio of 1 at most \(0\.03 is 3 %\), found 3/],
  [
    DAILY.replace("scope: bot", "scope: venue"),
    /scope: expected one of bot, strategy, desk for daily_loss_pct, found venue/,
  ],
  [
    DAILY.replace("scope: bot", "scope: desk, mode: paper"),
    /scope: expected bot for paper bots, for wider ones hold live bots too, found desk/,
  ],
  [`${DAILY}, mode: demo`, /automatic_halts\[0\]\.mode/],
  [`${DAILY}, of: ["a\\u0001b"]`, /automatic_halts\[0\]\.of/],
  [
    "name: feed, metric: feed_age_s, unit: seconds, limit: 604801, scope: venue, action: pause",
    /limit: expected 604800 seconds at most, found 604801/,
  ],
  [DAILY.replace("scope: bot", "scope: desk, of: [a]"), /of: expected none/],
  [DAILY.replace("action: halt", "action: resume"), /automatic_halts\[0\]\.action/],
  [`${DAILY}, resume: always`, /resume: expected never, or \{ when_clear_for_s: N \}/],
  [DAILY.replace("name: daily", "name: Daily Loss"), /name: expected 1 to 24 of a-z 0-9 -/],
  [
    "name: row, metric: consecutive_losses, unit: count, limit: 2.5, scope: bot, action: pause",
    /limit: expected a whole number, found 2\.5/,
  ],
])("%s is refused with what is wrong", (rule, message) => {
  const result = loaded(rule);
  expect(result.ok ? "" : result.error).toMatch(message);
});

test("each rule has a name of its own", () => {
  const result = loaded(DAILY, DAILY);
  expect(result.ok ? "" : result.error).toMatch(/automatic_halts\[1\]\.name: expected another name, found daily twice/);
});
