import { describe, expect, test, vi } from "vitest";
import { samplePerformance, samplePerformanceRow } from "../support/fake-hub/sample-performance.ts";
import { requireTool } from "../support/tools.ts";
import { pageFaults } from "./page-check.ts";
import { NOW, pageScene } from "./page-scene.ts";

/** A machine that is busy with other tests takes its time. */
vi.setConfig({ testTimeout: 60_000 });

requireTool("chromium")("what trading made, in a browser", () => {
  const scene = pageScene();
  const today = () => scene.page.locator("[data-today]");

  describe("the strip", () => {
    test("tells today's money of the desk, and on hover that it is no equity", async () => {
      await scene.open();
      await today().waitFor();
      expect(await today().textContent()).toBe("today +412.80 USD (00:00 UTC)");
      expect(await today().locator("[title]").getAttribute("title")).toBe(
        "realised − fees + funding since 00:00 UTC: +412.80 USD; not realised: +24.60 USD",
      );
      expect(await scene.page.locator("[data-gross]").textContent()).toMatch(/^gross .+ \/ 50 USD$/);
      await today().click();
      await scene.page.getByRole("heading", { name: "Performance", level: 1 }).waitFor();
    });

    test("follows the stream, names a currency that stands by itself, and says why nothing is known", async () => {
      await scene.open();
      await today().waitFor();
      const { total, ...rest } = samplePerformance(NOW);
      const reason = "no recorded rate from BTC to USD";
      const unsummed = { ...total, realized: null, fees: null, funding: null, net: null, reason };
      scene.hub.push("delta", "performance", { ...rest, total: unsummed });
      await scene.page.locator("[data-today]", { hasText: "−26.3K USDT" }).waitFor();
      const words = await today().locator("[title]").getAttribute("title");
      expect(words).toContain("no sum in USD: no recorded rate from BTC to USD");
      expect(words).toContain("+180.00 USD");
      scene.hub.push("delta", "performance", { ...rest, rows: [], total: unsummed });
      await scene.page.locator("[data-today] [data-unknown]").waitFor();
      expect(await today().locator("[title]").getAttribute("title")).toBe(
        "Unknown: no fill, closed position or payment came yet",
      );
    });

    test.each([375, 640, 768, 1024, 1280, 1440, 3840])("clips nothing when %d px wide", async (width) => {
      await scene.open();
      await today().waitFor();
      await scene.page.setViewportSize({ width, height: 900 });
      const outside = await scene.page
        .locator("header")
        .first()
        .evaluate((strip) => {
          const frame = strip.getBoundingClientRect();
          const parts = [...strip.querySelectorAll("a, button, time, [title]")];
          return parts.filter((part) => {
            const box = part.getBoundingClientRect();
            const cut = part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).display !== "inline";
            return cut || box.right > frame.right || box.left < frame.left || box.bottom > frame.bottom;
          }).length;
        });
      expect(outside).toBe(0);
    });
  });

  describe("the page", () => {
    test("lists every bot and currency, says ∞ and why something is not known, and sorts", async () => {
      await scene.open("/performance");
      const row = scene.page.locator('[data-made="arb-1 USD"]');
      await row.waitFor();
      expect(await row.getByRole("cell").allTextContents()).toEqual([
        ...["arb-1", "USD", "+180.00", "+186.50", "−6.50", "0.00", "+12.30", "5", "100.0", "+36.00", "∞"],
        ...[expect.stringContaining("—"), "3.4 h", "0.0"],
      ]);
      expect(await row.getByText("∞").getAttribute("title")).toBe("no losses yet, n=5 trades");
      const held = scene.page.locator('[data-made="perp-eth USDT"] [data-unknown]').first();
      expect(await held.getAttribute("title")).toBe("Unknown: no mark and no book of ETH-PERP");
      expect(await scene.page.locator('[data-made="grid-doge BTC"]').textContent()).toContain("+0.0041");
      expect(await scene.page.locator("[data-made]").count()).toBe(4);
      const first = (): Promise<string | null> => scene.page.locator("[data-made]").first().getAttribute("data-made");
      expect(await first()).toBe("mm-btc USDT");
      await scene.page.getByRole("button", { name: "Factor" }).click();
      expect(await first()).toBe("arb-1 USD");
    });

    test("shows losses beside the limits that are suggested, the worst first, with a word", async () => {
      await scene.open("/performance");
      await scene.page.locator("[data-equity]").first().waitFor();
      const marks = scene.page.locator("[data-equity=perp-eth] [data-limit]");
      expect(await scene.page.locator("[data-equity]").first().getAttribute("data-equity")).toBe("perp-eth");
      expect(await marks.allTextContents()).toEqual(["7.12⚠ over", "2.54▲ near"]);
      expect(await scene.page.locator('[data-equity="arb-1"] [data-unknown]').last().getAttribute("title")).toBe(
        "Unknown: no equity was reported today",
      );
    });

    test("reads the other windows and modes, and keeps them in the address", async () => {
      await scene.open("/performance");
      await scene.page.locator("[data-made]").first().waitFor();
      await scene.page.getByRole("link", { name: "30 days" }).click();
      await scene.page.waitForURL(/window=30d/);
      await expect.poll(() => scene.hub.read).toContain("/api/v1/performance?window=30d&mode=live");
      await scene.page.getByRole("link", { name: "PAPER" }).click();
      await scene.page.locator('[data-made="paper-sol USDT"]').waitFor();
      expect(await scene.page.locator("[data-made]").count()).toBe(1);
      await scene.page.reload();
      await scene.page.locator('[data-made="paper-sol USDT"]').waitFor();
      expect(scene.troubles).toEqual([]);
    });

    test("says why there is no sum, and gives each currency by itself", async () => {
      const { total, ...rest } = samplePerformance(NOW);
      const reason = "no recorded rate from BTC to USD";
      const performance = {
        ...rest,
        total: { ...total, net: null, realized: null, fees: null, funding: null, reason },
      };
      scene.hub.desk = { ...scene.hub.desk, performance };
      await scene.open("/performance");
      await scene.page.getByText("No sum in USD: no recorded rate from BTC to USD.").waitFor();
      expect(await scene.page.locator("[data-currency]").allTextContents()).toEqual([
        "−26.3K USDT",
        "+180.00 USD",
        "+0.0041 BTC",
      ]);
    });

    test("shows both ways to count cost beside each other, for one bot, and that they add up to the same", async () => {
      await scene.open("/performance");
      await scene.page.getByRole("button", { name: "FIFO", exact: true }).click();
      await scene.page.getByText("Choose a bot").waitFor();
      await scene.open("/performance?cost=fifo&bot=arb-1");
      const both = scene.page.locator("[data-cost=USD]");
      await both.waitFor();
      expect(await both.textContent()).toContain("Both add up to the same");
      expect(await both.getByRole("row").nth(1).getByRole("cell").last().textContent()).toBe("−2.50");
      expect(scene.hub.read).toContain("/api/v1/performance?window=all&mode=live&bot=arb-1&method=fifo");
      expect(await pageFaults(scene.page)).toEqual([]);
    });

    test("holds thousands of rows, of which only those in view are there", async () => {
      const many = Array.from({ length: 3_000 }, (_, index) =>
        samplePerformanceRow(`bot-${index}`, { net: 3_000 - index }),
      );
      scene.hub.desk = { ...scene.hub.desk, performance: { ...samplePerformance(NOW), rows: many } };
      await scene.open("/performance");
      await scene.page.locator("[data-made]").first().waitFor();
      expect(await scene.page.locator("[data-made]").count()).toBeLessThan(80);
    });
  });

  describe("bots", () => {
    test("have today's money in their table", async () => {
      await scene.open("/bots");
      const row = scene.page.locator("[data-bot=mm-btc]");
      await scene.page.locator("[data-bot=mm-btc]", { hasText: "+210.40 USDT" }).waitFor();
      expect(await row.getByRole("cell").allTextContents()).toEqual(
        expect.arrayContaining(["+210.40 USDT", "+12.30", "148", "57.5 n=146"]),
      );
    });

    test.each([375, 1280, 1440, 3840])(
      "on the overview run into nothing with a long unit when %d px wide",
      async (width) => {
        await scene.open();
        await today().waitFor();
        await scene.page.setViewportSize({ width, height: 900 });
        const { rows, ...rest } = samplePerformance(NOW);
        const long = rows.map((row) => ({ ...row, currency: "quote of 1000SHIBUSDT" }));
        scene.hub.push("delta", "performance", { ...rest, rows: long });
        const row = scene.page.locator("[data-bot=mm-btc]");
        await row.getByText("quote of 1000SHIBUSDT").waitFor({ timeout: 5_000 });
        const lefts = await row.locator("> div > *").evaluateAll((cells) =>
          cells
            .map((cell) => {
              const range = document.createRange();
              range.selectNodeContents(cell);
              const beats = [...cell.querySelectorAll("[role=img] > *")].map(
                (beat) => beat.getBoundingClientRect().right,
              );
              const { left, right, width: wide } = range.getBoundingClientRect();
              return { left, right: Math.max(right, ...beats), wide };
            })
            .filter(({ wide }) => wide > 0),
        );
        for (const [index, { left }] of lefts.entries())
          expect(left).toBeGreaterThanOrEqual(lefts[index - 1]?.right ?? 0);
      },
    );

    test("tell on their own page what they made, window by window, each statistic with its n", async () => {
      await scene.open("/bots/arb-1");
      const made = scene.page.locator("[data-made=USD]");
      await made.waitFor();
      const text = await made.textContent();
      for (const said of ["+180.00", "∞ no losses yet, n=5", "100.0 n=5", "trades from flat to flat"])
        expect(text).toContain(said);
      await scene.page.getByRole("button", { name: "All", exact: true }).click();
      await expect.poll(() => scene.hub.read).toContain("/api/v1/performance?window=all&mode=live&bot=arb-1");
      await made.waitFor();
    });
  });

  test.each([
    ["dark", "teal-red"],
    ["light", "teal-red"],
    ["dark", "blue-orange"],
    ["light", "blue-orange"],
  ] as const)("a number that flashes can still be read in %s, %s", async (colorScheme, colours) => {
    await scene.open("/performance");
    await scene.page.emulateMedia({ colorScheme, reducedMotion: "no-preference" });
    await scene.page.evaluate((pair) => document.documentElement.setAttribute("data-colours", pair), colours);
    await scene.page.locator("[data-made]").first().waitFor();
    // A flash is over in half a second, which a busy machine may need to look.
    await scene.page.evaluate(() => {
      const { animate } = Element.prototype;
      Element.prototype.animate = function (frames) {
        return animate.call(this, frames, 600_000);
      };
    });
    const before = samplePerformance(NOW);
    const moved = before.rows.map((row) => ({ ...row, net: (row.net ?? 0) + 5, unrealized: -3 }));
    scene.hub.push("delta", "performance", { ...before, rows: moved });
    await scene.page.waitForFunction(() => document.getAnimations().length > 3);
    await scene.page.evaluate(() => {
      for (const animation of document.getAnimations()) {
        animation.pause();
        animation.currentTime = 1;
      }
    });
    expect(await pageFaults(scene.page)).toEqual([]);
  });
});
