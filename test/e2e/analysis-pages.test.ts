import { describe, expect, test, vi } from "vitest";
import { requireTool } from "../support/tools.ts";
import { pageFaults } from "./page-check.ts";
import { pageScene } from "./page-scene.ts";

/** A machine that is busy with other tests takes its time. */
vi.setConfig({ testTimeout: 180_000 });

requireTool("chromium")("what the past says, in a browser", () => {
  const scene = pageScene();
  const card = (name: string) => scene.page.locator(`[data-card="${name}"]`);
  const read = (path: string) => scene.hub.read.filter((each) => each.startsWith(`/api/v1/${path}?`));

  describe("the metrics overview", () => {
    test("shows a number with its unit, interval and n, and its formula when it is pressed", async () => {
      await scene.open("/performance/overview");
      await card("sharpe").getByText("1.82").waitFor();
      expect(await card("sharpe").textContent()).toContain("[0.40, 3.10]");
      expect(await card("sharpe").textContent()).toContain("n=60");
      expect(await card("max_drawdown").textContent()).toContain("4.12");
      await card("sharpe").getByRole("button", { name: "Sharpe" }).click();
      await card("sharpe").getByText("sharpe of r", { exact: true }).last().waitFor();
      expect(await pageFaults(scene.page)).toEqual([]);
      expect(scene.troubles).toEqual([]);
    });

    test("says why a number is not known", async () => {
      await scene.open("/performance/overview");
      await card("calmar").getByText("needs 365 days, has 59", { exact: true }).waitFor();
      await card("volume").getByText("no fact of it came", { exact: true }).waitFor();
    });

    test("says in words what seems wrong, with its evidence, and what could not be judged", async () => {
      await scene.open("/performance/overview");
      const finding = scene.page.locator("[data-finding=losing_to_execution]");
      await finding.waitFor();
      expect(await finding.textContent()).toContain("fills 3.1 bps [2.4, 3.8] worse than the mid, n = 412");
      expect(await finding.textContent()).toContain("said when execution below 0 with its whole 95 % interval");
      await scene.page.getByText("1 that could not be judged").click();
      await scene.page.getByText("arb-1: over trading: needs 30 fills, has 4").waitFor();
    });

    test("asks of the bot and the window that are chosen, and keeps them in the address", async () => {
      await scene.open("/performance/overview");
      await card("volume").waitFor();
      await scene.page.getByLabel("Of", { exact: true }).selectOption("mm-btc");
      await scene.page.getByRole("button", { name: "30 days" }).click();
      await scene.page.waitForURL(/bot=mm-btc.*window=30d/);
      await expect
        .poll(() => read("metrics/volume"))
        .toContain("/api/v1/metrics/volume?window=30d&mode=live&bot=mm-btc");
      await expect.poll(() => read("diagnosis")).toContain("/api/v1/diagnosis?bot=mm-btc&mode=live");
    });
  });

  describe("historical trends", () => {
    test("draws the drawdown and a rolling statistic, tells of trends, and has each return in a bar", async () => {
      await scene.open("/performance/trends");
      await scene.page.getByRole("figure", { name: "Drawdown of the desk" }).waitFor();
      await scene.page.getByRole("figure", { name: "Rolling Sharpe of the desk" }).waitFor();
      await scene.page.getByRole("button", { name: "Volatility" }).click();
      await scene.page.getByRole("figure", { name: "Rolling Volatility of the desk" }).waitFor();
      const trends = scene.page.getByRole("table", { name: "Trends" });
      expect(await trends.getByRole("row").nth(1).textContent()).toContain("no trend");
      expect(await trends.getByRole("row").nth(2).textContent()).toContain("▲ rises");
      const bars = scene.page.locator("[data-bin]");
      const counts = await bars.evaluateAll((all) => all.map((bar) => Number(bar.getAttribute("data-bin"))));
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(59);
      expect(await pageFaults(scene.page)).toEqual([]);
    });

    test("compares versions of a bot, says what chance makes, and lets others be chosen", async () => {
      await scene.open("/performance/trends?bot=mm-btc&by=version");
      const row = (name: string) => scene.page.locator(`[data-compared="${name}"]`);
      await row("capture").waitFor();
      expect(await row("capture").getByRole("cell").allTextContents()).toEqual([
        ...["Spread capture bps", "2.40", "1.10", "+1.30", "[+0.40, +2.20]", "▲ better", ""],
      ]);
      expect(await row("slippage").textContent()).toContain("▼ worse");
      expect(await row("slippage").textContent()).toContain("⚠ outside");
      expect(await row("win_rate").textContent()).toContain("as chance makes it");
      expect(await row("expectancy").locator("[data-unknown]").last().getAttribute("title")).toBe(
        "Unknown: needs 20 trades, has 0",
      );
      await scene.page.getByLabel("against", { exact: true }).selectOption("2.3.0");
      await expect.poll(() => read("compare").at(-1)).toContain("a=2.3.0&b=2.4.1");
      expect(scene.troubles).toEqual([]);
    });

    test("says that a comparison is of one bot", async () => {
      await scene.open("/performance/trends");
      await scene.page.getByText("Comparisons are of one bot").waitFor();
      expect(read("compare")).toEqual([]);
    });
  });

  describe("the analysis by asset", () => {
    test("draws the markout curve, each point with its interval and n, and its numbers beside it", async () => {
      await scene.open("/performance/assets");
      const curve = scene.page.getByRole("figure", { name: "Markouts of the desk" });
      await curve.waitFor();
      expect(await curve.locator("li").allTextContents()).toEqual([
        "1 s after: +1.90 [+1.1, +2.7] bps, n=721",
        "5 s after: +0.90 [+0.1, +1.7] bps, n=720",
        "30 s after: −0.10 [−0.9, +0.7] bps, n=719",
        "1 m after: −1.10 [−1.9, −0.3] bps, n=718",
        "5 m after: −2.10 [−2.9, −1.3] bps, n=717",
      ]);
      const row = scene.page.locator('[data-horizon="30"]');
      expect(await row.textContent()).toContain("2 pending");
      expect(await row.locator("[data-unknown]").first().getAttribute("title")).toContain("several currencies");
      expect(await scene.page.locator("[data-markouts]").count()).toBe(2);
      expect(await pageFaults(scene.page)).toEqual([]);
    });

    test("lists instruments, largest net first, sorts, and shows the markouts of the one that is pressed", async () => {
      await scene.open("/performance/assets");
      const rows = scene.page.locator("[data-asset]");
      await rows.first().waitFor();
      expect(await rows.first().getAttribute("data-asset")).toBe("BTCUSDT");
      await scene.page.getByRole("table", { name: "Instruments" }).getByRole("button", { name: "Net" }).click();
      await scene.page.getByRole("table", { name: "Instruments" }).getByRole("button", { name: "Net" }).click();
      expect(await rows.first().getAttribute("data-asset")).toBe("KXINFLATION-24DEC-B3.0");
      await rows.getByRole("button", { name: "BTCUSDT" }).click();
      await expect.poll(() => read("markouts").at(-1)).toContain("venue=binance&asset=BTCUSDT");
      await scene.page.getByRole("button", { name: "BTCUSDT on binance: show all again" }).click();
      await expect.poll(() => read("markouts").at(-1)).not.toContain("asset=BTCUSDT");
    });

    test("tells how orders ended and why some were not filled", async () => {
      await scene.open("/performance/assets");
      const table = scene.page.getByRole("table", { name: "Why some were not filled" });
      await table.waitFor();
      expect(await table.getByRole("row").nth(1).textContent()).toBe("the price moved awayorderscancelled510");
      await scene.page.getByText("[18.2, 20.7]").waitFor();
    });
  });

  test("what cannot be read says so and is tried again by itself", async () => {
    await scene.open("/performance/assets");
    await scene.page.getByRole("figure", { name: "Markouts of the desk" }).waitFor();
    scene.hub.setAway(true);
    await scene.page.getByRole("button", { name: "30d" }).click();
    await scene.page.getByText("Markouts could not be read").waitFor();
    scene.hub.setAway(false);
    await scene.page.getByRole("figure", { name: "Markouts of the desk" }).waitFor();
  });
});
