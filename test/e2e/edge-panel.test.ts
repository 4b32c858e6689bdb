import { describe, expect, test, vi } from "vitest";
import type { EdgeView } from "../../src/protocol/api.ts";
import { EDGE_MARKET, EDGE_PAIR, sampleEdgeHistory } from "../support/fake-hub/sample-edge-history.ts";
import { requireTool } from "../support/tools.ts";
import { pageFaults } from "./page-check.ts";
import { pageScene } from "./page-scene.ts";

/** A machine that is busy with other tests takes its time. */
const PATIENT_MS = 90_000;
vi.setConfig({ testTimeout: PATIENT_MS });
const eventually = { timeout: PATIENT_MS / 2 };

const HISTORY = "**/api/v1/edges/history?*";
const BUY_KALSHI = "buy kalshi, sell polymarket";

const liveEdge = (cents: number): EdgeView => ({
  pair_id: EDGE_PAIR,
  primary_market: EDGE_MARKET,
  hedge_market: "0x1234a7",
  net_edge_cents: cents,
  direction: BUY_KALSHI,
  size: 120,
  leader: "kalshi",
  expected_slippage_cents: 0.4,
  timestamp: new Date().toISOString(),
  id: "live",
  bot: "arb-1",
  mode: "live",
  age_s: 0,
});

requireTool("chromium")("the edge between two books in a browser", () => {
  const scene = pageScene();
  const panel = () => scene.page.locator("[data-edge-panel]");
  const direction = (name: string) => panel().locator("[data-direction]", { hasText: name });

  describe("below the ladders", () => {
    test("a line for each direction, with what is told now, lowest and highest, and what was noted", async () => {
      await scene.open(`/markets?book=kalshi:${EDGE_MARKET}`);
      await panel().locator("canvas").waitFor();
      expect(await panel().locator("[data-direction]").count()).toBe(2);
      const readout = await panel().locator("[data-readout]").textContent();
      expect(readout).toContain(BUY_KALSHI);
      expect(readout).toContain("buy polymarket, sell kalshi");
      expect(await direction(BUY_KALSHI).locator("[data-unknown]").first().getAttribute("title")).toBe(
        "Unknown: it is not told now",
      );
      scene.hub.push("delta", "edges", [liveEdge(7.25)]);
      await expect.poll(() => direction(BUY_KALSHI).textContent(), eventually).toContain("+7.25");
      await expect.poll(() => panel().locator("[data-readout]").textContent(), eventually).toContain("+7.25");
      expect(await direction(BUY_KALSHI).textContent()).toContain("120");
      expect(scene.troubles).toEqual([]);
    });

    test("is read out by keys, and as a table", async () => {
      await scene.open(`/markets?book=kalshi:${EDGE_MARKET}`);
      const slider = panel().getByRole("slider");
      await slider.focus();
      await scene.page.keyboard.press("Home");
      expect(await slider.getAttribute("aria-valuetext")).toContain(`${BUY_KALSHI} `);
      await panel().getByRole("button", { name: "Table" }).click();
      await panel()
        .getByRole("table", { name: /as a table$/ })
        .waitFor();
      await panel().getByRole("button", { name: "6h" }).click();
      await expect
        .poll(
          () => scene.hub.read.some((path) => path.includes("/edges/history?") && path.includes("step=60")),
          eventually,
        )
        .toBe(true);
    });

    test("says that nobody tells an edge where both books are there, and why there is none with one", async () => {
      await scene.open("/markets?book=polymarket:0x1234a7");
      await panel().getByText("no bot says what could be made between them").waitFor();
      await scene.page.locator('[data-book="binance:BTCUSDT"] a').click();
      await panel().getByText("no other is known to trade this").waitFor();
      expect(scene.troubles).toEqual([]);
    });

    test("says while it is loading, what went wrong and how to go on, and keeps what is old", async () => {
      await scene.open("/");
      const answers: ("hang" | "fail" | "answer")[] = ["hang", "answer", "fail"];
      let release = (): void => undefined;
      await scene.page.route(HISTORY, async (route) => {
        const next = answers.shift() ?? "answer";
        if (next === "hang") await new Promise<void>((resolve) => (release = resolve));
        if (next === "fail" || next === "hang")
          return route.fulfill({ status: 503, json: { title: "The store is away", detail: "It does not answer." } });
        const query = new URL(route.request().url()).searchParams;
        return route.fulfill({ json: { ...sampleEdgeHistory(query), as_of: "", as_of_seq: 1 } });
      });
      await scene.page.clock.install();
      await scene.page.goto(`${scene.hub.url}/markets?book=kalshi:${EDGE_MARKET}`);
      await panel().locator("[data-skeleton]").first().waitFor();
      await expect.poll(() => answers.length, eventually).toBe(2);
      release();
      await panel().getByText("How the edge went could not be read").waitFor();
      await panel().getByRole("button", { name: "Try again" }).click();
      await panel().locator("canvas").waitFor();
      await scene.page.clock.fastForward(20_000);
      await panel().locator("[data-old]").waitFor();
      expect(await panel().locator("[data-points]").getAttribute("data-points")).not.toBe("0");
    });

    test.each([
      ["a phone", 375, 812],
      ["a desk", 1440, 900],
      ["a wall", 3840, 2160],
    ])("fits %s, in dark and in light", async (_name, width, height) => {
      await scene.open("/");
      await scene.page.setViewportSize({ width, height });
      for (const colorScheme of ["dark", "light"] as const) {
        await scene.page.emulateMedia({ colorScheme });
        await scene.page.goto(`${scene.hub.url}/markets?book=kalshi:${EDGE_MARKET}`);
        await panel().locator("canvas").waitFor();
        expect(await pageFaults(scene.page)).toEqual([]);
      }
    });
  });
});
