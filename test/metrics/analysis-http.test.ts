import { expect, test } from "vitest";
import type { z } from "zod";
import { attributionAnswer, diagnosisAnswer } from "../../src/protocol/api-attribution.ts";
import { compareAnswer } from "../../src/protocol/api-compare.ts";
import { statisticsAnswer } from "../../src/protocol/api-statistics.ts";
import { scratchHub, sendTo } from "../support/scratch-hub.ts";

const ANSWERED: readonly (readonly [path: string, schema: z.ZodType])[] = [
  ["/api/v1/statistics?from=2026-02-01&trials=10&confidence=0.9", statisticsAnswer],
  ["/api/v1/statistics?bot=maker-1&mode=paper&rolling_days=7", statisticsAnswer],
  ["/api/v1/attribution?from=2026-02-01", attributionAnswer],
  ["/api/v1/attribution", attributionAnswer],
  ["/api/v1/diagnosis?bot=maker-1", diagnosisAnswer],
  ["/api/v1/compare?bot=maker-1", compareAnswer],
  ["/api/v1/compare?bot=maker-1&by=mode&from=2026-02-01", compareAnswer],
];

const REFUSED: readonly (readonly [path: string, status: number, code: string])[] = [
  ["/api/v1/statistics?bot=nobody", 404, "not_found"],
  ["/api/v1/attribution?bot=nobody", 404, "not_found"],
  ["/api/v1/diagnosis?bot=nobody", 404, "not_found"],
  ["/api/v1/compare?bot=nobody", 404, "not_found"],
  ["/api/v1/compare", 400, "invalid_request"],
  ["/api/v1/compare?bot=maker-1&by=version", 400, "invalid_request"],
  ["/api/v1/compare?bot=maker-1&by=mode&against=live", 400, "invalid_request"],
  ["/api/v1/statistics?confidence=2", 400, "invalid_request"],
  ["/api/v1/statistics?mode=all", 400, "invalid_request"],
];

test("the reads of analysis answer over HTTP as their schemas say, and refuse what they cannot answer", async () => {
  const { url } = await scratchHub();
  const bot = { bot: "maker-1", venue: "v" };
  const fill = { ...bot, type: "fill", symbol: "ETH-USD", size: 1, fee: 0.1 };
  await sendTo(url, [
    { ...bot, type: "instrument", ts: "2026-02-01T00:00:00Z", symbol: "ETH-USD", kind: "spot", quote: "USD" },
    { ...bot, type: "bot.started", ts: "2026-02-01T00:00:00Z", version: "1.0" },
    { ...fill, ts: "2026-02-02T01:00:00Z", fill_id: "1", side: "buy", price: 100, arrival_mid: 99 },
    { ...fill, ts: "2026-02-02T02:00:00Z", fill_id: "2", side: "sell", price: 104, arrival_mid: 105 },
  ]);
  const read = async (path: string): Promise<{ path: string; status: number; body: unknown }> => {
    const response = await fetch(`${url}${path}`);
    return { path, status: response.status, body: await response.json() };
  };
  for (const [path, schema] of ANSWERED) {
    const { status, body } = await read(path);
    expect({ path, status, issues: schema.safeParse(body).error?.issues }).toEqual({
      path,
      status: 200,
      issues: undefined,
    });
  }
  for (const [path, status, code] of REFUSED) expect(await read(path)).toMatchObject({ path, status, body: { code } });
  expect((await read("/api/v1/attribution?from=2026-02-01")).body).toMatchObject({
    rows: [{ bot: "maker-1", net: 3.8, signal: 6, execution: -2, cost: -0.2, residual: 0 }],
  });
  expect((await read("/api/v1/metrics/sharpe?bot=maker-1")).body).toMatchObject({
    value: null,
    reason: "needs 20 days, has 0",
  });
});
