import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { loadConfig } from "./config.ts";

function configOf(yaml: string) {
  const directory = mkdtempSync(join(tmpdir(), "deskwatch-config-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const config = join(directory, "deskwatch.yaml");
  writeFileSync(config, yaml);
  return loadConfig({ config }, {});
}

describe("the configuration", () => {
  test("has the limits of exposure that the file sets, and leaves them to the hub when it sets none", () => {
    const set = configOf("exposure: { low_usd: 100, high_usd: 250.5 }\n");
    expect(set).toMatchObject({ ok: true, value: { exposureLimits: { low_usd: 100, high_usd: 250.5 } } });
    const unset = configOf("allowed_hosts: [desk]\n");
    expect(unset.ok && unset.value.exposureLimits).toBeUndefined();
  });

  test.each([
    "exposure: { low_usd: 50, high_usd: 20 }",
    "exposure: { low_usd: -1, high_usd: 20 }",
    "exposure: { low_usd: 20 }",
    "exposure: { low_usd: 1, high_usd: 2, medium_usd: 1.5 }",
  ])("is refused with the place when limits make no sense: %s", (yaml) => {
    expect(configOf(yaml)).toMatchObject({ ok: false, error: expect.stringContaining("exposure") });
  });

  test("gives metrics a port of their own only where one is named", () => {
    const ported = (flags: object, env: Record<string, string> = {}) => loadConfig(flags, env);
    expect(ported({})).toMatchObject({ ok: true, value: { metricsPort: undefined } });
    expect(ported({}, { DESKWATCH_METRICS_PORT: "9100" })).toMatchObject({ ok: true, value: { metricsPort: 9_100 } });
    expect(ported({ metricsPort: "off" }, { DESKWATCH_METRICS_PORT: "9100" })).toMatchObject({
      ok: true,
      value: { metricsPort: undefined },
    });
    expect(ported({ metricsPort: "nine" })).toMatchObject({
      ok: false,
      error: expect.stringContaining("--metrics-port"),
    });
  });

  test("takes an address of PostgreSQL or a path to its socket, and no other database", () => {
    const from = (databaseUrl: string) => loadConfig({ databaseUrl }, {});
    for (const url of [
      "postgres://u:p@h/d",
      "postgresql://h",
      "POSTGRES://h",
      "socket:/run/pg?db=d",
      "/run/pg desk",
      "",
    ])
      expect(from(url)).toMatchObject({ ok: true, value: { databaseUrl: url === "" ? undefined : url } });
    for (const url of ["mysql://u:secret@h/d", "http://h"])
      expect(from(url)).toEqual({ ok: false, error: expect.not.stringContaining("secret") });
  });

  test("has a data directory with a name", () => {
    expect(loadConfig({ dataDir: "" }, {})).toMatchObject({ ok: false, error: expect.stringContaining("--data-dir") });
    expect(loadConfig({}, { DESKWATCH_DATA_DIR: "" })).toMatchObject({ ok: true, value: { dataDir: "data" } });
  });

  test("has the instruments and rates that the file declares", () => {
    const config = configOf(`
instruments:
  - { venue: okx, symbol: BTC-USD-SWAP, kind: inverse, base: BTC, quote: USD, settle: BTC, multiplier: 100 }
  - venue: polymarket
    symbol: "0x12"
    kind: binary
    quote: USDC
    payout: "1"
    tick: 0.001
    category: politics
    event_id: election
    outcome: "YES"
    expires_at: 2026-11-03T00:00:00Z
rates:
  - { currency: USDC, per: USD, price: 0.9998 }
`);
    expect(config).toMatchObject({
      ok: true,
      value: {
        declared: {
          instruments: [
            { venue: "okx", symbol: "BTC-USD-SWAP", kind: "inverse", multiplier: 100 },
            { venue: "polymarket", symbol: "0x12", tick: 0.001, expires_at: "2026-11-03T00:00:00Z" },
          ],
          rates: [{ currency: "USDC", per: "USD", price: 0.9998 }],
        },
      },
    });
  });

  test.each([
    ["instruments: [{ venue: v, symbol: A, kind: sport }]", 'instruments[0].kind: expected one of "spot"|"linear"'],
    ["instruments: [{ venue: v, symbol: A, kind: sport }]", 'found "sport"'],
    ["instruments: [{ venue: v, symbol: A }]", "instruments[0].kind: expected one of"],
    ["instruments: [{ venue: v, symbol: 5, kind: spot }]", "instruments[0].symbol: expected string, found 5"],
    [
      "instruments: [{ venue: v, symbol: A, kind: spot, tick: 0 }]",
      "instruments[0].tick: expected a decimal above 0, found 0",
    ],
    ["instruments: [{ venue: v, symbol: A, kind: spot, quot: USD }]", 'instruments[0]: no setting is called "quot"'],
    [
      "instruments: [{ venue: v, symbol: A, kind: spot }, { venue: v, symbol: A, kind: spot }]",
      'instruments[1].symbol: declared before, as entry 0, found "A"',
    ],
    ["rates: [{ currency: USDT, per: USD, price: x }]", 'rates[0].price: expected a decimal above 0, found "x"'],
    ["rates: [{ currency: USD, per: USD, price: 1 }]", "rates[0].per: expected another currency than its own"],
    [
      "rates: [{ currency: A, per: B, price: 1 }, { currency: B, per: A, price: 1 }]",
      "rates[1].per: declared before, as entry 0",
    ],
    ["limits: { daily_loss_pct: 3 }", "limits.daily_loss_pct: expected number to be <=1, found 3"],
    ["rates: 5", "rates: expected array, found 5"],
    ["instruments: [", "is not valid YAML"],
    ["nonsense: 1", 'no setting is called "nonsense"'],
  ])("is refused with the place, what was expected, and what was found: %s", (yaml, words) => {
    expect(configOf(yaml)).toMatchObject({ ok: false, error: expect.stringContaining(words) });
  });

  test("names every problem of a file, the first ten of many", () => {
    const wrong = (count: number) =>
      Array.from({ length: count }, () => "{ currency: A, per: B, price: -1 }").join(", ");
    const problems = (count: number): number => {
      const config = configOf(`rates: [${wrong(count)}]`);
      return config.ok ? 0 : config.error.split("\n").length;
    };
    expect([problems(1), problems(3), problems(30)]).toEqual([1, 3, 11]);
  });
});
