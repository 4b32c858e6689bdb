import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadConfig } from "../../src/app/config.ts";
import { ensure } from "../../src/base/assert.ts";
import { RULE_METRICS } from "../../src/protocol/rule-metrics.ts";
import { accountKinds } from "../../src/venues/account-registry.ts";
import { scratchDirectory } from "../support/scratch.ts";

test("the file in docs/reference/configuration.md is in order, and declares what it shows", () => {
  const page = readFileSync("docs/reference/configuration.md", "utf8");
  const yaml = ensure(/```yaml\n([\s\S]*?)```/.exec(page)?.[1], "a YAML block");
  const config = join(scratchDirectory(), "deskwatch.yaml");
  writeFileSync(config, yaml);
  expect(loadConfig({ config }, {})).toMatchObject({
    ok: true,
    value: {
      allowedHosts: ["dashboard:8000"],
      sampleRetentionDays: 7,
      auditRetentionDays: 400,
      exposureLimits: { low_usd: 20, high_usd: 50 },
      declared: {
        instruments: [
          { symbol: "BTC-USD-SWAP", kind: "inverse" },
          { symbol: "0x6f1a", kind: "binary" },
        ],
        rates: [{ currency: "USDC" }, { currency: "EUR", price: 1.08 }],
        limits: { daily_loss_pct: 0.03, drawdown_pct: 0.05 },
      },
      venueAccounts: [{ name: "binance", bots: ["perp-eth"], everyS: 30 }],
      haltRules: [
        { name: "daily-loss", metric: "daily_loss_pct", limit: 0.03, action: "halt", resume: "never" },
        { name: "drawdown", limit: 0.05 },
      ],
    },
  });
});

describe("accounts and rules", () => {
  const page = readFileSync("docs/reference/configuration.md", "utf8");

  test.each(
    [...page.matchAll(/```yaml\n((?:venue_accounts|automatic_halts)[\s\S]*?)```/g)].map((match) => [match[1] ?? ""]),
  )("the example is in order: %s", (yaml) => {
    const config = join(scratchDirectory(), "deskwatch.yaml");
    writeFileSync(config, yaml);
    const loaded = loadConfig({ config }, {});
    expect(loaded.ok ? "in order" : loaded.error).toBe("in order");
  });

  test.each(accountKinds.map((kind) => [kind.name, kind] as const))(
    "the page names each setting and variable of %s",
    (name, { settings, credentials }) => {
      expect(page).toContain(`\`${name}\``);
      for (const setting of Object.keys(settings)) expect(page).toContain(`\`${setting}\``);
      for (const [key, { variable }] of Object.entries(credentials)) expect(page).toContain(`\`${key}\` ${variable}`);
    },
  );

  test.each(Object.entries(RULE_METRICS))("the page tells of %s with its unit", (metric, { unit }) => {
    expect(page).toMatch(new RegExp(`\\| \`${metric}\` \\| ${unit} \\|`));
  });
});
