import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { ensure } from "../../src/base/assert.ts";
import { loadConfig } from "../../src/app/config.ts";
import { startDesk } from "../../src/app/wiring.ts";
import { callRaw } from "../support/raw-http.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { sendTo } from "../support/scratch-hub.ts";
import { seriesOf, seriesValue } from "./metrics-page.ts";

async function startWithMetrics() {
  const flags = { port: "0", metricsPort: "0", dataDir: join(scratchDirectory(), "data") };
  const config = loadConfig(flags, { DESKWATCH_LOG_LEVEL: "silent" });
  const desk = await startDesk(ensure(config.ok ? config.value : undefined, "a configuration"));
  onTestFinished(() => desk.close());
  return { url: desk.url, metricsUrl: ensure(desk.metricsUrl, "a port for metrics") };
}

describe("the port for metrics", () => {
  test("has them at its root and at /metrics, on loopback, and nothing else", async () => {
    const { url, metricsUrl } = await startWithMetrics();
    await sendTo(url, [{ type: "bot.started", bot: "mm", ts: new Date().toISOString(), mode: "paper" }]);
    expect(metricsUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    for (const path of ["/", "/metrics"]) {
      const answer = await fetch(`${metricsUrl}${path}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toContain("text/plain; version=0.0.4");
      const series = seriesOf(await answer.text());
      expect(seriesValue(series, "hbot_bot_fills_total", { bot: "mm", mode: "paper" })).toBe(0);
    }
    for (const path of ["/api/v1/bots", "/healthz", "/docs"])
      expect((await fetch(`${metricsUrl}${path}`)).status).toBe(404);
    expect((await fetch(metricsUrl, { method: "POST", body: "{}" })).status).toBe(404);
  });

  test("refuses a name that is not the hub's, as a page on the web would come by", async () => {
    const { metricsUrl } = await startWithMetrics();
    const { status } = await callRaw(metricsUrl, { path: "/", headers: { host: "evil.example" } });
    expect(status).toBe(421);
  });
});
