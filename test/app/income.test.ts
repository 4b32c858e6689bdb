import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { registerIncome } from "../../src/app/commands/income.ts";
import { loadConfig } from "../../src/app/config.ts";
import { startDesk } from "../../src/app/wiring.ts";
import { ensure } from "../../src/base/assert.ts";
import { FakeBinanceAccount } from "../fakes/fake-binance-account.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { type Ran, typed } from "../support/typed-command.ts";
import { waitUntil } from "../support/wait-until.ts";

let venue: FakeBinanceAccount;
let config: string;

beforeEach(async () => {
  venue = await FakeBinanceAccount.start();
  config = join(scratchDirectory(), "deskwatch.yaml");
  const addresses = `rest_url: "${venue.url}", key_url: "${venue.url}"`;
  writeFileSync(
    config,
    `venue_accounts:\n  - { venue: binance, bots: [perp-eth], symbols: { ETHUSDT: ETH-USDT }, ${addresses} }\n`,
  );
});

afterEach(() => venue.close());

const income = (...more: string[]): Promise<Ran> =>
  typed([registerIncome], ["income", "--config", config, ...more], { environment: { ...venue.environment } });

const paid = (tranId: string, type: string, amount: string): void => {
  const time = Date.now() - 3_600_000;
  const text = `{"symbol":"ETHUSDT","incomeType":"${type}","income":"${amount}","asset":"USDT","time":${time},"tranId":${tranId},"tradeId":"9"}`;
  venue.income.push({ time, text });
};

test("prints income events, which the hub takes once however often they are sent", async () => {
  paid("4480321991774044580", "FUNDING_FEE", "-1.25000000");
  paid("4480321991774044580", "COMMISSION", "-0.50");
  const printed = await income();
  expect(printed).toMatchObject({ code: 0, err: "" });
  const [funding, commission] = printed.out
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
  expect(funding).toMatchObject({
    ...{ type: "income", bot: "perp-eth", mode: "live", origin: "import", venue: "binance", symbol: "ETH-USDT" },
    ...{ income_type: "FUNDING_FEE", amount: "-1.25", currency: "USDT", transaction_id: "4480321991774044580" },
  });
  expect(commission).toMatchObject({ income_type: "COMMISSION", trade_id: "9" });
  const hubConfig = loadConfig(
    { port: "0", dataDir: join(scratchDirectory(), "data") },
    { DESKWATCH_LOG_LEVEL: "silent" },
  );
  const desk = await startDesk(ensure(hubConfig.ok ? hubConfig.value : undefined, "a configuration"));
  try {
    expect(await income("--send", "--url", desk.url)).toMatchObject({
      code: 0,
      out: "2 accepted, 0 were there already, 0 refused\n",
    });
    expect(await income("--send", "--url", desk.url)).toMatchObject({
      out: "0 accepted, 2 were there already, 0 refused\n",
    });
    expect([...(desk.hub.state.bots.get("perp-eth")?.cash.values() ?? [])]).not.toEqual([]);
    expect(desk.hub.query.bot("perp-eth")).toMatchObject({ liveness: "stopped" });
  } finally {
    await desk.close();
  }
});

test("is read by the hub itself where the account says so, and what is sent besides was there already", async () => {
  paid("4480321991774044580", "FUNDING_FEE", "-1.25000000");
  paid("4480321991774044581", "COMMISSION", "-0.50");
  const entry = `{ venue: binance, bots: [perp-eth], income: true, symbols: { ETHUSDT: ETH-USDT }`;
  writeFileSync(config, `venue_accounts:\n  - ${entry}, rest_url: "${venue.url}", key_url: "${venue.url}" }\n`);
  const loaded = loadConfig(
    { port: "0", config, dataDir: join(scratchDirectory(), "data") },
    { DESKWATCH_LOG_LEVEL: "silent" },
  );
  const hubConfig = ensure(loaded.ok ? loaded.value : undefined, "a configuration");
  const desk = await startDesk(hubConfig, undefined, { ...venue.environment });
  try {
    const { state } = desk.hub;
    await waitUntil("the income is read", () => (state.bots.get("perp-eth")?.cash.size ?? 0) > 0);
    expect([...(state.bots.get("perp-eth")?.commissions.values() ?? [])]).toMatchObject([
      { account: "perp-eth", venue: "binance", currency: "USDT", rows: 1 },
    ]);
    expect(await income("--send", "--url", desk.url)).toMatchObject({
      out: "0 accepted, 2 were there already, 0 refused\n",
    });
  } finally {
    await desk.close();
  }
});

test("is not asked of a venue that tells none", async () => {
  const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" });
  const environment = { KALSHI_API_KEY_ID: "id", KALSHI_PRIVATE_KEY: String(key) };
  writeFileSync(config, "venue_accounts:\n  - { venue: kalshi, bots: [arb], income: true }\n");
  const loaded = loadConfig({ port: "0", config, dataDir: join(scratchDirectory(), "data") }, {});
  const hubConfig = ensure(loaded.ok ? loaded.value : undefined, "a configuration");
  await expect(startDesk(hubConfig, undefined, environment)).rejects.toThrow(
    "venue_accounts[0]: kalshi tells no income: leave `income` out",
  );
});

test("says what is wrong: no account, a time that is none or too long ago, a key that may trade, a venue that is away", async () => {
  expect(await income("--bot", "other")).toMatchObject({
    code: 2,
    err: expect.stringContaining("of other stand in the configuration file"),
  });
  expect(await income("--from", "soon")).toMatchObject({
    code: 2,
    err: expect.stringContaining("--from is no time: soon"),
  });
  expect(await income("--from", "2020-01-01")).toMatchObject({ code: 2, err: expect.stringContaining("90 days ago") });
  venue.rights = { ...venue.rights, enableWithdrawals: true };
  expect(await income()).toMatchObject({ code: 1, err: expect.stringContaining("the key may withdraw") });
  venue.rights = { enableReading: true };
  venue.plan("/fapi/v1/income", { status: 503, text: "{}" });
  expect(await income()).toMatchObject({ code: 1, out: "", err: expect.stringContaining("HTTP 503") });
});

test("no credential is printed, whatever goes wrong", async () => {
  venue.plan("/fapi/v1/income", { status: 500, text: "oops" });
  const { out, err } = await income();
  for (const secret of Object.values(venue.environment)) expect(out + err).not.toContain(secret);
});
