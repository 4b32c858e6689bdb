import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchDirectory } from "../../../test/support/scratch.ts";
import { loadConfig } from "../config.ts";

function loaded(yaml: string) {
  const config = join(scratchDirectory(), "deskwatch.yaml");
  writeFileSync(config, `venue_accounts:\n${yaml}`);
  return loadConfig({ config }, {});
}

test("an account needs a venue and its bots, and has its usual pace", () => {
  expect(loaded("  - { venue: binance, bots: [perp-eth] }")).toMatchObject({
    ok: true,
    value: {
      venueAccounts: [
        {
          name: "binance",
          bots: ["perp-eth"],
          mode: "live",
          everyS: 30,
          dust: 1,
          income: false,
          account: undefined,
          settings: {},
        },
      ],
    },
  });
});

test.each([
  ["{ venue: mtgox, bots: [a] }", /venue_accounts\[0\]\.venue: expected one of binance.*, found mtgox/],
  ["{ venue: binance, bots: [] }", /venue_accounts\[0\]\.bots/],
  ["{ venue: binance, bots: [a, a] }", /venue_accounts\[0\]\.bots: each bot once/],
  ["{ venue: binance, bots: [a], every_s: 1 }", /venue_accounts\[0\]\.every_s: expected number to be >=5, found 1/],
  [
    "{ venue: binance, bots: [a], evry_s: 10 }",
    /venue_accounts\[0\]\.evry_s: expected a setting of binance \(rest_url/,
  ],
  ["{ venue: binance, bots: [a], credentials: { key: X } }", /credentials\.key: expected one of apiKey, secret/],
  ["{ venue: binance, bots: [a], credentials: { apiKey: 'abc def' } }", /the name of an environment variable/],
])("%s is refused with what is wrong and where", (entry, message) => {
  const result = loaded(`  - ${entry}`);
  expect(result).toMatchObject({ ok: false });
  if (!result.ok) expect(result.error).toMatch(message);
});

test("a bot has one account at a venue, unless the venue goes by another name", () => {
  const twice = "  - { venue: binance, bots: [a, b] }\n  - { venue: binance, bots: [b] }";
  const result = loaded(twice);
  expect(result.ok ? "" : result.error).toMatch(/venue_accounts\[1\]\.bots: expected one account of b at binance/);
  expect(loaded(twice.replace("bots: [b]", "name: binance-2, bots: [b]"))).toMatchObject({ ok: true });
});
