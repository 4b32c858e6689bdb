import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { registerSummary } from "../../src/app/commands/summary.ts";
import { loadConfig } from "../../src/app/config.ts";
import { type Desk, startDesk } from "../../src/app/wiring.ts";
import { ensure } from "../../src/base/assert.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { sendTo } from "../support/scratch-hub.ts";
import { typed } from "../support/typed-command.ts";

const YESTERDAY = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);

async function hubIn(directory: string): Promise<Desk> {
  const config = loadConfig({ port: "0", dataDir: join(directory, "data") }, { DESKWATCH_LOG_LEVEL: "silent" });
  return startDesk(ensure(config.ok ? config.value : undefined, "a configuration"));
}

/** A hub that was away at midnight: what is told of yesterday, and its files once it is back. */
async function hubAfterMidnight(): Promise<{ readonly desk: Desk; readonly file: (ending: string) => string }> {
  const directory = scratchDirectory();
  const before = await hubIn(directory);
  const fill = {
    type: "fill",
    bot: "maker-1",
    venue: "kraken",
    symbol: "BTC/USD",
    size: 1,
    ts: `${YESTERDAY}T12:00:00Z`,
  };
  await sendTo(before.url, [
    { type: "instrument", bot: "maker-1", venue: "kraken", symbol: "BTC/USD", kind: "spot", quote: "USD", ts: fill.ts },
    { ...fill, fill_id: "a", side: "buy", price: 100, fee: 0.1 },
    { ...fill, fill_id: "b", side: "sell", price: 103, fee: 0.1, ts: `${YESTERDAY}T15:00:00Z` },
  ]);
  await before.close();
  const desk = await hubIn(directory);
  onTestFinished(() => desk.close());
  const path = (ending: string) => join(directory, "logs", `daily_summary_${YESTERDAY}.${ending}`);
  await vi.waitFor(() => expect(existsSync(path("csv"))).toBe(true), 30_000);
  await vi.waitFor(() => expect(desk.hub.state.desk.closedDays.has(YESTERDAY)).toBe(true), 30_000);
  return { desk, file: (ending) => readFileSync(path(ending), "utf8") };
}

describe("deskwatch summary", () => {
  test("prints the files of that night byte for byte", async () => {
    const { desk, file } = await hubAfterMidnight();
    const summary = (...more: string[]) =>
      typed([registerSummary], ["summary", "--date", YESTERDAY, "--url", desk.url, ...more]);
    expect(await summary("--json")).toEqual({ code: 0, out: file("json"), err: "" });
    expect(await summary("--csv")).toEqual({ code: 0, out: file("csv"), err: "" });
    const { out } = await summary();
    expect(out).toContain(
      `desk (live, USD)\n  date=${YESTERDAY} trades=1 win_rate=100.0% expectancy=2.80 profit_factor=inf fill_rate=n/a ` +
        "avg_slippage_bps=n/a fees=0.20 net_funding=0.00 time_in_market=12.5%\n",
    );
    expect(JSON.parse((await summary("--json", "--bot", "maker-1")).out)).toMatchObject({ bot: "maker-1" });
    expect((await summary("--csv", "--bot", "maker-1")).out.split("\r\n")).toHaveLength(3);
    expect(await summary("--bot", "nobody")).toMatchObject({ code: 1, out: "" });
  });

  test("says what is wrong with a day that it cannot print", async () => {
    const { desk } = await hubAfterMidnight();
    const asked = (date: string) => typed([registerSummary], ["summary", "--date", date, "--url", desk.url]);
    expect(await asked("yesterday")).toMatchObject({ code: 2, out: "" });
    expect(await asked("2999-01-01")).toMatchObject({ code: 1, err: expect.stringContaining("has begun") });
    expect(await typed([registerSummary], ["summary"])).toMatchObject({ code: 2 });
    const days = (await (await fetch(`${desk.url}/api/v1/summaries`)).json()) as { days: unknown };
    expect(days.days).toEqual([{ date: YESTERDAY, is_closed: true }]);
  });
});
