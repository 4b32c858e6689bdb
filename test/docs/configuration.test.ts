import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig } from "../../src/app/config.ts";
import { ensure } from "../../src/base/assert.ts";
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
      exposureLimits: { low_usd: 20, high_usd: 50 },
      declared: {
        instruments: [
          { symbol: "BTC-USD-SWAP", kind: "inverse" },
          { symbol: "0x6f1a", kind: "binary" },
        ],
        rates: [{ currency: "USDC" }, { currency: "EUR", price: 1.08 }],
        limits: { daily_loss_pct: 0.03, drawdown_pct: 0.05 },
      },
    },
  });
});
