import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { readLocalAccess } from "../../src/http/access/local-token.ts";
import type { ControlsAnswer } from "../../src/protocol/api-control.ts";
import { noStarter, type ServedHub, serveHub } from "../access/served-hub.ts";
import { startBrowser, type TestBrowser } from "../support/browser.ts";
import { type BuiltPage, buildPage } from "../support/build-page.ts";
import { sendTo } from "../support/scratch-hub.ts";
import { requireTool } from "../support/tools.ts";

/** A machine that is busy with other tests takes its time. */
vi.setConfig({ testTimeout: 240_000 });

const BOT = fileURLToPath(new URL("../support/trading-bot.ts", import.meta.url));
const OWNER = { name: "Ada", email: "ada@example.com", password: "a long password" };
const PAGE = "/controls?view=rules";

function startBot(url: string, bot: string): void {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", BOT, url, bot, "making"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
}

const loses = ({ url }: ServedHub, bot: string, share: number): Promise<void> =>
  sendTo(url, [{ type: "risk", bot, ts: new Date().toISOString(), daily_loss_pct: share }]);

async function signIn(page: Page): Promise<void> {
  await page.getByLabel("E-mail").fill(OWNER.email);
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Halt everything" }).waitFor();
}

/** The commands that the hub has taken, by what they are of. */
async function commands({ send, dataDir }: ServedHub): Promise<string[]> {
  const authorization = `Bearer ${readLocalAccess(dataDir)?.token}`;
  const { json } = await send({ path: "/api/v1/controls", headers: { authorization } });
  return (json as ControlsAnswer).commands.map(({ action, by, target }) => `${by} ${action} ${JSON.stringify(target)}`);
}

requireTool("chromium")("a rule that is set on the page", () => {
  let built: BuiltPage;
  let browser: TestBrowser;
  beforeAll(async () => {
    [built, browser] = await Promise.all([buildPage(), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await built?.remove();
  });

  test("halts a real bot that breaches it, with its proof, is there after a restart, and halts nothing twice", async () => {
    const hub = await serveHub(noStarter, {}, built.directory);
    startBot(hub.url, "mm-1");
    await hub.send({ method: "POST", path: "/api/v1/setup", body: OWNER });
    const { page, troubles } = await browser.open(`${hub.url}/sign-in`);
    onTestFinished(() => page.close());
    await signIn(page);
    await page.goto(`${hub.url}/controls`);
    await page.locator('main [data-controlled="mm-1"]', { hasText: "linked" }).waitFor();

    await page.getByRole("link", { name: "Automatic halts" }).click();
    await page.getByRole("button", { name: "Daily loss of 3 % …" }).click();
    await page.getByRole("button", { name: "Set the rule" }).click();
    await page.locator('main [data-rule="daily-loss"]', { hasText: "daily loss at or over 3 %" }).waitFor();

    const reading = (bot: string) => page.locator(`main [data-reading="daily-loss:${bot}"]`);
    await loses(hub, "mm-1", 0.012);
    await reading("mm-1").filter({ hasText: "armed" }).filter({ hasText: "1.2 %" }).waitFor();
    await loses(hub, "mm-1", 0.042);
    await reading("mm-1").filter({ hasText: "breached" }).filter({ hasText: "its halt of mm-1 holds" }).waitFor();
    expect((await reading("mm-1").textContent()) ?? "").toContain("4.2 %≥ 3 %");
    await page.locator('main [data-rule="daily-loss"]', { hasText: "1 breached" }).waitFor();

    await reading("mm-1").getByRole("link", { name: "its proof" }).click();
    const events = page.locator("[data-command-events]");
    for (const type of ["command.issued", "command.delivered", "command.acknowledged", "command.verified"])
      await events.getByText(type, { exact: true }).first().waitFor();
    await page
      .getByText("Daily loss of mm-1 is 4.2 %, at or over its limit of 3 % (rule daily-loss)")
      .first()
      .waitFor();
    expect(await commands(hub)).toEqual(['rule:daily-loss halt {"bot":"mm-1"}']);
    expect(troubles).toEqual([]);

    await hub.close();
    const again = await serveHub(noStarter, {}, built.directory, hub.dataDir);
    await page.goto(`${again.url}${PAGE}`);
    await page.locator('main [data-rule="daily-loss"]', { hasText: "page · Ada" }).waitFor();
    await reading("mm-1").filter({ hasText: "breached" }).filter({ hasText: "its halt of mm-1 holds" }).waitFor();
    await sendTo(again.url, [{ type: "bot.started", bot: "mm-2", ts: new Date().toISOString(), status: "running" }]);
    await loses(again, "mm-2", 0.05);
    await reading("mm-2").filter({ hasText: "its halt of mm-2 holds" }).waitFor();
    expect(await commands(again)).toEqual([
      'rule:daily-loss halt {"bot":"mm-2"}',
      'rule:daily-loss halt {"bot":"mm-1"}',
    ]);

    await page.getByRole("button", { name: "Remove daily-loss" }).click();
    await page.getByLabel("Type daily-loss to confirm").fill("daily-loss");
    await page.getByRole("button", { name: "Remove the rule" }).click();
    await page.getByText("No rule halts by itself").waitFor();
    await page.goto(`${again.url}/audit?kind=rule`);
    await page.getByText("halt rule removed").first().waitFor();
    await page.getByText("halt rule set").first().waitFor();
    expect(await commands(again)).toHaveLength(2);
  });
});
