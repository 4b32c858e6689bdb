import { describe, expect, test } from "vitest";
import { sampleOpportunity, samplePositions } from "../support/fake-hub/sample-trading.ts";
import { requireTool } from "../support/tools.ts";
import { NOW, pageScene } from "./page-scene.ts";

requireTool("chromium")("pages of trading in a browser", () => {
  const scene = pageScene();

  describe("exposure", () => {
    test("shows each event on both venues, with a word for how much it is", async () => {
      await scene.open("/exposure");
      const row = scene.page.locator('[data-event="live PRES-TRUMP"]');
      await row.waitFor();
      expect(await row.getByRole("cell").allTextContents()).toEqual([
        "US Election, Trump wins⚠ open leg",
        "+200",
        "−180",
        expect.stringContaining("none"),
        "+20",
        "205.20",
        "█ high",
        "+3.10",
        expect.stringMatching(/ s$/),
      ]);
      const low = scene.page.locator('[data-event="live SHUTDOWN-24"] [data-level]');
      expect(await low.textContent()).toBe("▁ low");
      expect(await low.getAttribute("title")).toBe("below 20.00 USD");
    });

    test("takes its limits from the answer", async () => {
      await scene.open("/exposure");
      await scene.page.locator('[data-event="live PRES-TRUMP"]').waitFor();
      scene.hub.push("delta", "positions", { ...samplePositions(NOW), limits: { low_usd: 500, high_usd: 900 } });
      await scene.page.locator('[data-event="live PRES-TRUMP"] [data-level=low]').waitFor();
    });

    test("holds thousands of positions, sorts them by a head, and says where a bot differs", async () => {
      scene.hub.desk = { ...scene.hub.desk, positions: samplePositions(NOW, 4000) };
      await scene.open("/exposure?view=positions");
      await scene.page.locator("[data-position]").first().waitFor();
      expect(await scene.page.locator("[data-position]").count()).toBeLessThan(80);
      expect(await scene.page.locator('[data-position="binance:BTCUSDT"]').textContent()).toContain("⚠ differs");
      const first = (): Promise<string | null> =>
        scene.page.locator("[data-position]").first().getAttribute("data-position");
      expect(await first()).toBe("binance:BTCUSDT");
      await scene.page.getByRole("button", { name: "Size" }).click();
      expect(await first()).toBe("kalshi:KXPRES-TRUMP");
      expect(await scene.page.getByRole("columnheader", { name: "Size" }).getAttribute("aria-sort")).toBe("descending");
      await scene.page.getByRole("button", { name: "Size" }).click();
      expect(await first()).toBe("edgex:EDG-PERP");
      await scene.page.locator("#content").evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
      await scene.page.waitForFunction(() =>
        [...document.querySelectorAll("[aria-rowindex]")].some(
          (row) => Number(row.getAttribute("aria-rowindex")) > 3990,
        ),
      );
      expect(scene.troubles).toEqual([]);
    });
  });

  describe("opportunities", () => {
    test("say what was done and why, open their steps, and come live", async () => {
      await scene.open("/opportunities");
      const row = scene.page.locator("[data-opportunity=opp-78]");
      await row.waitFor();
      expect(await row.textContent()).toContain("✕ rejected");
      await row.locator("summary").click();
      await row
        .getByText(/\d\d:\d\d:\d\d\.\d\d\d/)
        .first()
        .waitFor();
      expect(await scene.page.locator("[data-opportunity]").count()).toBe(50);
      scene.hub.push("delta", "opportunities", [
        sampleOpportunity(9000, NOW),
        ...scene.hub.desk.opportunities.slice(0, 49),
      ]);
      await scene.page.locator("[data-opportunity=opp-9000]").waitFor();
    });

    test("are narrowed by action, bot and reason, which the address keeps", async () => {
      await scene.open("/opportunities");
      await scene.page
        .getByRole("button", { name: /rejected/ })
        .first()
        .click();
      await scene.page.waitForURL(/action=rejected/);
      await scene.page.getByLabel("Bot", { exact: true }).selectOption("scan-elections");
      await scene.page.waitForURL(/bot=scan-elections/);
      const shown = await scene.page.locator("[data-opportunity]").allTextContents();
      expect(shown.length).toBeGreaterThan(0);
      expect(shown.every((text) => text.includes("rejected") && text.includes("scan-elections"))).toBe(true);
      await scene.page.locator("[data-reason=stale_data]").click();
      await scene.page.waitForURL(/reason=stale_data/);
      const stale = await scene.page.locator("[data-opportunity]").allTextContents();
      expect(stale.every((text) => text.includes("Order book too old"))).toBe(true);
      await scene.page.reload();
      await scene.page.locator("[data-opportunity]").first().waitFor();
      expect(await scene.page.locator("[data-opportunity]").count()).toBe(stale.length);
    });
  });

  describe("markets", () => {
    test("put a book and the same event elsewhere face to face, and warn of what is stale", async () => {
      await scene.open("/markets?book=kalshi:KXPRES-TRUMP");
      await scene.page.locator('[data-ladder="kalshi:KXPRES-TRUMP"]').waitFor();
      const latency = scene.page.locator('[data-ladder="kalshi:KXPRES-TRUMP"] [data-latency]');
      expect(await latency.textContent()).toBe("from the venue 90 ms");
      const poly = scene.page.locator('[data-ladder="polymarket:0x1234a7"]');
      expect(await poly.textContent()).toContain("⚠ 14 s");
      expect(await scene.page.locator('[data-book="polymarket:0x1234a7"]').textContent()).toContain("⚠ 14 s");
      expect(await scene.page.locator('[data-book="bybit:SOLUSDT"] [data-unknown]').first().getAttribute("title")).toBe(
        "Unknown: nobody asks",
      );
      expect(scene.troubles).toEqual([]);
    });

    test("are listened to only while they are on the screen", async () => {
      await scene.open("/fills");
      await scene.page.locator("[data-fill-id]").first().waitFor();
      expect(scene.hub.subscribed).not.toContain("orderbooks");
      await scene.page.keyboard.press("g");
      await scene.page.keyboard.press("m");
      await scene.page.locator("[data-ladder]").first().waitFor();
      const books = () => scene.hub.subscribed.filter((topic) => topic.startsWith("books:"));
      await expect.poll(books).toEqual(["books:kalshi:KXPRES-TRUMP", "books:polymarket:0x1234a7"]);
      await scene.page.locator('[data-book="binance:BTCUSDT"] a').click();
      await scene.page.locator('[data-ladder="binance:BTCUSDT"]').waitFor();
      await expect.poll(books).toHaveLength(3);
      const { orderbooks } = scene.hub.desk;
      const coin = orderbooks.find(({ symbol }) => symbol === "BTCUSDT");
      if (coin === undefined) throw new Error("no such book");
      scene.hub.push("delta", "books:binance:BTCUSDT", { ...coin, bids: [["63333.0", "7"]] });
      await scene.page.locator('[data-ladder="binance:BTCUSDT"]', { hasText: "63,333.0" }).waitFor();
    });

    test("are found by the palette", async () => {
      await scene.open();
      await scene.page.locator("[data-bot]").first().waitFor();
      await scene.page.keyboard.press("Control+k");
      await scene.page.getByRole("combobox").fill("KXCPI");
      await scene.page.keyboard.press("Enter");
      await scene.page.locator('[data-ladder="kalshi:KXCPI-24DEC"]').waitFor();
    });
  });

  describe("fills and orders", () => {
    test("are downloaded exactly as they are narrowed", async () => {
      await scene.open("/fills");
      await scene.page.locator("[data-fill-id]").first().waitFor();
      await scene.page.getByLabel("Venue", { exact: true }).selectOption("kalshi");
      await scene.page.waitForURL(/venue=kalshi/);
      await scene.page.getByLabel("Symbol").fill("KXINFLATION-24DEC-B3.0");
      await scene.page.keyboard.press("Enter");
      await scene.page.waitForURL(/symbol=KXINFLATION/);
      await scene.page.waitForFunction(() => {
        const venues = [...document.querySelectorAll("[data-fill-id] .fill-market")];
        return venues.length > 0 && venues.every((cell) => cell.textContent?.includes("KXINFLATION"));
      });
      const query = "venue=kalshi&symbol=KXINFLATION-24DEC-B3.0";
      for (const format of ["csv", "ndjson"]) {
        const link = scene.page.locator(`[data-download=${format}]`);
        expect(await link.getAttribute("href")).toBe(`/api/v1/fills?${query}&format=${format}`);
      }
      expect(scene.hub.read.some((path) => path.startsWith(`/api/v1/fills?${query}&limit=`))).toBe(true);
      await scene.page.getByRole("link", { name: "Orders" }).last().click();
      await scene.page.getByText("No order is like that").waitFor();
      expect(new URL(scene.page.url()).searchParams.get("venue")).toBe("kalshi");
    });

    test("show orders by status, older ones when they are asked for", async () => {
      await scene.open("/orders?status=filled");
      await scene.page.locator("[data-order]").first().waitFor();
      const texts = await scene.page.locator("[data-order]").allTextContents();
      expect(texts.every((text) => text.includes("● filled") && text.includes("100 %"))).toBe(true);
      await scene.page.getByLabel("Status", { exact: true }).selectOption("");
      await scene.page.waitForURL((url) => !url.search.includes("status"));
      await scene.page.getByRole("button", { name: "Older orders" }).click();
      await expect
        .poll(
          () => scene.hub.read.filter((path) => path.startsWith("/api/v1/orders") && path.includes("cursor=")).length,
        )
        .toBe(1);
      expect(await scene.page.locator("[data-order]").count()).toBeLessThan(80);
    });

    test("say what went wrong when orders cannot be read, and try again", async () => {
      scene.hub.failFills = true;
      await scene.open("/orders");
      await scene.page.getByText("The database does not answer.").waitFor();
      scene.hub.failFills = false;
      await scene.page.getByRole("button", { name: "Try again" }).click();
      await scene.page.locator("[data-order]").first().waitFor();
    });
  });

  describe("imports and refusals", () => {
    test("name the file, the line and the reason of what was refused", async () => {
      await scene.open("/imports");
      const report = scene.page.locator("[data-import=imp-3]");
      await report.waitFor();
      const text = await report.textContent();
      expect(text).toContain("orders.csv and 2 files more");
      expect(text).toContain("trades.csv:812");
      expect(text).toContain("price is not a decimal above 0");
      expect(text).toContain("no format knows this file");
      scene.hub.push("delta", "imports", [{ ...scene.hub.desk.imports[2], import_id: "imp-4" }]);
      await scene.page.locator("[data-import=imp-4]").waitFor();
      expect(await scene.page.locator("[data-import]").count()).toBe(4);
    });

    test("count what was refused by bot and code", async () => {
      await scene.open("/rejected");
      const counts = scene.page.getByRole("table", { name: "Refusals by bot and code" });
      await counts.waitFor();
      expect(await counts.getByRole("row").nth(1).textContent()).toBe("arb-1invalid_event1,204");
    });
  });
});
