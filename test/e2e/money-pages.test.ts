import { readFile } from "node:fs/promises";
import { describe, expect, test, vi } from "vitest";
import { summaryCsv, summaryJson } from "../../src/view/daily-summary.ts";
import { sampleExplainedRow } from "../support/fake-hub/sample-money.ts";
import { requireTool } from "../support/tools.ts";
import { pageFaults } from "./page-check.ts";
import { NOW, pageScene } from "./page-scene.ts";

/** A machine that is busy with other tests takes its time. */
const PATIENT_MS = 60_000;
vi.setConfig({ testTimeout: PATIENT_MS });
const eventually = { timeout: PATIENT_MS / 2 };

requireTool("chromium")("money in a browser", () => {
  const scene = pageScene();
  const fall = (currency: string) => scene.page.locator(`[data-waterfall=${currency}]`);

  describe("why equity changed", () => {
    test("a bar for each term, the residual with its reason, and a way to the events of each", async () => {
      await scene.open("/performance");
      await fall("USD").waitFor();
      const values = await fall("USD").locator(".waterfall-value").allTextContents();
      expect(values).toEqual(["+611.00", "−120.00", "−78.00", "−2.20", "0.00", "+2.00", "+412.80"]);
      expect(await fall("USDT").locator("[data-term=residual]").textContent()).toContain("no external equity");
      expect(await fall("USDT").locator("[data-term=equity] .waterfall-bar").count()).toBe(0);
      await fall("USD").getByRole("link", { name: "Funding" }).click();
      await scene.page.getByRole("heading", { name: "Events", level: 1 }).waitFor();
      await scene.page.locator("[data-event=income]", { hasText: "FUNDING_FEE, −2.2 USD" }).waitFor();
      expect(await scene.page.locator("[data-event]").count()).toBe(1);
      const { searchParams } = new URL(scene.page.url());
      expect([...searchParams.keys()].toSorted()).toEqual(["from", "mode", "to", "type"]);
      expect(scene.troubles).toEqual([]);
    });

    test("each range asks from where it begins, and of the bot that is chosen", async () => {
      await scene.open("/performance");
      await fall("USD").waitFor();
      await scene.page.getByRole("button", { name: "YTD" }).click();
      const year = new Date(NOW).getUTCFullYear();
      await expect
        .poll(
          () => scene.hub.read.some((path) => path.includes(`pnl/explain?from=${year}-01-01T00%3A00%3A00.000Z`)),
          eventually,
        )
        .toBe(true);
      await scene.page.getByLabel("Bot", { exact: true }).selectOption("mm-btc");
      await fall("USD").waitFor({ state: "detached" });
      await fall("USDT").waitFor();
      expect(await scene.page.getByRole("button", { name: "YTD" }).getAttribute("aria-pressed")).toBe("true");
    });

    test("says which bot of many has no equity from outside, and never 0", async () => {
      const { money } = scene.hub.desk;
      const without = { equity_from: null, equity_to: null, equity_change: null, residual: null };
      const explained = [sampleExplainedRow("arb-1", NOW), sampleExplainedRow("perp-eth", NOW, without)];
      scene.hub.desk = { ...scene.hub.desk, money: { ...money, explained } };
      await scene.open("/performance");
      await fall("USD").waitFor();
      for (const term of ["residual", "equity"])
        expect(await fall("USD").locator(`[data-term=${term}] .waterfall-value`).textContent()).toBe(
          "no external equity of perp-eth",
        );
    });
  });

  test("a bot's own page tells why its equity changed", async () => {
    await scene.open("/bots/mm-btc");
    await fall("USDT").waitFor();
    expect(await fall("USD").count()).toBe(0);
    await scene.page.getByRole("slider", { name: "Equity and drawdown of mm-btc" }).waitFor();
    expect(scene.troubles).toEqual([]);
  });

  describe("equity over time", () => {
    const chart = () => scene.page.locator("[data-chart]").first();
    const slider = () => chart().getByRole("slider");

    test("a line with its drawdown, a gap where nothing is known, and what was noted", async () => {
      await scene.open("/performance");
      await chart().locator("canvas").waitFor();
      expect(await chart().getAttribute("data-points")).toBe("24");
      expect(await chart().locator("[data-mark]").getAttribute("title")).toBe("mm-btc: 2.4.1: wider quotes");
      const words = await chart().locator("figcaption").textContent();
      expect(words).toContain("Equity in USD: from ");
      expect(words).toContain("1 note");
      expect(scene.troubles).toEqual([]);
    });

    test("keys move over its points and say what is there; Escape lets go", async () => {
      await scene.open("/performance");
      await chart().locator("canvas").waitFor();
      const said = (): Promise<string | null> => slider().getAttribute("aria-valuetext");
      expect(await said()).toContain("Equity 20,000.00 USD");
      await slider().focus();
      await slider().press("ArrowLeft");
      expect(await said()).toContain("Equity 20,084.00 USD");
      await slider().press("Home");
      expect(await slider().getAttribute("aria-valuenow")).toBe("0");
      for (let hour = 0; hour < 17; hour++) await slider().press("ArrowRight");
      expect(await said()).toContain("Equity not known");
      await slider().press("ArrowRight");
      expect(await said()).toContain("mm-btc: 2.4.1: wider quotes");
      await slider().press("Escape");
      expect(await slider().getAttribute("aria-valuenow")).toBe("23");
    });

    test("the same points are in a table", async () => {
      await scene.open("/performance");
      await chart().getByRole("button", { name: "Table" }).click();
      const rows = chart().getByRole("row");
      await rows.nth(1).waitFor();
      expect(await rows.first().textContent()).toContain("Equity USD");
      expect(await rows.nth(2).textContent()).toContain("20.1K");
      expect(await pageFaults(scene.page)).toEqual([]);
    });

    test("says why there is none, and what went wrong when it cannot be read", async () => {
      scene.hub.desk = { ...scene.hub.desk, money: { ...scene.hub.desk.money, equity: () => null } };
      await scene.open("/performance");
      await scene.page.getByText("no equity was reported. It follows").waitFor();
      await scene.page.route("**/metrics/equity?*", (route) =>
        route.fulfill({ status: 503, json: { title: "Away", detail: "The database does not answer." } }),
      );
      await scene.page.getByRole("button", { name: "7d", exact: true }).click();
      await scene.page.getByText("Equity over time could not be read").waitFor();
      await scene.page.unroute("**/metrics/equity?*");
      await scene.page.getByRole("button", { name: "Try again" }).click();
      await scene.page.getByText("no equity was reported. It follows").waitFor();
    });

    test("comes later when it cannot be loaded, and the page stands without it", async () => {
      await scene.open("/bots");
      await scene.page.route("**/assets/plot-*", (route) => route.abort());
      const refused = scene.page.waitForEvent("requestfailed");
      await scene.page.getByRole("link", { name: "Performance" }).click();
      await fall("USD").waitFor();
      await refused;
      expect(await chart().locator("canvas").count()).toBe(0);
      await scene.page.unroute("**/assets/plot-*");
      await chart().locator("canvas").waitFor();
    });

    test("fits its frame when the window changes, and takes the colours of the theme", async () => {
      await scene.open("/performance");
      await chart().locator("canvas").waitFor();
      await scene.page.emulateMedia({ colorScheme: "dark" });
      const inked = (): Promise<string> =>
        chart()
          .locator("canvas")
          .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
      const dark = await inked();
      await scene.page.emulateMedia({ colorScheme: "light" });
      await expect.poll(inked, eventually).not.toBe(dark);
      await scene.page.setViewportSize({ width: 375, height: 812 });
      await expect
        .poll(() =>
          chart()
            .locator("canvas")
            .evaluate((canvas) => canvas.getBoundingClientRect().width),
        )
        .toBeLessThan(375);
      expect(await pageFaults(scene.page)).toEqual([]);
    });
  });

  describe("metrics", () => {
    const row = (name: string) => scene.page.locator(`[data-metric=${name}]`);

    test("each with its value, its unit and n, or why there is none", async () => {
      await scene.open("/performance/metrics?bot=mm-btc");
      await scene.page.locator("[data-metric=realized_pnl]", { hasText: "+611.00 USD" }).waitFor();
      await scene.page.getByRole("searchbox", { name: "Search" }).fill("margin_ratio");
      await scene.page
        .locator("[data-metric=margin_ratio]", { hasText: "the bot does not report margin_ratio" })
        .waitFor();
      await scene.page.getByRole("searchbox", { name: "Search" }).fill("profit factor");
      await scene.page.locator("[data-metric=profit_factor]", { hasText: "∞" }).waitFor();
      expect(await row("margin_ratio").count()).toBe(0);
      expect(scene.troubles).toEqual([]);
    });

    test("its formula with the focus, its past when it is pressed", async () => {
      await scene.open("/performance/metrics?search=win_rate");
      const name = row("win_rate_pct").getByRole("button");
      await name.focus();
      await scene.page.keyboard.press("Shift+Tab");
      await scene.page.keyboard.press("Tab");
      await row("win_rate_pct").getByRole("note").filter({ visible: true }).waitFor();
      expect(await row("win_rate_pct").getByRole("note").textContent()).toContain("100 · wins ÷ closed trades");
      await name.press("Enter");
      await row("win_rate_pct").locator("canvas").waitFor();
      await scene.page.waitForURL(/metric=win_rate_pct/);
    });

    test("of one bot only what is of a bot; only what is in view is asked for", async () => {
      await scene.open("/performance/metrics");
      await row("realized_pnl").waitFor();
      expect(await row("margin_ratio").count()).toBe(0);
      await expect
        .poll(() => scene.hub.read.filter((path) => path.includes("/metrics/")).length, eventually)
        .toBeGreaterThan(5);
      expect(await scene.page.locator("[data-metric]").count()).toBeLessThan(45);
    });
  });

  describe("daily summaries", () => {
    test("a line a day, the newest in full, with a section a bot", async () => {
      await scene.open("/performance/days");
      const days = scene.page.locator("[data-day]");
      await scene.page.locator("[data-section='arb-1 live']").waitFor();
      expect(await days.count()).toBe(3);
      await scene.page.locator("[data-day]", { hasText: "restated" }).waitFor();
      const desk = scene.page.locator("[data-section=desk]");
      expect(await desk.locator("[data-figure=win_rate_pct]").textContent()).toBe("Win rate66.7 % n=12");
      expect(await desk.locator("[data-figure=avg_exit_slippage_bps] [data-unknown]").getAttribute("title")).toBe(
        "Unknown: no fill told the mid at its arrival, n=0",
      );
      await days.last().getByRole("link").click();
      const { date } = scene.hub.desk.money.days[2] ?? { date: "" };
      await scene.page.locator(`[data-summary="${date}"]`).waitFor();
      expect(scene.troubles).toEqual([]);
    });

    test("hands out the files of the night, byte for byte", async () => {
      await scene.open("/performance/days");
      const day = scene.hub.desk.money.days[0];
      if (day === undefined) throw new Error("the sample has no day");
      for (const [kind, text] of [
        ["json", summaryJson(day)],
        ["csv", summaryCsv(day)],
      ] as const) {
        const [download] = await Promise.all([
          scene.page.waitForEvent("download"),
          scene.page.getByRole("button", { name: `Download daily_summary_${day.date}.${kind}` }).click(),
        ]);
        expect(download.suggestedFilename()).toBe(`daily_summary_${day.date}.${kind}`);
        expect(await readFile(await download.path(), "utf8")).toBe(text);
      }
    });

    test("says what it cannot read, and shows the rest", async () => {
      const { date } = scene.hub.desk.money.days[1] ?? { date: "" };
      await scene.open("/performance");
      await scene.page.route(`**/summaries/${date}`, (route) =>
        route.fulfill({ status: 503, json: { detail: "The database does not answer." } }),
      );
      await scene.page.getByRole("link", { name: "Daily summaries" }).click();
      await scene.page.getByText("Some days could not be read").waitFor();
      await scene.page.locator("[data-section=desk]").waitFor();
    });
  });
});
