import { expect, test, vi } from "vitest";
import { requireTool } from "../support/tools.ts";
import { pageFaults } from "./page-check.ts";
import { pageScene } from "./page-scene.ts";

/** A machine that is busy with other tests takes its time. */
vi.setConfig({ testTimeout: 60_000 });

requireTool("chromium")("the overview in a browser", () => {
  const scene = pageScene();

  test("says why: signal, execution and cost of today, a line for each currency", async () => {
    await scene.open();
    const why = (currency: string) => scene.page.locator(`[data-why=${currency}]`);
    await why("USD").waitFor();
    const words = async (currency: string) => (await why(currency).textContent())?.replaceAll(/\s+/g, " ");
    expect(await words("USD")).toBe("Why:signal +264.50execution −61.20cost −23.30= +180.00 USD");
    expect(await words("USDT")).toContain("not explained +6.00");
    expect(await why("USDT").locator("[title^='4 of 18 fills']").count()).toBe(1);
    for (const width of [375, 1280]) {
      await scene.page.setViewportSize({ width, height: 900 });
      expect(await pageFaults(scene.page)).toEqual([]);
    }
    expect(scene.troubles).toEqual([]);
  });

  test("says that it does not know why, where that cannot be read", async () => {
    await scene.open("/set-up");
    await scene.page.route("**/api/v1/attribution*", (route) => route.fulfill({ status: 503, body: "{}" }));
    await scene.page.goto(`${scene.hub.url}/`);
    await scene.page.getByText("Why could not be read").waitFor();
  });
});
