import { describe, expect, test, vi } from "vitest";
import type { HaltRuleTerms } from "../../src/protocol/halt-rule.ts";
import { requireTool } from "../support/tools.ts";
import { pageFaults } from "./page-check.ts";
import { pageScene } from "./page-scene.ts";

/** A machine that is busy with other tests takes its time. */
vi.setConfig({ testTimeout: 180_000 });

/** For whoever wants to see them. */
const SHOTS = process.env["RULE_SHOTS"];
const PAGE = "/controls?view=rules";

requireTool("chromium")("rules that halt, in a browser", () => {
  const scene = pageScene();
  const button = (name: string) => scene.page.getByRole("button", { name, exact: true });
  const rule = (name: string) => scene.page.locator(`main [data-rule="${name}"]`);
  const textOf = async (selector: string): Promise<string> =>
    (await scene.page.locator(selector).first().allInnerTexts()).join(" ").replaceAll(/\s+/g, " ");
  const signedIn = (): void => {
    scene.hub.access = { ...scene.hub.access, signed_in: true, name: "Ada", role: "operator" };
  };
  const set = (): HaltRuleTerms[] =>
    scene.hub.posted.flatMap(({ path, body }) => (path.includes("halt-rules") && body ? [body as HaltRuleTerms] : []));

  /** Looks at the page on a phone in the dark and on a desk by day; thoroughly, also the other way round and between. */
  async function look(name: string, thoroughly = false): Promise<void> {
    const few = [
      [375, 812, "dark"],
      [1440, 900, "light"],
    ] as const;
    const more = [
      [768, 1024, "light"],
      [1440, 900, "dark"],
    ] as const;
    for (const [width, height, colorScheme] of thoroughly ? [...few, ...more] : few) {
      await scene.page.setViewportSize({ width, height });
      await scene.page.emulateMedia({ colorScheme });
      expect(await pageFaults(scene.page), `${name} ${width} ${colorScheme}`).toEqual([]);
      if (SHOTS !== undefined) await scene.page.screenshot({ path: `${SHOTS}/${name}-${width}-${colorScheme}.png` });
    }
  }

  describe("the list", () => {
    test("tells of each rule its state, what it watches and does, and of each subject its value against the limit", async () => {
      signedIn();
      await scene.open(PAGE);
      await rule("daily-loss").waitFor();
      await look("list", true);
      expect(await textOf('[data-rule="daily-loss"]')).toBe(
        "daily-loss ● armed daily loss at or over 3 % halts the bot; never resumes by itself 3 file changed in the file",
      );
      expect(await textOf('[data-rule="silent-feed"]')).toMatch(
        /^silent-feed ⚠ breached silence of the feed at or over 30 s pauses the venue; resumes after 2 min within 2 · 2 breached page · Ada/,
      );
      expect(await textOf('[data-rule="row"]')).toMatch(/^row ○ off .* nothing page · Ada/);
      const readings = scene.page.locator("main [data-reading]");
      expect(await readings.evaluateAll((all) => all.map((row) => row.getAttribute("data-reading")))).toEqual([
        ...["silent-feed:polymarket", "silent-feed:kalshi", "peak:grid-doge", "margin:perp-eth"],
        ...["daily-loss:mm-btc", "daily-loss:arb-1", "daily-loss:perp-eth"],
      ]);
      expect(await textOf('[data-reading="peak:grid-doge"]')).toMatch(
        /^grid-doge peak ◐ cooling 3\.1 % ≥ 5 % its halt of grid-doge holds; resumes in 1[01] min \d+ s if it stays within · its proof$/,
      );
      expect(await textOf('[data-reading="margin:perp-eth"]')).toContain("neither halts nor resumes without a value");
      expect(scene.troubles).toEqual([]);
    });

    test("says what to do where there is none, who may where one may not, and what went wrong where it cannot be read", async () => {
      scene.hub.desk = { ...scene.hub.desk, haltRules: [] };
      await scene.open(PAGE);
      await scene.page.getByText("No rule halts by itself").waitFor();
      await scene.page.locator("[data-refused]").waitFor();
      expect(await button("Add a rule").count()).toBe(0);
      await scene.page.route("**/api/v1/halt-rules", (route) => route.fulfill({ status: 200, body: "{}" }));
      await scene.page.reload();
      await scene.page.getByText("The rules could not be read").waitFor();
      await look("trouble");
      await scene.page.unroute("**/api/v1/halt-rules");
      signedIn();
      await scene.page.reload();
      await button("Daily loss of 3 % …").waitFor();
      await look("empty");
    });

    test("stays where it was, and says since when, while the hub does not answer", async () => {
      await scene.open(PAGE);
      await rule("daily-loss").waitFor();
      await scene.page.route("**/api/v1/halt-rules", (route) => route.fulfill({ status: 200, body: "{}" }));
      await scene.page
        .locator("[data-not-read]", { hasText: /Read \d+ s ago, and not since: The hub answered/ })
        .waitFor();
      expect(await rule("daily-loss").count()).toBe(1);
      await look("stale");
      await scene.page.unroute("**/api/v1/halt-rules");
      await scene.page.locator("[data-not-read]").waitFor({ state: "detached" });
    });
  });

  describe("setting", () => {
    const dialog = () => scene.page.getByRole("dialog");

    test("begins with what is suggested, in percent, and sends a ratio; by keys alone", async () => {
      signedIn();
      scene.hub.desk = { ...scene.hub.desk, haltRules: [] };
      await scene.open(PAGE);
      await button("Drawdown of 5 % …").focus();
      await scene.page.keyboard.press("Enter");
      await dialog().getByRole("heading", { name: "Add a rule that halts" }).waitFor();
      expect(await dialog().getByLabel("is at or over").inputValue()).toBe("5");
      await dialog().getByText("5 % is suggested.").waitFor();
      await look("form", true);
      await dialog().getByLabel("Only").focus();
      await scene.page.keyboard.type("mm-btc, arb-1");
      await scene.page.keyboard.press("Enter");
      await rule("drawdown").waitFor();
      expect(set()).toEqual([
        {
          ...{ name: "drawdown", metric: "drawdown_pct", unit: "ratio", limit: 0.05, scope: "bot" },
          ...{ of: ["mm-btc", "arb-1"], mode: "live", action: "halt", resume: "never", enabled: true },
        },
      ]);
    });

    test("fits scope, unit and name to the metric and the mode, and takes the time after which it resumes", async () => {
      signedIn();
      await scene.open(PAGE);
      await button("Add a rule").click();
      await dialog().getByLabel("When").selectOption("feed_age_s");
      expect(await dialog().getByLabel("is at or over").inputValue()).toBe("30");
      await dialog().getByText("seconds", { exact: true }).waitFor();
      expect(await dialog().getByLabel("Name").inputValue()).toBe("silent-feed-2");
      expect(await dialog().getByLabel("What").inputValue()).toBe("venue");
      await dialog().getByLabel("Mode").selectOption("paper");
      expect(await dialog().getByLabel("What").inputValue()).toBe("bot");
      await dialog().getByLabel("Mode").selectOption("live");
      await dialog().getByLabel("Then").selectOption("pause");
      await dialog().getByLabel("after a time within the limit").check();
      await dialog().getByLabel("Seconds within the limit").fill("120");
      await look("form-feed");
      await button("Set the rule").click();
      await dialog().waitFor({ state: "detached" });
      expect(set()).toMatchObject([
        { name: "silent-feed-2", metric: "feed_age_s", unit: "seconds", limit: 30, scope: "bot", action: "pause" },
      ]);
      expect(set()[0]?.resume).toEqual({ when_clear_for_s: 120 });
    });

    test("says why it was refused, and keeps what was typed", async () => {
      signedIn();
      await scene.open(PAGE);
      await button("Add a rule").click();
      await dialog().getByLabel("Name").fill("refused");
      await dialog().getByLabel("is at or over").fill("2.5");
      await button("Set the rule").click();
      await dialog().getByRole("alert").getByText("choose another name").waitFor();
      expect(await dialog().getByLabel("is at or over").inputValue()).toBe("2.5");
      expect(set()).toMatchObject([{ limit: 0.025 }]);
    });

    test("changes and switches rules of the page, removes one only when its name was typed, and none of the file", async () => {
      signedIn();
      await scene.open(PAGE);
      await button("Change peak").click();
      expect(await dialog().getByLabel("is at or over").inputValue()).toBe("5");
      await dialog().getByLabel("is at or over").fill("4");
      await button("Change the rule").click();
      await dialog().waitFor({ state: "detached" });
      await button("Switch off margin").click();
      await button("Switch on margin").waitFor();
      await button("Switch on row").click();
      await button("Switch off row").waitFor();
      expect(set().map(({ name, limit, enabled }) => [name, limit, enabled])).toEqual([
        ["peak", 0.04, true],
        ["margin", 0.2, false],
        ["row", 6, true],
      ]);
      await button("Remove silent-feed").click();
      await dialog().getByText("2 commands stand").waitFor();
      await look("remove");
      await dialog().getByLabel("Type silent-feed to confirm").fill("silent");
      await button("Remove the rule").click();
      await dialog().getByRole("alert").waitFor();
      expect(await rule("silent-feed").count()).toBe(1);
      await dialog().getByLabel("Type silent-feed to confirm").fill("silent-feed");
      await button("Remove the rule").click();
      await rule("silent-feed").waitFor({ state: "detached" });
      expect(await button("Change daily-loss").count()).toBe(0);
      expect(await button("Remove daily-loss").count()).toBe(0);
      expect(scene.troubles).toEqual([]);
    });
  });
});
