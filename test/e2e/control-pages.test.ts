import { describe, expect, test, vi } from "vitest";
import type { CommandView, ControlsAnswer } from "../../src/protocol/api-control.ts";
import { sampleCourse } from "../support/fake-hub/sample-controls.ts";
import { startedReplay } from "../support/fake-hub/fake-replay.ts";
import { requireTool } from "../support/tools.ts";
import { pageFaults } from "./page-check.ts";
import { NOW, pageScene } from "./page-scene.ts";

/** A machine that is busy with other tests takes its time. */
vi.setConfig({ testTimeout: 180_000 });

requireTool("chromium")("control, in a browser", () => {
  const scene = pageScene();
  const button = (name: string) => scene.page.getByRole("button", { name, exact: true });
  const proof = (bot: string) => scene.page.locator(`main [data-proof="${bot}"]`);
  const signedIn = (role?: string): void => {
    scene.hub.access = { ...scene.hub.access, signed_in: true, name: "Ada", ...(role === undefined ? {} : { role }) };
  };
  /** What is controlled from now on, as the hub streams it. */
  const tell = (controls: ControlsAnswer): void => {
    scene.hub.desk = { ...scene.hub.desk, controls };
    scene.hub.push("delta", "controls", controls);
  };
  /** Changes the newest command of the fake hub. */
  const goOn = (changes: Partial<CommandView>): void => {
    const { controls } = scene.hub.desk;
    const [newest, ...older] = controls.commands;
    if (newest === undefined) throw new Error("no command was asked for");
    tell({ ...controls, commands: [{ ...newest, ...changes }, ...older] });
  };
  const asked = () => scene.hub.posted.filter(({ path }) => path === "/api/v1/controls").map(({ body }) => body);

  describe("the page", () => {
    test("tells of every bot what it may do, what it says, whether it hears, and how far its command came", async () => {
      signedIn();
      await scene.open("/controls");
      const rows = scene.page.locator("main [data-controlled]");
      await rows.first().waitFor();
      expect(await rows.evaluateAll((all) => all.map((row) => row.getAttribute("data-controlled")))).toEqual([
        ...["arb-1", "scan-elections", "grid-doge", "perp-eth", "mm-btc", "paper-sol"],
      ]);
      expect(await rows.nth(2).getByRole("cell").allTextContents()).toEqual(
        expect.arrayContaining(["■ halted", "halted", "● linked", "0", "1"]),
      );
      const said = await proof("grid-doge").textContent();
      expect(said).toContain("Halt grid-doge:");
      expect(said).toContain("requested 0 ms→ delivered 12→ acknowledged 31→ verified 240");
      expect(said).toContain("verified at the venue: no resting order");
      expect(await scene.page.locator('main [data-controlled="paper-sol"]').textContent()).toContain("never asked");
      expect(scene.troubles).toEqual([]);
    });

    test("shows late steps and orders placed since in red, with words", async () => {
      await scene.open("/controls");
      await proof("arb-1").waitFor();
      const bad = proof("arb-1").locator(".text-bad");
      expect(await bad.allTextContents()).toEqual([
        "⚠ 6,120 late",
        "⚠ late",
        "⚠ 3 orders placed after it acknowledged",
      ]);
      expect(await proof("arb-1").locator(".sr-only").textContent()).toContain(
        "acknowledged after 6,120 ms, late, not verified, late",
      );
    });

    test("names who holds a venue, and shows it where that venue's books and health are", async () => {
      await scene.open("/controls");
      const venue = scene.page.locator('main [data-venue="polymarket"]');
      await venue.waitFor();
      expect(await venue.textContent()).toContain("Halt of venue polymarket by stale feed, by a rule");
      await scene.page.goto(`${scene.hub.url}/health`);
      await scene.page.locator('[data-venue="polymarket"]', { hasText: "■ halted" }).waitFor();
    });

    test("narrows the bots to a state and to a name", async () => {
      await scene.open("/controls");
      const rows = scene.page.locator("main [data-controlled]");
      await rows.first().waitFor();
      await scene.page.getByRole("button", { name: "halted 1" }).click();
      expect(await rows.count()).toBe(1);
      await scene.page.getByRole("button", { name: "all 6" }).click();
      await scene.page.getByRole("searchbox", { name: "Search" }).fill("arbitrage");
      expect(await rows.count()).toBe(1);
    });

    test("holds a thousand bots, of which only those in view are there", async () => {
      const { controls } = scene.hub.desk;
      const [first] = controls.bots;
      if (first === undefined) throw new Error("the sample has bots");
      const bots = Array.from({ length: 1_000 }, (_, index) => ({ ...first, bot: `bot-${index}` }));
      scene.hub.desk = { ...scene.hub.desk, controls: { ...controls, bots } };
      await scene.open("/controls");
      await scene.page.locator("main [data-controlled]").first().waitFor();
      expect(await scene.page.locator("main [data-controlled]").count()).toBeLessThan(80);
    });
  });

  describe("asking", () => {
    test("states the effect in numbers, needs a reason and the name, and shows the proof as it comes", async () => {
      signedIn();
      await scene.open("/controls");
      await button("Halt mm-btc").click();
      const dialog = scene.page.getByRole("dialog", { name: "Halt mm-btc" });
      await dialog.getByText("Halts 1 bot, 14 resting orders").waitFor();
      const send = dialog.getByRole("button", { name: "Halt mm-btc" });
      expect(await send.isDisabled()).toBe(true);
      await dialog.getByLabel("Reason").fill("prices make no sense");
      await dialog.getByLabel(/^Type mm-btc to confirm/).fill("mm-bt");
      expect(await send.isDisabled()).toBe(true);
      await dialog.getByLabel(/^Type mm-btc to confirm/).fill("mm-btc");
      await send.click();
      await dialog.locator("[data-sent]").waitFor();
      expect(asked()).toEqual([
        {
          action: "halt",
          target: { bot: "mm-btc" },
          reason: "prices make no sense",
          command_id: expect.stringMatching(/^page-[0-9a-f]{24}$/),
        },
      ]);
      const way = dialog.locator('[data-proof="mm-btc"]');
      expect(await way.locator("[data-step=delivered]").getAttribute("data-state")).toBe("waiting");
      const came = { delivered: 12, acknowledged: 31 };
      goOn({ state: "acknowledged", bots: [sampleCourse("mm-btc", NOW, came)] });
      await way.locator("[data-note=stale]", { hasText: "nothing shows yet that it is done" }).waitFor();
      goOn({ state: "verified", bots: [sampleCourse("mm-btc", NOW, { ...came, verified: 240 })] });
      await way.locator("[data-step=verified][data-state=done]", { hasText: "verified 240" }).waitFor();
      expect(await way.textContent()).toContain("reported by the bot: no resting order");
      await dialog.getByRole("button", { name: "Close" }).click();
      expect(scene.troubles).toEqual([]);
    });

    test("is one key away on every page, and done by keys alone", async () => {
      signedIn();
      await scene.open("/fills");
      await scene.page.getByRole("heading", { name: "Fills", level: 1 }).waitFor();
      await scene.page.keyboard.press("Shift+H");
      const dialog = scene.page.getByRole("dialog", { name: "Halt everything" });
      await dialog.locator("[data-unreachable]").waitFor();
      expect(await dialog.locator("[data-unreachable]").textContent()).toContain(
        "Nothing can be proven of paper-sol, scan-elections: they never asked for commands.",
      );
      expect(await pageFaults(scene.page)).toEqual([]);
      await scene.page.keyboard.type("exchange is odd");
      await scene.page.keyboard.press("Tab");
      await scene.page.keyboard.type("halt all");
      await scene.page.keyboard.press("Enter");
      await dialog.locator("[data-sent]").waitFor();
      expect(asked()).toMatchObject([{ action: "halt", target: { all: true }, reason: "exchange is odd" }]);
      await scene.page.keyboard.press("Enter");
      await dialog.waitFor({ state: "detached" });
      await scene.page.keyboard.press("Shift+H");
      await dialog.waitFor();
      await scene.page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
    });

    test("is in the palette, and says of a resume what goes on to hold", async () => {
      signedIn();
      await scene.open("/");
      await scene.page.locator("[data-bot]").first().waitFor();
      await scene.page.keyboard.press("Control+k");
      await scene.page.getByRole("combobox", { name: "Find" }).fill("resume every");
      await scene.page.keyboard.press("Enter");
      await scene.page.getByRole("dialog", { name: "Resume everything" }).locator("[data-still]").waitFor();
      expect(await scene.page.locator("[data-still] li").allTextContents()).toEqual([
        "polymarket is halted by stale feed: its feed is 14 s old",
      ]);
    });

    test("says why it was refused, and asks again with the same id", async () => {
      signedIn();
      await scene.open("/bots/mm-btc");
      await button("Pause mm-btc").click();
      const dialog = scene.page.getByRole("dialog", { name: "Pause mm-btc" });
      await dialog.getByLabel("Reason").fill("refused");
      await dialog.getByLabel(/^Type mm-btc to confirm/).fill("mm-btc");
      await dialog.getByRole("button", { name: "Pause mm-btc" }).click();
      await dialog.getByText("Your role does not let you control bots.").waitFor();
      await dialog.getByLabel("Reason").fill("once more");
      await dialog.getByRole("button", { name: "Pause mm-btc" }).click();
      await dialog.locator("[data-sent]").waitFor();
      const ids = new Set(asked().map((body) => (body as { command_id: string }).command_id));
      expect([asked().length, ids.size]).toEqual([2, 1]);
    });

    test("fits a phone: from the bar below, with fields that can be read and keys that can be hit", async () => {
      signedIn();
      await scene.open("/");
      await scene.page.setViewportSize({ width: 375, height: 667 });
      await scene.page
        .getByRole("navigation", { name: "Pages" })
        .getByRole("button", { name: "Halt everything" })
        .click();
      const dialog = scene.page.getByRole("dialog", { name: "Halt everything" });
      await dialog.locator("[data-effect]").waitFor();
      expect(await pageFaults(scene.page)).toEqual([]);
      const box = await dialog.boundingBox();
      expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 999) <= 375).toBe(true);
      await dialog.getByLabel("Reason").fill("on the road");
      await dialog.getByLabel(/^Type HALT ALL to confirm/).fill("HALT ALL");
      await dialog.getByRole("button", { name: "Halt everything" }).click();
      await dialog.locator("[data-sent]").waitFor();
      expect(await pageFaults(scene.page)).toEqual([]);
    });
  });

  describe("those who may not", () => {
    test("a viewer sees everything and can press nothing, and reads why", async () => {
      signedIn("viewer");
      await scene.open("/controls");
      await proof("arb-1").waitFor();
      await scene.page.getByText("you are a viewer").waitFor();
      expect(await scene.page.locator(".control-button").count()).toBe(0);
      await scene.page.keyboard.press("Shift+H");
      await scene.page.getByRole("dialog", { name: "Halt everything" }).getByText("you are a viewer").waitFor();
      expect(asked()).toEqual([]);
    });

    test("somebody without a name is asked to sign in", async () => {
      await scene.open("/controls");
      await scene.page.getByRole("link", { name: "Sign in" }).waitFor();
      expect(await scene.page.locator(".control-button").count()).toBe(0);
    });

    test("a replay shows what was, lets nobody press anything, and says why", async () => {
      signedIn();
      scene.hub.replays.set("r-1", startedReplay("r-1", NOW));
      await scene.open("/controls?replay=r-1");
      await scene.page.getByText("nothing can be asked of bots from here").waitFor();
      await proof("arb-1").waitFor();
      expect(await scene.page.locator(".control-button").count()).toBe(0);
      await scene.page.getByRole("link", { name: "To the live desk" }).click();
      await scene.page.getByRole("button", { name: "Halt everything" }).waitFor();
    });
  });

  describe("the history", () => {
    test("is newest first, can be narrowed, and opens on the way of a command with each bot", async () => {
      await scene.open("/controls?view=history");
      const rows = scene.page.locator("[data-command-row]");
      await rows.first().waitFor();
      expect(await rows.evaluateAll((all) => all.map((row) => row.getAttribute("data-command-row")))).toEqual([
        ...["h-5", "h-4", "h-3", "h-2", "h-1"],
      ]);
      await scene.page.getByRole("button", { name: "Halt everything" }).last().click();
      await scene.page.waitForURL(/command=h-1/);
      await proof("arb-1").waitFor();
      expect(await proof("arb-1").textContent()).toContain("could not: the exchange refused to cancel 2 orders");
      const events = scene.page.getByRole("list", { name: "Its events" }).getByRole("listitem");
      await events.first().waitFor();
      expect(await events.locator("code").allTextContents()).toEqual([
        "command.issued",
        ...Array(3).fill("command.delivered"),
      ]);
      for (const width of [375, 1440, 3840]) {
        await scene.page.setViewportSize({ width, height: 900 });
        expect(await pageFaults(scene.page), `${width} px`).toEqual([]);
      }
      await scene.page.getByLabel("Action", { exact: true }).selectOption("resume");
      expect(await rows.count()).toBe(1);
    });
  });

  test("the strip tells what is told to halt from what says that it has, and that the desk is held", async () => {
    await scene.open("/");
    await scene.page.locator("[data-bot]").first().waitFor();
    const { controls } = scene.hub.desk;
    const bots = controls.bots.map((bot) => ({ ...bot, state: "halted" as const, command_ids: ["h-9"] }));
    tell({ ...controls, bots, desk: { state: "halted", command_ids: ["h-9"] } });
    await scene.page.locator("[data-desk-held=halted]", { hasText: "desk halted" }).waitFor();
    await scene.page.getByTitle("6 are told to halt, 5 of them do not say yet that they have").waitFor();
  });

  test("the list of bots marks the one that is told to halt and does not say that it has", async () => {
    const bots = scene.hub.desk.bots.map((bot) =>
      bot.bot === "mm-btc" ? { ...bot, control: { state: "halted" as const, command_ids: ["h-9"] } } : bot,
    );
    scene.hub.desk = { ...scene.hub.desk, bots };
    await scene.open("/bots");
    await scene.page.locator("[data-bot=mm-btc] [data-told=halted]").waitFor();
    expect(await scene.page.locator("[data-told]").count()).toBe(1);
    for (const width of [375, 1440]) {
      await scene.page.setViewportSize({ width, height: 900 });
      expect(await pageFaults(scene.page), `${width} px`).toEqual([]);
    }
  });

  test("what goes wrong with a command is said aloud once it does", async () => {
    signedIn();
    await scene.open("/");
    await expect.poll(() => scene.hub.subscribed).toContain("controls");
    await scene.page.locator("[data-bot]").first().waitFor();
    const alarm = scene.page.locator("[data-alarm]");
    expect(await alarm.textContent()).toBe("");
    const [newest] = scene.hub.desk.controls.commands;
    goOn({ bots: (newest?.bots ?? []).map((course) => ({ ...course, orders_since: 1 })) });
    await scene.page
      .locator("[data-alarm]", { hasText: "perp-eth placed orders after it acknowledged." })
      .waitFor({ state: "attached" });
  });
});
