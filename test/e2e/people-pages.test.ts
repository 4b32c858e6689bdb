import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { noStarter, type ServedHub, serveHub } from "../access/served-hub.ts";
import { type BuiltPage, buildPage } from "../support/build-page.ts";
import { startBrowser, type TestBrowser } from "../support/browser.ts";
import { requireTool } from "../support/tools.ts";
import { totpOf } from "../support/totp.ts";
import { pageFaults } from "./page-check.ts";

const PASSWORD = "correct horse battery";
/** For whoever wants to see them. */
const SHOTS = process.env["PEOPLE_SHOTS"];

/** Many states in one test, each looked at in several sizes. */
const MANY_STATES_MS = 240_000;

requireTool("chromium")("people in a browser", () => {
  let built: BuiltPage;
  let browser: TestBrowser;
  beforeAll(async () => {
    [built, browser] = await Promise.all([buildPage(), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await built?.remove();
  });

  /** A hub that nobody owns, and a browser before it. */
  async function scene(): Promise<{ hub: ServedHub; page: Page; troubles: string[] }> {
    const hub = await serveHub(noStarter, {}, built.directory);
    const { page, troubles } = await browser.open(`${hub.url}/set-up`);
    onTestFinished(async () => {
      await page.close();
      await browser.context.clearCookies();
    });
    return { hub, page, troubles };
  }

  async function setUp(page: Page): Promise<void> {
    await page.getByLabel("Name").fill("Ada Holt");
    await page.getByLabel("E-mail").fill("ada@desk.example");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Set up and sign in" }).click();
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
  }

  async function signOut(page: Page): Promise<void> {
    await page.getByRole("button", { name: "Settings and session" }).click();
    await page.getByRole("button", { name: /^Sign out/ }).click();
    await page.getByRole("button", { name: /^Sign out/ }).waitFor({ state: "detached" });
  }

  async function givePassword(page: Page, email: string): Promise<void> {
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
  }

  /** Looks at the page in both themes and from a phone to a wall; where `PEOPLE_SHOTS` names a folder, pictures go there. */
  async function look(page: Page, name: string): Promise<void> {
    for (const [width, height, colorScheme] of [
      [375, 812, "dark"],
      [768, 1024, "light"],
      [3840, 2160, "dark"],
      [1440, 900, "light"],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      expect(await pageFaults(page), `${name} ${width} ${colorScheme}`).toEqual([]);
      if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}-${width}.png` });
    }
  }

  describe("the owner", () => {
    test("sets up a second factor, signs in by it and by a recovery code, and gives it up", {
      timeout: MANY_STATES_MS,
    }, async () => {
      const { hub, page, troubles } = await scene();
      await setUp(page);
      await page.getByRole("button", { name: "Settings and session" }).click();
      await page.getByRole("button", { name: "Your account" }).click();
      await page.getByRole("button", { name: "Set up a second factor" }).click();
      await look(page, "account");
      await page.getByLabel("Your password once more").fill("wrong horse battery");
      await page.getByRole("button", { name: "Go on" }).click();
      await page.getByText("The password is wrong.").waitFor();
      await page.getByLabel("Your password once more").fill(PASSWORD);
      await page.getByRole("button", { name: "Go on" }).click();
      const secret = (await page.locator("[data-secret]").textContent())?.replaceAll(" ", "") ?? "";
      expect(secret).toMatch(/^[A-Z2-7]{32,}$/);
      await page.getByRole("img", { name: "QR code of the second factor" }).waitFor();
      await look(page, "second-factor");
      await page.getByLabel("Code that the app shows").fill(totpOf(secret));
      await page.getByRole("button", { name: "Confirm" }).click();
      const codes = (await page.locator('[data-snippet="recovery-codes"]').textContent())?.split("\n") ?? [];
      expect(codes).toHaveLength(10);
      await look(page, "recovery-codes");
      await page.getByRole("button", { name: "I have kept them" }).click();
      await page.getByText("10 recovery codes are left.").waitFor();
      expect(await page.getByText(codes[0] ?? "").count()).toBe(0);

      await signOut(page);
      await page.goto(`${hub.url}/sign-in`);
      await givePassword(page, "ada@desk.example");
      await page.getByRole("heading", { name: "Second factor" }).waitFor();
      await look(page, "sign-in-code");
      await page.getByLabel("Code").fill("000000");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByText("The code is wrong or was used already.").waitFor();
      await page.getByLabel("Code").fill(totpOf(secret, 1));
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("navigation", { name: "Pages" }).waitFor();

      await signOut(page);
      await page.goto(`${hub.url}/sign-in`);
      await givePassword(page, "ada@desk.example");
      await page.getByRole("button", { name: "Use a recovery code instead" }).click();
      await page.getByLabel("Recovery code").fill(codes[4] ?? "");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("navigation", { name: "Pages" }).waitFor();
      await page.goto(`${hub.url}/account`);
      await page.getByText("9 recovery codes are left.").waitFor();
      await page.getByRole("button", { name: "Give it up" }).click();
      await page.getByLabel("Your password once more").fill(PASSWORD);
      await page.getByRole("button", { name: "Give it up" }).click();
      await page.getByRole("button", { name: "Set up a second factor" }).waitFor();
      expect(troubles.filter((trouble) => !trouble.includes("status of 40"))).toEqual([]);
    });

    test("invites somebody, who chooses a password, sees what the role shows, and is disabled", {
      timeout: MANY_STATES_MS,
    }, async () => {
      const { hub, page } = await scene();
      await setUp(page);
      await page.goto(`${hub.url}/people`);
      await page.locator("[data-person]").first().waitFor();
      await page.getByRole("button", { name: "Add a person" }).click();
      await page.getByLabel("Name").fill("Vera Lind");
      await page.getByLabel("E-mail").fill("vera@desk.example");
      await look(page, "add-person");
      await page.getByRole("button", { name: "Add and make a link" }).click();
      const link = (await page.locator('[data-snippet="invitation"]').textContent()) ?? "";
      expect(link).toMatch(/\/invitation#[\w-]{43}$/);
      await look(page, "invitation-made");
      await page.getByRole("button", { name: "Done" }).click();
      await page.locator("[data-person='Vera Lind']").getByText("invited").waitFor();
      await look(page, "people");

      await signOut(page);
      await page.goto(link);
      await page.getByRole("heading", { name: "Choose a password" }).waitFor();
      expect(page.url()).not.toContain("#");
      await look(page, "invitation");
      await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
      await page.getByRole("button", { name: "Choose it and sign in" }).click();
      await page.getByRole("navigation", { name: "Pages" }).waitFor();
      await page.goto(`${hub.url}/people`);
      await page.getByText("This takes the role owner").waitFor();
      await page.goto(`${hub.url}/audit`);
      await page.getByText("This takes the role operator").waitFor();
      await look(page, "role-needed");

      await signOut(page);
      await page.goto(`${hub.url}/sign-in`);
      await givePassword(page, "ada@desk.example");
      await page.getByRole("navigation", { name: "Pages" }).waitFor();
      await page.goto(`${hub.url}/people`);
      await page.getByRole("button", { name: "Manage Vera Lind" }).click();
      await look(page, "manage-person");
      await page.getByRole("radio", { name: "operator" }).click();
      await page.getByRole("button", { name: "Disable" }).click();
      await page.getByRole("button", { name: "Enable" }).waitFor();
      await page.getByRole("button", { name: "Done" }).click();
      const vera = page.locator("[data-person='Vera Lind']");
      await vera.getByText("disabled").waitFor();
      expect(await vera.textContent()).toContain("operator");
    });

    test("makes a key, sees it once, uses it, and revokes it; the audit tells all of it", {
      timeout: MANY_STATES_MS,
    }, async () => {
      const { hub, page, troubles } = await scene();
      await setUp(page);
      await page.goto(`${hub.url}/people?view=keys`);
      await page.getByText("No key yet").waitFor();
      await page.getByRole("button", { name: "Make a key" }).click();
      await page.getByLabel("Name").fill("prometheus");
      await page.getByRole("checkbox", { name: "ingest" }).uncheck();
      await page.getByRole("checkbox", { name: "metrics" }).check();
      await page.getByLabel("It holds").selectOption("30");
      await look(page, "make-key");
      await page.getByRole("button", { name: "Make the key" }).click();
      const key = (await page.locator('[data-snippet="key"]').textContent()) ?? "";
      expect(key).toMatch(/^dw_[\w-]{51}$/);
      await look(page, "key-made");
      const status = async (): Promise<number> =>
        (await hub.send({ path: "/metrics", headers: { authorization: `Bearer ${key}` } })).status;
      expect(await status()).toBe(200);
      await page.getByRole("button", { name: "I have it" }).click();
      await page.locator("[data-key='prometheus']").waitFor();
      expect(await page.content()).not.toContain(key);
      await look(page, "keys");
      await page.getByRole("button", { name: "Revoke prometheus" }).click();
      await look(page, "revoke-key");
      await page.getByRole("button", { name: "Revoke it" }).click();
      await page.getByText("No key holds now").waitFor();
      expect(await status()).toBe(401);
      await page.getByText("show 1 that holds no more").click();
      await page.locator("[data-key='prometheus']").getByText("revoked").waitFor();

      await page.goto(`${hub.url}/audit`);
      await page.locator("[data-act='key.revoked']").waitFor();
      const acts = await page
        .locator("[data-act]")
        .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-act")));
      expect(acts).toEqual(["key.revoked", "key.made", "user.made"]);
      await look(page, "audit");
      await page.getByLabel("What").selectOption("key");
      await page.locator("[data-act='user.made']").waitFor({ state: "detached" });
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: "Download audit.csv" }).click(),
      ]);
      expect(download.suggestedFilename()).toBe("audit.csv");
      await page.getByLabel("Outcome").selectOption("refused");
      await page.getByText("Nothing like that was done").waitFor();
      expect(await page.content()).not.toContain(key);
      expect(troubles).toEqual([]);
    });
  });

  test("a session that another browser ends is over on the page at once", { timeout: MANY_STATES_MS }, async () => {
    const { hub, page } = await scene();
    await setUp(page);
    const other = await hub.send({
      method: "POST",
      path: "/api/auth/sign-in/email",
      body: { email: "ada@desk.example", password: PASSWORD },
      headers: { "user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/140.0" },
    });
    expect(other.status).toBe(200);
    await page.goto(`${hub.url}/account`);
    await page.getByText("Firefox on Windows").waitFor();
    await look(page, "sessions");
    await page.getByRole("button", { name: "End the session of Firefox on Windows" }).click();
    await page.getByText("Firefox on Windows").waitFor({ state: "detached" });
    const cookie = (other.headers["set-cookie"] ?? []).map((each) => each.split(";")[0]).join("; ");
    expect((await hub.send({ path: "/api/v1/account", headers: { cookie } })).status).toBe(401);
    await page.getByLabel("Present password").fill(PASSWORD);
    await page.getByLabel("New password").fill("another horse battery");
    await page.getByRole("button", { name: "Change the password" }).click();
    await page.getByText("✓ Changed; your other sessions have ended.").waitFor();
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>("input[name=current]")?.value === "");
  });
});
