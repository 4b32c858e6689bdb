import { describe, expect, test } from "vitest";
import { emptyDesk } from "../support/fake-hub/sample-desk.ts";
import { pages } from "../../src/web/shell/pages.ts";
import { requireTool } from "../support/tools.ts";
import { pageFaults } from "./page-check.ts";
import { NOW, pageScene } from "./page-scene.ts";

/** Many pages in one test, each looked at in both themes. */
const MANY_PAGES_MS = 180_000;

requireTool("chromium")("every page in a browser", () => {
  const scene = pageScene();

  describe("access", () => {
    test("asks for a password where nobody is trusted, says when it is wrong, and lets in", async () => {
      scene.hub.access = { ...scene.hub.access, loopback_trusted: false };
      await scene.open("/");
      await scene.page.getByRole("heading", { name: "Sign in" }).waitFor();
      await scene.page.getByLabel("E-mail").fill("ada@example.com");
      await scene.page.getByLabel("Password").fill("wrong password");
      await scene.page.getByRole("button", { name: "Sign in" }).click();
      await scene.page.getByText("E-mail or password is wrong.").waitFor();
      await scene.page.getByLabel("Password").fill("a long password");
      await scene.page.getByRole("button", { name: "Sign in" }).click();
      await scene.page.locator("[data-bot]").first().waitFor();
      await scene.page.getByRole("button", { name: "Settings and session" }).click();
      await scene.page.getByRole("button", { name: "Sign out Ada" }).click();
      await scene.page.getByRole("heading", { name: "Sign in" }).waitFor();
      expect(scene.hub.posted.map(({ path }) => path)).toEqual([
        "/api/auth/sign-in/email",
        "/api/auth/sign-in/email",
        "/api/auth/sign-out",
      ]);
    });

    test("sets up the owner, with the token where it is asked for", async () => {
      scene.hub.access = { owner: false, signed_in: false, loopback_trusted: false, setup_token_required: true };
      await scene.open("/");
      await scene.page.getByRole("heading", { name: "Set up the owner" }).waitFor();
      for (const [label, value] of [
        ["Name", "Ada"],
        ["E-mail", "ada@example.com"],
        ["Password", "a long password"],
        ["Setup token", " t0ken "],
      ] as const) {
        await scene.page.getByLabel(label).fill(value);
      }
      expect(await pageFaults(scene.page)).toEqual([]);
      await scene.page.getByRole("button", { name: "Set up and sign in" }).click();
      await scene.page.locator("[data-bot]").first().waitFor();
      expect(scene.hub.posted[0]).toEqual({
        path: "/api/v1/setup",
        body: { name: "Ada", email: "ada@example.com", password: "a long password", setup_token: "t0ken" },
      });
    });

    test("says so while the hub cannot be reached, and goes on by itself", async () => {
      await scene.open("/set-up");
      await scene.page.route("**/api/v1/access", (route) => route.abort());
      await scene.page.goto(`${scene.hub.url}/`);
      await scene.page.getByText("The hub cannot be reached").waitFor();
      await scene.page.unroute("**/api/v1/access");
      await scene.page.locator("[data-bot]").first().waitFor();
    });
  });

  describe("every page", () => {
    const headings = {
      "/": "Overview",
      "/bots": "Bots",
      "/bots/mm-btc": "mm-btc LIVE",
      "/fills": "Fills",
      "/edges": "Live edges",
      "/markets": "Markets",
      "/opportunities": "Opportunities",
      "/controls": "Controls",
      "/orders": "Orders",
      "/exposure": "Exposure",
      "/exposure?view=positions": "Exposure",
      "/performance": "Performance",
      "/performance?window=30d&mode=paper": "Performance",
      "/performance/metrics?bot=mm-btc&metric=win_rate_pct": "Performance",
      "/performance/overview?bot=mm-btc": "Performance",
      "/performance/trends?bot=mm-btc&by=version": "Performance",
      "/performance/assets?by=asset": "Performance",
      "/performance/days": "Performance",
      "/events?type=fill": "Events",
      "/replays": "Replays",
      "/reconciliation": "Reconciliation",
      "/imports": "Imports",
      "/people": "Users and keys",
      "/audit": "Audit",
      "/account": "Your account",
      "/health": "Health",
      "/rejected": "Rejected",
      "/connect": "Connect a bot",
    };
    const sizes = [
      [375, 812],
      [768, 1024],
      [1100, 800],
      [1440, 900],
      [2560, 1440],
      [3840, 2160],
    ] as const;

    test.each(sizes)(
      "fits, is named and can be read in both themes when %d px wide",
      async (width, height) => {
        await scene.open("/");
        await scene.page.setViewportSize({ width, height });
        for (const [path, heading] of Object.entries(headings)) {
          await scene.page.evaluate((to) => history.pushState({}, "", to), path);
          await scene.page
            .getByRole("heading", { name: heading, exact: true, level: 1 })
            .waitFor({ state: "attached" });
          await scene.page.waitForFunction(() => document.querySelector("[data-skeleton]") === null);
          for (const colorScheme of ["dark", "light"] as const) {
            await scene.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
            expect(await pageFaults(scene.page), `${path} ${width} ${colorScheme}`).toEqual([]);
          }
        }
        expect(scene.troubles).toEqual([]);
      },
      MANY_PAGES_MS,
    );

    test(
      "says that there is nothing when there is nothing",
      async () => {
        scene.hub.desk = emptyDesk(NOW);
        await scene.open("/");
        const words = {
          bots: "No bot has reported yet",
          controls: "A bot can be controlled once its first event came.",
          "controls?view=history": "Nobody asked anything of a bot yet",
          fills: "No fills yet",
          edges: "No live edge",
          markets: "No order book yet",
          opportunities: "No opportunity yet",
          orders: "No orders yet",
          exposure: "Positions follow from the fills that bots tell, else from a position.snapshot.",
          performance: "Nothing was made yet",
          "performance?range=1h": "No equity over this time",
          "performance/metrics?search=zzz": "No metric is like that",
          "performance/overview": "Nothing seems wrong",
          "performance/trends": "Comparisons are of one bot",
          "performance/assets": "Nothing was traded in this time",
          "performance/days": "No day yet",
          events: "No event is like that",
          replays: "Nothing was recorded yet",
          reconciliation: "No account is read at a venue yet",
          imports: "Bring in what bots wrote",
          health: "No feed reported",
          rejected: "Nothing was refused",
        };
        for (const [path, said] of Object.entries(words)) {
          await scene.page.goto(`${scene.hub.url}/${path}`);
          await scene.page.getByText(said).waitFor();
          expect(await pageFaults(scene.page), path).toEqual([]);
        }
        expect(scene.troubles).toEqual([]);
      },
      MANY_PAGES_MS,
    );

    test("says that an address is none of its pages", async () => {
      await scene.open("/nothing-here");
      await scene.page.getByRole("heading", { name: "There is no such page" }).waitFor();
      expect(await scene.page.locator("nav[aria-label=Pages] a").count()).toBe(pages.length);
    });
  });
});
