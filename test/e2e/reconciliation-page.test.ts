import { expect, test } from "vitest";
import { requireTool } from "../support/tools.ts";
import { noReconciliation } from "../support/fake-hub/sample-reconciliation.ts";
import { NOW, pageScene } from "./page-scene.ts";

requireTool("chromium")("the page of reconciliation", () => {
  const scene = pageScene();
  const textOf = async (selector: string): Promise<string> =>
    (await scene.page.locator(selector).first().allInnerTexts()).join(" ").replaceAll(/\s+/g, " ");

  test("shows what differs with its three sides, and the accounts with their trouble", async () => {
    await scene.open("/reconciliation");
    await scene.page.setViewportSize({ width: 1920, height: 1080 });
    await scene.page.getByText("3 of 7 differ").waitFor();
    const first = await textOf("[data-compared]");
    expect(first).toMatch(/^BTCUSDT · position ⚠ differs binance perp-eth 1\.25 1\.5 1\.5 \+0\.25 16\.67/);
    expect(await textOf('[data-compared="orders:ETHUSDT"]')).toContain(
      "told by no bot: 8886774101, 8886774102, 8886774103, 8886774104, 8886774105 and 2 more",
    );
    expect(await textOf('[data-compared="fees:"]')).toMatch(
      /^fees USDT of 2026-11-19 ⚠ differs binance perp-eth 12\.4 — .*13\.95 \+1\.55 11\.11/,
    );
    expect(await textOf('[data-account="binance-2"]')).toMatch(/⚠ refused.*— .*the key may trade futures/);
    expect(await textOf('[data-account="kalshi"]')).toMatch(/not known 7 min 30 s ⚠ \/portfolio\/orders: HTTP 503/);
    expect(scene.troubles).toEqual([]);
  });

  test("says how accounts are set where there are none, and what went wrong where it cannot be read", async () => {
    scene.hub.desk = { ...scene.hub.desk, reconciliation: noReconciliation(NOW) };
    await scene.open("/reconciliation");
    await scene.page.getByText("No account is read at a venue yet").waitFor();
    await scene.page.route("**/api/v1/reconciliation", (route) => route.fulfill({ status: 500, body: "{}" }));
    await scene.page.reload();
    await scene.page.getByText("The reconciliation could not be read").waitFor();
    await scene.page.unroute("**/api/v1/reconciliation");
    await scene.page.getByRole("button", { name: "Try again" }).click();
    await scene.page.getByText("No account is read at a venue yet").waitFor();
  });

  test("says that what it shows is old while it cannot be read anew, and no more once it can", async () => {
    await scene.open("/reconciliation");
    await scene.page.getByText("3 of 7 differ").waitFor();
    await scene.page.route("**/api/v1/reconciliation", (route) => route.fulfill({ status: 503, body: "{}" }));
    await scene.page.locator("[data-old]").waitFor();
    expect(await scene.page.getByText("3 of 7 differ").count()).toBe(1);
    await scene.page.unroute("**/api/v1/reconciliation");
    await scene.page.locator("[data-old]").waitFor({ state: "detached" });
  });
});
