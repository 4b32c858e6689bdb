import { describe, expect, test } from "vitest";
import { busyDesk, emptyDesk, sampleBot, variedFill } from "../support/fake-hub/sample-desk.ts";
import { pageFaults } from "./page-check.ts";
import { requireTool } from "../support/tools.ts";
import { NOW, pageScene } from "./page-scene.ts";

requireTool("chromium")("the page in a browser", () => {
  const scene = pageScene();

  describe("before the first event", () => {
    test("shows how to connect, and turns green when an event lands", async () => {
      scene.hub.desk = emptyDesk(NOW);
      await scene.open();
      await scene.page.getByRole("heading", { name: "Connect your first bot" }).waitFor();
      expect(await scene.page.locator("pre").first().textContent()).toContain(
        `curl -X POST ${scene.hub.url}/api/edges`,
      );
      expect(await scene.page.title()).toBe("○ no bots yet · Deskwatch");
      scene.hub.push("delta", "bots", [sampleBot("default", NOW, { status: null })]);
      scene.hub.push("delta", "edges", busyDesk(NOW).edges.slice(0, 1));
      await scene.page.locator("[data-landing=landed]").waitFor();
      await scene.page.locator("[data-bot=default]").waitFor();
      await scene.page.locator("[data-pair-id]").waitFor();
      expect(await scene.page.title()).toBe("● 1 live · Deskwatch");
      await scene.page.getByRole("button", { name: "Open the overview" }).click();
      await scene.page.getByRole("heading", { name: "Recent fills" }).waitFor();
      expect(scene.troubles).toEqual([]);
    });

    test("says why when the first event is refused", async () => {
      scene.hub.desk = emptyDesk(NOW);
      await scene.open();
      await scene.page.locator("[data-landing=waiting]").waitFor();
      const [refused] = busyDesk(NOW).rejected;
      if (refused !== undefined) scene.hub.push("fact", "rejected", refused);
      await scene.page.locator("[data-landing=refused]").waitFor();
      expect(await scene.page.locator("[data-landing]").textContent()).toContain("price: expected a decimal above 0");
    });
  });

  describe("a busy desk", () => {
    test("shows the bots that need somebody first, in words", async () => {
      await scene.open();
      await scene.page.locator("[data-bot]").first().waitFor();
      const bots = await scene.page
        .locator("[data-bot]")
        .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-bot")));
      expect(bots).toEqual(["grid-doge", "perp-eth", "scan-elections", "arb-1", "mm-btc", "paper-sol"]);
      expect(await scene.page.locator("[data-bot=perp-eth]").textContent()).toContain("◌ stale");
      expect(await scene.page.locator("[data-bot=paper-sol]").textContent()).toContain("PAPER");
      expect(await scene.page.title()).toBe("■ 1 halted ◌ 2 stale ● 3 live · Deskwatch");
    });

    test("says what needs somebody, the worst first, and leads there", async () => {
      await scene.open();
      const needs = scene.page.locator("[data-need]");
      await needs.filter({ hasText: "quantities differ" }).waitFor();
      const tones = await needs.evaluateAll((all) => all.map((each) => each.getAttribute("data-tone")));
      expect(tones).toEqual(tones.toSorted());
      expect(await scene.page.locator("[data-need=grid-doge]").textContent()).toContain("Halted: daily loss limit");
      expect(await pageFaults(scene.page)).toEqual([]);
      await scene.page.locator("[data-need=grid-doge]").getByRole("link").click();
      await scene.page.waitForURL(/\/bots\/grid-doge/);
    });

    test("puts a new fill on top, and strikes it when it is voided", async () => {
      await scene.open();
      await scene.page.locator("[data-fill-id]").first().waitFor();
      const fill = { ...variedFill(5001, NOW), fill_id: "new-1", symbol: "NEWUSDT", voided: false };
      scene.hub.push("fact", "fills", fill);
      await scene.page.locator("[data-fill-id=new-1]").waitFor();
      expect(await scene.page.locator("[data-fill-id]").first().getAttribute("data-fill-id")).toBe("new-1");
      scene.hub.push("fact", "fills", { ...fill, voided: true });
      await scene.page.locator("[data-fill-id=new-1]", { hasText: "voided" }).waitFor();
      expect(await scene.page.locator("[data-fill-id=new-1]").count()).toBe(1);
    });

    test("puts a fill of an older time into its place, and tells by pointer and keys why it was corrected", async () => {
      await scene.open("/fills");
      await scene.page.locator("[data-fill-id]").nth(2).waitFor();
      const second = Number(await scene.page.locator("[data-fill-id]").nth(1).getAttribute("data-seq"));
      const known = scene.hub.desk.fills.find(({ seq }) => seq === second);
      if (known === undefined) throw new Error("the page shows a fill that the hub does not have");
      const reason = "the fee was that of another day";
      const late = { ...known, seq: 90_001, fill_id: "late-1", voided: false, correction: reason };
      scene.hub.push("fact", "fills", late);
      const row = scene.page.locator("[data-fill-id=late-1]");
      await row.waitFor();
      expect(await scene.page.locator("[data-fill-id]").nth(1).getAttribute("data-fill-id")).toBe("late-1");
      const flag = row.getByRole("button", { name: "corrected" });
      const why = row.getByRole("note");
      expect(await why.isVisible()).toBe(false);
      await flag.hover();
      expect(await why.textContent()).toBe(reason);
      expect(await why.isVisible()).toBe(true);
      await scene.page.mouse.move(0, 0);
      await why.waitFor({ state: "hidden" });
      await row.focus();
      await scene.page.keyboard.press("Tab");
      await why.waitFor({ state: "visible" });
      expect(await flag.getAttribute("aria-describedby")).toBe(await row.locator(".hint").getAttribute("id"));
      expect(await pageFaults(scene.page)).toEqual([]);
    });

    test("says why a value is unknown", async () => {
      await scene.open("/exposure");
      const unknown = scene.page.locator("[data-exposure=edgex] [data-unknown]").first();
      await unknown.waitFor();
      expect(await unknown.getAttribute("title")).toBe("Unknown: no rate from EDG to USD");
      expect(await unknown.locator(".sr-only").textContent()).toBe("Unknown: no rate from EDG to USD");
    });

    test("stays bounded and answers keys when thousands of fills come", async () => {
      await scene.open("/fills");
      await scene.page.locator("[data-fill-id]").first().waitFor();
      for (let seq = 10_000; seq < 13_000; seq++)
        scene.hub.push("fact", "fills", { ...variedFill(seq, NOW), fill_id: `burst-${seq}` });
      await scene.page.locator("[data-fill-id=burst-12999]").waitFor();
      expect(await scene.page.locator("[data-fill-id]").count()).toBeLessThan(60);
      await scene.page.keyboard.press("g");
      await scene.page.keyboard.press("h");
      await scene.page.getByRole("heading", { name: "Health", exact: true }).waitFor();
      expect(scene.troubles).toEqual([]);
    });
  });

  describe("the stream", () => {
    test("says how old the picture is when it is lost, and recovers by itself", async () => {
      await scene.open();
      await scene.page.locator("[data-bot]").first().waitFor();
      scene.hub.setAway(true);
      await scene.page.locator("[data-lost]").waitFor();
      expect(await scene.page.locator("[data-lost]").textContent()).toMatch(/Last update \d+ s ago, reconnecting/);
      expect(await scene.page.locator("[data-stale=true]").count()).toBe(1);
      expect(await scene.page.title()).toBe("⚠ reconnecting · Deskwatch");
      expect(await scene.page.locator("[data-announcer]").textContent()).toBe(
        "Connection to the hub lost, reconnecting.",
      );
      expect(await scene.page.locator("[data-bot]").count()).toBe(6);
      scene.hub.setAway(false);
      await scene.page.locator("[data-stale=false]").waitFor();
      await scene.page.waitForFunction(() => document.title.includes("live"));
      expect(await scene.page.locator("[data-announcer]").textContent()).toBe("Connected again.");
    });

    test("says aloud which bot fell silent", async () => {
      await scene.open();
      await scene.page.locator("[data-bot=mm-btc]").waitFor();
      scene.hub.push("delta", "bots", [sampleBot("mm-btc", NOW, { liveness: "offline", last_seen_age_s: 61 })]);
      await scene.page.waitForFunction(
        () => document.querySelector("[data-announcer]")?.textContent?.includes("mm-btc") === true,
      );
      expect(await scene.page.locator("[data-announcer]").textContent()).toMatch(
        /^mm-btc is offline\. No contact for 1 min/,
      );
    });

    test("shows nothing new while paused and all of it after", async () => {
      await scene.open();
      await scene.page.locator("[data-fill-id]").first().waitFor();
      await scene.page.keyboard.press("p");
      await scene.page.getByText("what comes is kept").waitFor();
      scene.hub.push("fact", "fills", { ...variedFill(6000, NOW), fill_id: "while-paused" });
      scene.hub.push("delta", "edges", []);
      await scene.page.waitForTimeout(200);
      expect(await scene.page.locator("[data-fill-id=while-paused]").count()).toBe(0);
      await scene.page.keyboard.press("p");
      await scene.page.locator("[data-fill-id=while-paused]").waitFor();
    });

    test("flashes a changed number, and never where motion is not wanted", async () => {
      const flashes = (): Promise<number> => scene.page.evaluate(() => document.getAnimations().length);
      const change = (gross: number): void => {
        const { exposure } = scene.hub.desk;
        scene.hub.push("delta", "exposure", { ...exposure, total: { ...exposure.total, gross_usd: gross } });
      };
      await scene.open("/exposure");
      await scene.page.locator("#content").getByText("8,410.50").waitFor();
      change(9000);
      await scene.page.locator("#content").getByText("9,000.00").waitFor();
      expect(await flashes()).toBeGreaterThan(0);
      await scene.page.emulateMedia({ reducedMotion: "reduce" });
      await scene.page.waitForFunction(() => document.getAnimations().length === 0);
      await scene.page.waitForTimeout(600);
      change(9500);
      await scene.page.locator("#content").getByText("9,500.00").waitFor();
      expect(await flashes()).toBe(0);
    });
  });

  describe("fills of the past", () => {
    const scroller = () => scene.page.locator("[data-scroller=fills]");
    const scrollToEnd = (): Promise<void> =>
      scroller().evaluate((element) => void element.scrollTo({ top: element.scrollHeight }));

    test("come page by page, never more than 500 held, and lead back to the newest", async () => {
      await scene.open("/fills");
      await scene.page.locator("[data-fill-id]").first().waitFor();
      for (const seq of [1300, 900, 700, 400, 100, 1]) {
        await scene.page.waitForFunction(
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
      await scene.page.getByText("there are no older fills").waitFor();
      expect(await scroller().evaluate((element) => element.scrollHeight)).toBeLessThan(500 * 32 + 200);
      await scene.page.getByRole("button", { name: "Back to the newest" }).click();
      await scene.page.locator(`[data-seq="${scene.hub.desk.fills[0]?.seq}"]`).waitFor();
      expect(scene.troubles).toEqual([]);
    });

    test("keep their place when new ones come", async () => {
      await scene.open("/fills");
      await scene.page.locator("[data-fill-id]").first().waitFor();
      await scroller().evaluate((element) => element.scrollTo({ top: 960 }));
      const place = () =>
        scene.page.evaluate(() => {
          const edge = document.querySelector(".fill-heads")?.getBoundingClientRect().bottom ?? 0;
          const row = [...document.querySelectorAll("[data-seq]")].find(
            (each) => each.getBoundingClientRect().bottom > edge + 1,
          );
          return row?.getAttribute("data-seq");
        });
      await scene.page.waitForFunction(
        () => Number(document.querySelector("[data-seq]")?.getAttribute("data-seq")) < 1399,
      );
      const before = await place();
      for (let seq = 7000; seq < 7020; seq++) scene.hub.push("fact", "fills", variedFill(seq, NOW));
      await scene.page.waitForFunction(() => (document.querySelector("[data-scroller=fills]")?.scrollTop ?? 0) > 1500);
      expect(await place()).toBe(before);
    });

    test("say what went wrong when they cannot be read, and try again", async () => {
      scene.hub.failFills = true;
      await scene.open("/fills");
      await scene.page.locator("[data-fill-id]").first().waitFor();
      await scrollToEnd();
      await scene.page.getByText("The database does not answer.").waitFor();
      scene.hub.failFills = false;
      await scene.page.getByRole("button", { name: "Try again" }).click();
      await scene.page.waitForFunction(
        () => (document.querySelector("[data-scroller=fills]")?.scrollHeight ?? 0) > 12_000,
      );
      expect(await scene.page.getByText("The database does not answer.").count()).toBe(0);
    });
  });

  describe("keys", () => {
    test("open the palette, which finds pages and bots", async () => {
      await scene.open();
      await scene.page.locator("[data-bot]").first().waitFor();
      await scene.page.keyboard.press("Control+k");
      await scene.page.getByRole("combobox").fill("perp");
      await scene.page.keyboard.press("Enter");
      await scene.page.getByRole("heading", { name: "perp-eth" }).waitFor();
      expect(new URL(scene.page.url()).pathname).toBe("/bots/perp-eth");
    });

    test("jump to every page of the navigation", async () => {
      await scene.open();
      await scene.page.locator("[data-bot]").first().waitFor();
      const headings = {
        b: "Bots",
        f: "Fills",
        m: "Markets",
        e: "Live edges",
        p: "Opportunities",
        d: "Orders",
        x: "Exposure",
        y: "Replays",
        i: "Imports",
        h: "Health",
        r: "Rejected",
        c: "Connect a bot",
        o: "Overview",
      };
      for (const [letter, heading] of Object.entries(headings)) {
        await scene.page.keyboard.press("g");
        await scene.page.keyboard.press(letter);
        await scene.page.getByRole("heading", { name: heading, exact: true, level: 1 }).waitFor({ state: "attached" });
      }
      expect(scene.troubles).toEqual([]);
    });

    test("walk the rows and open one", async () => {
      await scene.open("/bots");
      await scene.page.locator("[data-bot]").first().waitFor();
      for (const key of ["j", "j", "k", "j"]) await scene.page.keyboard.press(key);
      expect(await scene.page.evaluate(() => document.activeElement?.getAttribute("data-bot"))).toBe("perp-eth");
      await scene.page.keyboard.press("Enter");
      await scene.page.getByRole("heading", { name: "perp-eth", level: 1 }).waitFor();
    });

    test("show the help and close it, and leave typing alone", async () => {
      await scene.open();
      await scene.page.locator("[data-bot]").first().waitFor();
      await scene.page.keyboard.press("?");
      await scene.page.getByRole("dialog", { name: "Keys and signs" }).waitFor();
      await scene.page.keyboard.press("Escape");
      await scene.page.getByRole("dialog").waitFor({ state: "detached" });
      await scene.page.keyboard.press("/");
      await scene.page.keyboard.type("gh tp");
      expect(await scene.page.getByRole("combobox").inputValue()).toBe("gh tp");
      expect(new URL(scene.page.url()).pathname).toBe("/");
    });

    test("change the theme, which is kept", async () => {
      await scene.open();
      const ground = (): Promise<string> =>
        scene.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      await scene.page.emulateMedia({ colorScheme: "dark" });
      await scene.page.locator("[data-bot]").first().waitFor();
      const dark = await ground();
      await scene.page.keyboard.press("t");
      expect(await ground()).toBe("rgb(255, 255, 255)");
      await scene.page.reload();
      await scene.page.locator("[data-bot]").first().waitFor();
      expect(await ground()).toBe("rgb(255, 255, 255)");
      await scene.page.keyboard.press("t");
      expect(await ground()).toBe(dark);
      await scene.page.evaluate(() => localStorage.clear());
    });
  });
});
