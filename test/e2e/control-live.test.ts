import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { noStarter, serveHub } from "../access/served-hub.ts";
import { startBrowser, type TestBrowser } from "../support/browser.ts";
import { type BuiltPage, buildPage } from "../support/build-page.ts";
import { requireTool } from "../support/tools.ts";

/** A machine that is busy with other tests takes its time. */
vi.setConfig({ testTimeout: 180_000 });

const BOT = fileURLToPath(new URL("../support/trading-bot.ts", import.meta.url));
const OWNER = { name: "Ada", email: "ada@example.com", password: "a long password" };

/** A bot in a process of its own; killed when the test ends. */
function startBot(url: string, bot: string): ChildProcess {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", BOT, url, bot, "making"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** How long a step took, on a machine of any speed. */
const LAPSE = "(⚠ )?[0-9][0-9.,]*( s)?( late)?";

/** A step of a bot's way in the dialog, once it came. */
const came = (page: Page, bot: string, step: string) =>
  page.getByRole("dialog").locator(`[data-proof="${bot}"] [data-step=${step}]`, { hasText: /[0-9]/ });

requireTool("chromium")("a real bot, a real hub, a real browser", () => {
  let built: BuiltPage;
  let browser: TestBrowser;
  beforeAll(async () => {
    [built, browser] = await Promise.all([buildPage(), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await built?.remove();
  });

  /** The page of a hub, for somebody who has set it up. */
  async function openDesk(url: string): Promise<{ page: Page; troubles: string[] }> {
    const made = await fetch(`${url}/api/v1/setup`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(OWNER),
    });
    expect(made.status).toBe(200);
    const opened = await browser.open(`${url}/sign-in`);
    onTestFinished(() => opened.page.close());
    await opened.page.getByLabel("E-mail").fill(OWNER.email);
    await opened.page.getByLabel("Password").fill(OWNER.password);
    await opened.page.getByRole("button", { name: "Sign in" }).click();
    await opened.page.getByRole("button", { name: "Halt everything" }).waitFor();
    return opened;
  }

  async function ask(page: Page, words: string, confirmation: string): Promise<void> {
    await page.getByRole("button", { name: words, exact: true }).first().click();
    const dialog = page.getByRole("dialog", { name: words });
    await dialog.locator("[data-effect]").waitFor();
    await dialog.getByLabel("Reason").fill("as the test wants it");
    await dialog.getByLabel(/^Type .+ to confirm/).fill(confirmation);
    await dialog.getByRole("button", { name: words }).click();
    await dialog.locator("[data-sent]").waitFor();
  }

  describe("halting", () => {
    test("is proven on the page, step by step, and resumed", async () => {
      const hub = await serveHub(noStarter, {}, built.directory);
      startBot(hub.url, "mm-1");
      const { page, troubles } = await openDesk(hub.url);
      await page.goto(`${hub.url}/bots/mm-1`);
      await page.locator('[data-controlled="mm-1"]', { hasText: "linked" }).waitFor();
      await ask(page, "Halt mm-1", "mm-1");
      const dialog = page.getByRole("dialog", { name: "Halt mm-1" });
      await came(page, "mm-1", "verified").waitFor();
      const said = await dialog.locator('[data-proof="mm-1"]').textContent();
      for (const step of ["delivered", "acknowledged", "verified"])
        expect(said).toMatch(new RegExp(`→ ${step} ${LAPSE}`));
      expect(said).toContain("● reported by the bot: no resting order");
      await dialog.getByRole("button", { name: "Close" }).click();
      await page.locator('[data-controlled="mm-1"][data-state=halted]').waitFor();
      await page.getByRole("link", { name: "1 halted" }).waitFor();
      await ask(page, "Resume mm-1", "mm-1");
      await came(page, "mm-1", "acknowledged").waitFor();
      await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
      await page.locator('[data-controlled="mm-1"][data-state=running]').waitFor();
      expect(troubles).toEqual([]);
    });

    test("of everything names the bot that never asked, and tells of the steps that it is late with", async () => {
      const hub = await serveHub(noStarter, {}, built.directory);
      startBot(hub.url, "mm-1");
      const ts = new Date().toISOString();
      await fetch(`${hub.url}/api/v1/events`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify([{ type: "bot.started", bot: "deaf", ts, status: "running" }]),
      });
      const { page } = await openDesk(hub.url);
      await page.goto(`${hub.url}/controls`);
      await page.locator('main [data-controlled="mm-1"]', { hasText: "linked" }).waitFor();
      await page.keyboard.press("Shift+H");
      await page.locator("[data-unreachable]", { hasText: "Nothing can be proven of deaf" }).waitFor();
      await page.keyboard.press("Escape");
      await ask(page, "Halt everything", "HALT ALL");
      const dialog = page.getByRole("dialog");
      await came(page, "mm-1", "verified").waitFor();
      await dialog.locator('[data-proof="deaf"] [data-step=delivered][data-state=late]').waitFor();
      await page
        .locator("[data-alarm]", { hasText: "halt of deaf is late: not delivered yet." })
        .waitFor({ state: "attached" });
      await dialog.getByRole("link", { name: "See it in the history" }).click();
      const events = page.locator("[data-command-events]");
      await events.waitFor();
      for (const type of ["command.issued", "command.delivered", "command.acknowledged", "command.verified"]) {
        await events.getByText(type, { exact: true }).first().waitFor();
      }
      await page.locator("[data-desk-held=halted]").waitFor();
    });
  });
});
