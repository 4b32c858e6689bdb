import { beforeEach, describe, expect, test } from "vitest";
import { HandControl } from "../../../test/support/hand-control.ts";
import type { ControlAction, ControlTarget } from "../../protocol/api-control.ts";

let hub: HandControl;

beforeEach(async () => {
  hub = new HandControl();
  for (const [bot, venue] of [
    ["ann", "kraken"],
    ["ben", "kalshi"],
  ] as const)
    await hub.say(bot, { type: "bot.started", venues: [{ venue, connected: true, subscriptions: 1 }] });
});

let ids = 0;
async function issue(action: ControlAction, target: ControlTarget): Promise<string> {
  const id = `p-${++ids}`;
  expect(await hub.issue({ action, target, reason: "a drill", command_id: id })).toMatchObject({ ok: true });
  return id;
}

describe("a long poll", () => {
  test("is answered when a command comes, and without one when its wait is over", async () => {
    const answers: string[] = [];
    void hub.control.orders("ann", { waitMs: 30_000 }).then(({ state: now }) => answers.push(now));
    await hub.advance(500);
    expect(answers).toEqual([]);
    await issue("halt", { bot: "ann" });
    await hub.advance(50);
    expect(answers).toEqual(["halted"]);
    void hub.control.orders("ben", { waitMs: 5_000 }).then(({ state: now }) => answers.push(now));
    await hub.advance(5_100);
    expect(answers).toEqual(["halted", "running"]);
  });

  test("tells a bot that is held so again after a second, and holds the answer for one that says what it knows", async () => {
    await issue("halt", { bot: "ann" });
    for (const { command_id: commandId } of (await hub.control.orders("ann")).commands)
      await hub.control.acknowledge({ commandId, bot: "ann" });
    await hub.advance(2_000);
    const { as_of_seq: since } = await hub.control.orders("ann");
    const answers: string[] = [];
    void hub.control.orders("ann", { waitMs: 30_000 }).then(() => answers.push("naive"));
    void hub.control.orders("ann", { waitMs: 30_000, since }).then(() => answers.push("knowing"));
    await hub.advance(500);
    expect(answers).toEqual([]);
    await hub.advance(1_000);
    expect(answers).toEqual(["naive"]);
    await issue("resume", { bot: "ann" });
    await hub.advance(50);
    expect(answers).toEqual(["naive", "knowing"]);
  });

  test("is answered at once when the bot was told of a venue that is free again meanwhile", async () => {
    await issue("halt", { venue: "kalshi" });
    expect(await hub.control.orders("ann")).toMatchObject({ venues_halted: ["kalshi"], commands: [] });
    await issue("resume", { venue: "kalshi" });
    const answers: number[] = [];
    void hub.control.orders("ann", { waitMs: 30_000 }).then((told) => answers.push(told.venues_halted.length));
    await hub.advance(50);
    expect(answers).toEqual([0]);
  });

  test("of a visitor who is gone is forgotten", async () => {
    const gone = new AbortController();
    const asking = hub.control.orders("ann", { waitMs: 30_000, signal: gone.signal });
    gone.abort();
    expect(await asking).toMatchObject({ state: "running" });
    const id = await issue("halt", { bot: "ann" });
    await hub.advance(100);
    expect(hub.view(id)?.bots).toMatchObject([{ bot: "ann", delivered_at: null }]);
  });
});
