import { describe, expect, test } from "vitest";
import { startedReplay } from "../support/fake-hub/fake-replay.ts";
import { sampleAbout } from "../support/fake-hub/sample-trading.ts";
import { emptyDesk } from "../support/fake-hub/sample-desk.ts";
import { pages } from "../../src/web/shell/pages.ts";
import { requireTool } from "../support/tools.ts";
import { pageFaults } from "./page-check.ts";
import { NOW, pageScene } from "./page-scene.ts";

/** Many pages in one test, each looked at in both themes. */
const MANY_PAGES_MS = 90_000;

requireTool("chromium")("what is not the live desk, in a browser", () => {
  const scene = pageScene();
  const watch = async (path = "/?replay=r-1"): Promise<void> => {
    scene.hub.replays.set("r-1", startedReplay("r-1", NOW));
    await scene.open(path);
    await scene.page.locator("[data-replay-clock]").waitFor();
  };
  const told = (): unknown[] =>
    scene.hub.posted.filter(({ path }) => path === "/api/v1/replays/r-1/control").map(({ body }) => body);

  describe("a replay", () => {
    test("begins with one press on a session, and cannot be taken for live", async () => {
      await scene.open("/replays");
      await scene.page.getByRole("button", { name: "Replay this session of arb-1" }).first().click();
      await scene.page.locator("[data-source=replay]").waitFor();
      const session = scene.hub.desk.sessions.find(({ bot }) => bot === "arb-1");
      expect(scene.hub.posted[0]).toEqual({
        path: "/api/v1/replays",
        body: { from: session?.from, to: new Date(Date.parse(session?.to ?? "") + 1).toISOString() },
      });
      await scene.page.locator("[data-replay-clock]").waitFor();
      expect(await scene.page.title()).toBe("REPLAY · Deskwatch");
      await scene.page.locator("[data-bot=mm-btc]").waitFor();
      expect(await scene.page.locator("header").first().textContent()).not.toMatch(/LIVE|connected/);
      const frame = await scene.page
        .locator("[data-source=replay]")
        .evaluate((element) => getComputedStyle(element).borderTopWidth);
      expect(frame).toBe("4px");
      expect(scene.troubles).toEqual([]);
    });

    test.each([375, 768, 1440, 3840])(
      "fits, is named and can be read in both themes when %d px wide",
      async (width) => {
        await watch();
        await scene.page.setViewportSize({ width, height: 900 });
        for (const path of ["/", "/exposure", "/markets", "/fills"]) {
          await scene.page.goto(`${scene.hub.url}${path}?replay=r-1`);
          await scene.page.locator("[data-replay-clock]").waitFor();
          await scene.page.waitForFunction(() => document.querySelector("[data-skeleton]") === null);
          for (const colorScheme of ["dark", "light"] as const) {
            await scene.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
            expect(await pageFaults(scene.page), `${path} ${width} ${colorScheme}`).toEqual([]);
            expect(await scene.page.locator("[data-replay-bar]").isVisible()).toBe(true);
          }
        }
      },
      MANY_PAGES_MS,
    );

    test("stays from page to page, reads its own data, and is left for the live desk", async () => {
      await watch("/bots?replay=r-1");
      await scene.page.locator("nav[aria-label=Pages]").getByRole("link", { name: "Orders" }).click();
      await scene.page.locator("[data-order]").first().waitFor();
      expect(new URL(scene.page.url()).searchParams.get("replay")).toBe("r-1");
      expect(scene.hub.read.some((path) => path.startsWith("/api/v1/replays/r-1/orders"))).toBe(true);
      expect(scene.hub.read.some((path) => path.startsWith("/api/v1/orders"))).toBe(false);
      await scene.page.getByRole("button", { name: "Leave replay" }).click();
      await scene.page.locator("[data-source=live]").waitFor();
      expect(new URL(scene.page.url()).search).toBe("");
      expect(scene.hub.posted.at(-1)?.path).toBe("DELETE /api/v1/replays/r-1");
    });

    test("asks the hub for nothing that is of now, and says what a replay does not have", async () => {
      const away = ["/replays", "/people", "/audit", "/connect"];
      const more = ["/performance/overview", "/performance/trends", "/performance/assets", "/performance/metrics"];
      const paths = [...pages.map(({ to }) => to).filter((to) => !away.includes(to)), ...more, "/bots/arb-1"];
      await watch();
      await scene.page.getByText("Why: not in a replay").waitFor();
      await scene.page.getByText("Equity over time: not in a replay").waitFor();
      for (const path of paths) {
        await scene.page.goto(`${scene.hub.url}${path}?replay=r-1`);
        await scene.page.locator("[data-replay-clock]").waitFor();
        await scene.page.waitForFunction(() => document.querySelector("[data-skeleton]") === null);
        expect(await pageFaults(scene.page), path).toEqual([]);
      }
      const asked = scene.hub.read.filter((path) => !path.startsWith("/api/v1/replays/r-1/"));
      expect([...new Set(asked)].filter((path) => !["/api/v1/access", "/api/v1/desk"].includes(path))).toEqual([]);
    });

    test("plays, steps and changes its speed by keys", async () => {
      await watch();
      await scene.page.keyboard.press("Space");
      await scene.page.getByText("▶ playing").waitFor();
      await scene.page.keyboard.press("]");
      await scene.page.getByRole("button", { name: "2×", pressed: true }).waitFor();
      await scene.page.keyboard.press("p");
      await scene.page.getByText("‖ paused").waitFor();
      await scene.page.keyboard.press(".");
      await scene.page.getByText("3,101 / 12.4K").waitFor();
      expect(told()).toEqual([
        { action: "play" },
        { action: "speed", speed: 2 },
        { action: "pause" },
        { action: "step", events: 1 },
      ]);
    });

    test("is sought by keys, by a click and by dragging", async () => {
      await watch();
      const slider = scene.page.getByRole("slider", { name: "Time in the replay" });
      const share = async (): Promise<number> => Number(await slider.getAttribute("data-share"));
      expect(await share()).toBe(0.25);
      await slider.focus();
      const places = await slider.evaluateHandle((track) => {
        const seen: (string | null)[] = [];
        const note = (): void => void seen.push(track.getAttribute("data-share"));
        new MutationObserver(note).observe(track, { attributeFilter: ["data-share"] });
        return seen;
      });
      await scene.page.keyboard.press("Home");
      await expect.poll(() => told().length).toBe(1);
      expect(await share()).toBe(0);
      await scene.page.keyboard.press("End");
      await scene.page.getByText("■ at the end").waitFor();
      expect(await places.jsonValue()).toEqual(["0.0000", "1.0000"]);
      const box = await slider.boundingBox();
      if (box === null) throw new Error("the slider has no box");
      const middle = box.y + box.height / 2;
      await scene.page.mouse.click(box.x + box.width / 2, middle);
      await expect.poll(share).toBeCloseTo(0.5, 1);
      await scene.page.mouse.move(box.x + box.width / 2, middle);
      await scene.page.mouse.down();
      await scene.page.mouse.move(box.x + box.width * 0.75, middle, { steps: 4 });
      await scene.page.mouse.up();
      await expect.poll(() => told().length).toBe(4);
      const { from, to } = scene.hub.replays.get("r-1") ?? {};
      const sought = told().map((control) => (control as { to: string }).to);
      expect(sought.slice(0, 2)).toEqual([from, to]);
      const spanMs = Date.parse(to ?? "") - Date.parse(from ?? "");
      expect((Date.parse(sought[3] ?? "") - Date.parse(from ?? "")) / spanMs).toBeCloseTo(0.75, 1);
    });

    test("follows its own clock and not that of the machine, nor a read that the stream overtook", async () => {
      const { promise: overtaken, resolve: letTheReadAnswer } = Promise.withResolvers<void>();
      const path = "/api/v1/replays/r-1";
      await scene.open();
      await scene.page.route(`**${path}`, async (route) => {
        await overtaken;
        await route.continue();
      });
      scene.hub.replays.set("r-1", startedReplay("r-1", NOW));
      await scene.page.goto(`${scene.hub.url}/?replay=r-1`);
      const clock = scene.page.locator("[data-replay-clock]");
      await clock.waitFor();
      const replay = scene.hub.replays.get("r-1");
      if (replay === undefined) throw new Error("no replay");
      scene.hub.push("delta", "replay", {
        ...replay,
        revision: replay.revision + 1,
        state: "playing",
        at: "2026-02-24T12:34:56.000Z",
        from: "2026-02-24T12:00:00.000Z",
      });
      await clock.getByText("2026-02-24 12:34:56").waitFor();
      const answered = scene.page.waitForResponse((response) => new URL(response.url()).pathname === path);
      letTheReadAnswer();
      await (await answered).finished();
      await scene.page.evaluate(
        () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
      );
      expect(await clock.textContent()).toContain("12:34:56");
      expect(await scene.page.locator("header time").textContent()).toContain("12:34:56");
    });

    test("shows an empty desk before the first bot has reported, and not how to connect one", async () => {
      scene.hub.desk = emptyDesk(NOW);
      await watch();
      await scene.page.getByText("No live edge").waitFor();
      expect(await scene.page.getByRole("heading", { name: "Connect your first bot" }).count()).toBe(0);
      expect(await pageFaults(scene.page)).toEqual([]);
    });

    test("that is gone says so and leads back", async () => {
      await scene.open("/fills?replay=r-9");
      await scene.page.getByRole("heading", { name: "This replay is gone" }).waitFor();
      expect(await pageFaults(scene.page)).toEqual([]);
      await scene.page.getByRole("link", { name: "To the live desk" }).click();
      await scene.page.locator("[data-source=live]").waitFor();
      await scene.page.locator("[data-bot]").first().waitFor();
    });
  });

  describe("the demo", () => {
    test.each([375, 1440])("says so on every page when %d px wide, and is wiped in one click", async (width) => {
      scene.hub.desk = { ...scene.hub.desk, about: sampleAbout(NOW, "demo") };
      await scene.open("/");
      await scene.page.setViewportSize({ width, height: 812 });
      for (const path of ["/", "/fills", "/markets", "/imports"]) {
        await scene.page.goto(scene.hub.url + path);
        await scene.page.getByText("Everything here is made up by the simulator.").waitFor();
        await scene.page.waitForFunction(() => document.title.includes("DEMO"));
        expect(await pageFaults(scene.page), path).toEqual([]);
      }
      await scene.page.getByRole("button", { name: "Wipe the demo" }).click();
      await scene.page.getByRole("heading", { name: "The demo is wiped" }).waitFor();
      expect(await scene.page.locator("[data-snippet=next]").textContent()).toContain("npm start");
      expect(scene.hub.posted).toEqual([{ path: "DELETE /api/v1/demo", body: undefined }]);
      expect(await pageFaults(scene.page)).toEqual([]);
      expect(scene.troubles).toEqual([]);
    });

    test("is not wiped from a replay of it", async () => {
      scene.hub.desk = { ...scene.hub.desk, about: sampleAbout(NOW, "demo") };
      scene.hub.replays.set("r-1", startedReplay("r-1", NOW));
      await scene.open("/?replay=r-1");
      await scene.page.getByText("Everything here is made up by the simulator.").waitFor();
      expect(await scene.page.getByRole("button", { name: "Wipe the demo" }).count()).toBe(0);
    });

    test("knows the way back to the desk that it was opened from, and to nowhere else", async () => {
      scene.hub.desk = { ...scene.hub.desk, about: sampleAbout(NOW, "demo") };
      await scene.open("/#from=https%3A%2F%2Fdesk.example.com");
      const wipe = async (): Promise<void> => {
        await scene.page.getByRole("button", { name: "Wipe the demo" }).click();
        await scene.page.getByRole("heading", { name: "The demo is wiped" }).waitFor();
      };
      const back = scene.page.getByRole("link", { name: "Back to your own desk" });
      await wipe();
      expect(await back.count()).toBe(0);
      await scene.page.goto(`${scene.hub.url}/fills#from=http%3A%2F%2F127.0.0.1%3A8000`);
      await scene.page.reload();
      await wipe();
      expect(await back.getAttribute("href")).toBe("http://127.0.0.1:8000");
      expect(await pageFaults(scene.page)).toEqual([]);
    });

    test("is offered where no bot has reported yet", async () => {
      scene.hub.desk = emptyDesk(NOW);
      await scene.open();
      await scene.page.getByRole("button", { name: "Load the demo desk" }).click();
      await scene.page.waitForURL((url) => url.hash === `#from=${encodeURIComponent(scene.hub.url)}`);
      expect(scene.hub.posted.map(({ path }) => path)).toEqual(["/api/v1/demo"]);
    });
  });
});
