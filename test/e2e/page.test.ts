import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type BuiltPage, buildPage } from "../support/build-page.ts";
import { startBrowser, type TestBrowser } from "../support/browser.ts";
import { type FakeHub, startFakeHub } from "../support/fake-hub/fake-hub.ts";
import { busyDesk, emptyDesk, sampleBot, variedFill } from "../support/fake-hub/sample-desk.ts";
import { requireTool } from "../support/tools.ts";
import { pageFaults } from "./page-check.ts";

const NOW = Date.now();

requireTool("chromium")("the page in a browser", () => {
  let built: BuiltPage;
  let browser: TestBrowser;
  let hub: FakeHub;
  let page: Page;
  let troubles: string[];

  beforeAll(async () => {
    [built, browser] = await Promise.all([buildPage(), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await built?.remove();
  });
  beforeEach(async () => {
    hub = await startFakeHub(built.directory, busyDesk(NOW));
  });
  afterEach(async () => {
    await page.close();
    await hub.close();
  });

  const open = async (path = "/"): Promise<void> => {
    ({ page, troubles } = await browser.open(hub.url + path));
  };
  const texts = (selector: string): Promise<string[]> => page.locator(selector).allTextContents();

  describe("before the first event", () => {
    test("shows how to connect, and turns green when an event lands", async () => {
      hub.desk = emptyDesk(NOW);
      await open();
      await page.getByRole("heading", { name: "Connect your first bot" }).waitFor();
      expect(await page.locator("pre").first().textContent()).toContain(`curl -X POST ${hub.url}/api/edges`);
      expect(await page.title()).toBe("○ no bots yet · Deskwatch");
      hub.push("delta", "bots", [sampleBot("default", NOW, { status: null })]);
      hub.push("delta", "edges", busyDesk(NOW).edges.slice(0, 1));
      await page.locator("[data-landing=landed]").waitFor();
      await page.locator("[data-bot=default]").waitFor();
      await page.locator("[data-pair-id]").waitFor();
      expect(await page.title()).toBe("● 1 live · Deskwatch");
      await page.getByRole("button", { name: "Open the overview" }).click();
      await page.getByRole("heading", { name: "Recent fills" }).waitFor();
      expect(troubles).toEqual([]);
    });

    test("says why when the first event is refused", async () => {
      hub.desk = emptyDesk(NOW);
      await open();
      await page.locator("[data-landing=waiting]").waitFor();
      const [refused] = busyDesk(NOW).rejected;
      if (refused !== undefined) hub.push("fact", "rejected", refused);
      await page.locator("[data-landing=refused]").waitFor();
      expect(await page.locator("[data-landing]").textContent()).toContain("price: expected a decimal above 0");
    });
  });

  describe("a busy desk", () => {
    test("shows the bots that need somebody first, in words", async () => {
      await open();
      await page.locator("[data-bot]").first().waitFor();
      const bots = await page
        .locator("[data-bot]")
        .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-bot")));
      expect(bots).toEqual(["grid-doge", "perp-eth", "scan-elections", "arb-1", "mm-btc", "paper-sol"]);
      expect(await page.locator("[data-bot=perp-eth]").textContent()).toMatch(
        /◌ stale[\s\S]*No contact for \d+ s, expected every 5 s/,
      );
      expect(await page.locator("[data-bot=paper-sol]").textContent()).toContain("PAPER");
      expect(await page.title()).toBe("■ 1 halted ◌ 2 stale ● 3 live · Deskwatch");
    });

    test("puts a new fill on top, and strikes it when it is voided", async () => {
      await open();
      await page.locator("[data-fill-id]").first().waitFor();
      const fill = { ...variedFill(5001, NOW), fill_id: "new-1", symbol: "NEWUSDT", voided: false };
      hub.push("fact", "fills", fill);
      await page.locator("[data-fill-id=new-1]").waitFor();
      expect(await page.locator("[data-fill-id]").first().getAttribute("data-fill-id")).toBe("new-1");
      hub.push("fact", "fills", { ...fill, voided: true });
      await page.locator("[data-fill-id=new-1]", { hasText: "voided" }).waitFor();
      expect(await page.locator("[data-fill-id=new-1]").count()).toBe(1);
    });

    test("says why a value is unknown", async () => {
      await open("/exposure");
      const unknown = page.locator("[data-exposure=edgex] [data-unknown]").first();
      await unknown.waitFor();
      expect(await unknown.getAttribute("title")).toBe("Unknown: no rate from EDG to USD");
      expect(await unknown.locator(".sr-only").textContent()).toBe("Unknown: no rate from EDG to USD");
    });

    test("stays bounded and answers keys when thousands of fills come", async () => {
      await open("/fills");
      await page.locator("[data-fill-id]").first().waitFor();
      for (let seq = 10_000; seq < 13_000; seq++)
        hub.push("fact", "fills", { ...variedFill(seq, NOW), fill_id: `burst-${seq}` });
      await page.locator("[data-fill-id=burst-12999]").waitFor();
      expect(await page.locator("[data-fill-id]").count()).toBeLessThan(60);
      await page.keyboard.press("g");
      await page.keyboard.press("h");
      await page.getByRole("heading", { name: "Health", exact: true }).waitFor();
      expect(troubles).toEqual([]);
    });
  });

  describe("the stream", () => {
    test("says how old the picture is when it is lost, and recovers by itself", async () => {
      await open();
      await page.locator("[data-bot]").first().waitFor();
      hub.setAway(true);
      await page.locator("[data-lost]").waitFor();
      expect(await page.locator("[data-lost]").textContent()).toMatch(/Last update \d+ s ago, reconnecting/);
      expect(await page.locator("[data-stale=true]").count()).toBe(1);
      expect(await page.title()).toBe("⚠ reconnecting · Deskwatch");
      expect(await page.locator("[data-announcer]").textContent()).toBe("Connection to the hub lost, reconnecting.");
      expect(await page.locator("[data-bot]").count()).toBe(6);
      hub.setAway(false);
      await page.locator("[data-stale=false]").waitFor();
      await page.waitForFunction(() => document.title.includes("live"));
      expect(await page.locator("[data-announcer]").textContent()).toBe("Connected again.");
    });

    test("says aloud which bot fell silent", async () => {
      await open();
      await page.locator("[data-bot=mm-btc]").waitFor();
      hub.push("delta", "bots", [sampleBot("mm-btc", NOW, { liveness: "offline", last_seen_age_s: 61 })]);
      await page.waitForFunction(
        () => document.querySelector("[data-announcer]")?.textContent?.includes("mm-btc") === true,
      );
      expect(await page.locator("[data-announcer]").textContent()).toMatch(/^mm-btc is offline\. No contact for 1 min/);
    });

    test("shows nothing new while paused and all of it after", async () => {
      await open();
      await page.locator("[data-fill-id]").first().waitFor();
      await page.keyboard.press("p");
      await page.getByText("what comes is kept").waitFor();
      hub.push("fact", "fills", { ...variedFill(6000, NOW), fill_id: "while-paused" });
      hub.push("delta", "edges", []);
      await page.waitForTimeout(200);
      expect(await page.locator("[data-fill-id=while-paused]").count()).toBe(0);
      await page.keyboard.press("p");
      await page.locator("[data-fill-id=while-paused]").waitFor();
    });

    test("flashes a changed number, and never where motion is not wanted", async () => {
      const flashes = (): Promise<number> => page.evaluate(() => document.getAnimations().length);
      const change = (gross: number): void => {
        const { exposure } = hub.desk;
        hub.push("delta", "exposure", { ...exposure, total: { ...exposure.total, gross_usd: gross } });
      };
      await open("/exposure");
      await page.getByText("8,410.50").waitFor();
      change(9000);
      await page.getByText("9,000.00").waitFor();
      expect(await flashes()).toBeGreaterThan(0);
      await page.emulateMedia({ reducedMotion: "reduce" });
      await page.waitForFunction(() => document.getAnimations().length === 0);
      await page.waitForTimeout(600);
      change(9500);
      await page.getByText("9,500.00").waitFor();
      expect(await flashes()).toBe(0);
    });
  });

  describe("fills of the past", () => {
    const scroller = () => page.locator("[data-scroller=fills]");
    const scrollToEnd = (): Promise<void> =>
      scroller().evaluate((element) => void element.scrollTo({ top: element.scrollHeight }));

    test("come page by page, never more than 500 held, and lead back to the newest", async () => {
      await open("/fills");
      await page.locator("[data-fill-id]").first().waitFor();
      for (const seq of [1300, 900, 700, 400, 100, 1]) {
        await page.waitForFunction(
          (wanted) => {
            const element = document.querySelector("[data-scroller=fills]");
            element?.scrollTo({ top: element.scrollHeight });
            return [...document.querySelectorAll("[data-seq]")].some(
              (row) => Number(row.getAttribute("data-seq")) <= wanted,
            );
          },
          seq,
          { polling: 50 },
        );
      }
      await page.getByText("there are no older fills").waitFor();
      expect(await scroller().evaluate((element) => element.scrollHeight)).toBeLessThan(500 * 32 + 200);
      await page.getByRole("button", { name: "Back to the newest" }).click();
      await page.locator(`[data-seq="${hub.desk.fills[0]?.seq}"]`).waitFor();
      expect(troubles).toEqual([]);
    });

    test("keep their place when new ones come", async () => {
      await open("/fills");
      await page.locator("[data-fill-id]").first().waitFor();
      await scroller().evaluate((element) => element.scrollTo({ top: 960 }));
      const place = () =>
        page.evaluate(() => {
          const edge = document.querySelector(".fill-heads")?.getBoundingClientRect().bottom ?? 0;
          const row = [...document.querySelectorAll("[data-seq]")].find(
            (each) => each.getBoundingClientRect().bottom > edge + 1,
          );
          return row?.getAttribute("data-seq");
        });
      await page.waitForFunction(() => Number(document.querySelector("[data-seq]")?.getAttribute("data-seq")) < 1399);
      const before = await place();
      for (let seq = 7000; seq < 7020; seq++) hub.push("fact", "fills", variedFill(seq, NOW));
      await page.waitForFunction(() => (document.querySelector("[data-scroller=fills]")?.scrollTop ?? 0) > 1500);
      expect(await place()).toBe(before);
    });

    test("say what went wrong when they cannot be read, and try again", async () => {
      hub.failFills = true;
      await open("/fills");
      await page.locator("[data-fill-id]").first().waitFor();
      await scrollToEnd();
      await page.getByText("The database does not answer.").waitFor();
      hub.failFills = false;
      await page.getByRole("button", { name: "Try again" }).click();
      await page.waitForFunction(() => (document.querySelector("[data-scroller=fills]")?.scrollHeight ?? 0) > 12_000);
      expect(await page.getByText("The database does not answer.").count()).toBe(0);
    });
  });

  describe("keys", () => {
    test("open the palette, which finds pages and bots", async () => {
      await open();
      await page.locator("[data-bot]").first().waitFor();
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox").fill("perp");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "perp-eth" }).waitFor();
      expect(new URL(page.url()).pathname).toBe("/bots/perp-eth");
    });

    test("jump to every page of the navigation", async () => {
      await open();
      await page.locator("[data-bot]").first().waitFor();
      const headings = {
        b: "Bots",
        f: "Fills",
        e: "Live edges",
        x: "Exposure",
        h: "Health",
        r: "Rejected",
        c: "Connect a bot",
        o: "Overview",
      };
      for (const [letter, heading] of Object.entries(headings)) {
        await page.keyboard.press("g");
        await page.keyboard.press(letter);
        await page.getByRole("heading", { name: heading, exact: true, level: 1 }).waitFor({ state: "attached" });
      }
      expect(troubles).toEqual([]);
    });

    test("walk the rows and open one", async () => {
      await open("/bots");
      await page.locator("[data-bot]").first().waitFor();
      for (const key of ["j", "j", "k", "j"]) await page.keyboard.press(key);
      expect(await page.evaluate(() => document.activeElement?.getAttribute("data-bot"))).toBe("perp-eth");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "perp-eth", level: 1 }).waitFor();
    });

    test("show the help and close it, and leave typing alone", async () => {
      await open();
      await page.locator("[data-bot]").first().waitFor();
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keys and signs" }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await page.keyboard.press("/");
      await page.keyboard.type("gh tp");
      expect(await page.getByRole("combobox").inputValue()).toBe("gh tp");
      expect(new URL(page.url()).pathname).toBe("/");
    });

    test("change the theme, which is kept", async () => {
      await open();
      const ground = (): Promise<string> =>
        page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      await page.emulateMedia({ colorScheme: "dark" });
      await page.locator("[data-bot]").first().waitFor();
      const dark = await ground();
      await page.keyboard.press("t");
      expect(await ground()).toBe("rgb(255, 255, 255)");
      await page.reload();
      await page.locator("[data-bot]").first().waitFor();
      expect(await ground()).toBe("rgb(255, 255, 255)");
      await page.keyboard.press("t");
      expect(await ground()).toBe(dark);
      await page.evaluate(() => localStorage.clear());
    });
  });

  describe("access", () => {
    test("asks for a password where nobody is trusted, says when it is wrong, and lets in", async () => {
      hub.access = { ...hub.access, loopback_trusted: false };
      await open("/");
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      await page.getByLabel("E-mail").fill("ada@example.com");
      await page.getByLabel("Password").fill("wrong password");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByText("E-mail or password is wrong.").waitFor();
      await page.getByLabel("Password").fill("a long password");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.locator("[data-bot]").first().waitFor();
      await page.getByRole("button", { name: "Settings and session" }).click();
      await page.getByRole("button", { name: "Sign out Ada" }).click();
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      expect(hub.posted.map(({ path }) => path)).toEqual([
        "/api/auth/sign-in/email",
        "/api/auth/sign-in/email",
        "/api/auth/sign-out",
      ]);
    });

    test("sets up the owner, with the token where it is asked for", async () => {
      hub.access = { owner: false, signed_in: false, loopback_trusted: false, setup_token_required: true };
      await open("/");
      await page.getByRole("heading", { name: "Set up the owner" }).waitFor();
      for (const [label, value] of [
        ["Name", "Ada"],
        ["E-mail", "ada@example.com"],
        ["Password", "a long password"],
        ["Setup token", " t0ken "],
      ] as const) {
        await page.getByLabel(label).fill(value);
      }
      expect(await pageFaults(page)).toEqual([]);
      await page.getByRole("button", { name: "Set up and sign in" }).click();
      await page.locator("[data-bot]").first().waitFor();
      expect(hub.posted[0]).toEqual({
        path: "/api/v1/setup",
        body: { name: "Ada", email: "ada@example.com", password: "a long password", setup_token: "t0ken" },
      });
    });

    test("says so while the hub cannot be reached, and goes on by itself", async () => {
      await open("/set-up");
      await page.route("**/api/v1/access", (route) => route.abort());
      await page.goto(`${hub.url}/`);
      await page.getByText("The hub cannot be reached").waitFor();
      await page.unroute("**/api/v1/access");
      await page.locator("[data-bot]").first().waitFor();
    });
  });

  describe("every page", () => {
    const headings = {
      "/": "Overview",
      "/bots": "Bots",
      "/bots/mm-btc": "mm-btc LIVE",
      "/fills": "Fills",
      "/edges": "Live edges",
      "/exposure": "Exposure",
      "/health": "Health",
      "/rejected": "Rejected",
      "/connect": "Connect a bot",
    };
    const sizes = [
      [375, 812],
      [1440, 900],
      [2560, 1440],
      [3840, 2160],
    ] as const;

    test.each(sizes)("fits, is named and can be read in both themes when %d px wide", async (width, height) => {
      await open("/");
      await page.setViewportSize({ width, height });
      for (const colorScheme of ["dark", "light"] as const) {
        await page.emulateMedia({ colorScheme });
        for (const [path, heading] of Object.entries(headings)) {
          await page.evaluate((to) => history.pushState({}, "", to), path);
          await page.getByRole("heading", { name: heading, exact: true, level: 1 }).waitFor({ state: "attached" });
          await page.waitForFunction(() => document.querySelector("[data-skeleton]") === null);
          expect(await pageFaults(page), `${path} ${width} ${colorScheme}`).toEqual([]);
        }
      }
      expect(troubles).toEqual([]);
    });

    test("says that there is nothing when there is nothing", async () => {
      hub.desk = emptyDesk(NOW);
      await open("/");
      const words = {
        bots: "No bot has reported yet",
        fills: "No fills yet",
        edges: "No live edge",
        exposure: "Nothing is held",
        health: "No feed reported",
        rejected: "Nothing was refused",
      };
      for (const [path, said] of Object.entries(words)) {
        await page.goto(`${hub.url}/${path}`);
        await page.getByText(said).waitFor();
        expect(await pageFaults(page), path).toEqual([]);
      }
      expect(troubles).toEqual([]);
    });

    test("says that an address is none of its pages", async () => {
      await open("/nothing-here");
      await page.getByRole("heading", { name: "There is no such page" }).waitFor();
      expect((await texts("nav[aria-label=Pages] a")).length).toBe(8);
    });
  });
});
