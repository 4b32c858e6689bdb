import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { systemClock, systemTimers } from "../../src/app/clock.ts";
import { readCommandNamed } from "../../src/engine/control/read-command.ts";
import { emptyState, reduce } from "../../src/engine/fold.ts";
import { fingerprint } from "../../src/engine/snapshot.ts";
import type { Caller } from "../../src/hub/control.ts";
import { type Hub, startHub } from "../../src/hub/hub.ts";
import { waitUntil } from "../support/wait-until.ts";
import { type StorePlace, storeKinds } from "./store-kinds.ts";

const ADA: Caller = { by: "Ada", via: "api", kind: "person" };
const now = (): string => new Date().toISOString();

async function say(hub: Hub, ...events: object[]): Promise<void> {
  const done = await hub.ingest.submit(events.map((event) => ({ value: { bot: "ann", ts: now(), ...event } })));
  expect(done).toMatchObject({ ok: true });
}

for (const kind of storeKinds())
  kind.suite(`commands in ${kind.name}`, () => {
    let make: () => Promise<StorePlace>;

    beforeAll(async () => {
      make = await kind.start();
    });

    afterAll(() => kind.stop());

    test("survive restarts with all that became of them, each once, and are folded alike from snapshot and log", async () => {
      const place = await make();
      const begin = async () => {
        const store = await place.open();
        const onProblem = (what: string, error: unknown): never => {
          throw new Error(what, { cause: error });
        };
        const hub = await startHub({ store, clock: systemClock, timers: systemTimers, version: "0", onProblem });
        const end = async (): Promise<void> => {
          await hub.stop();
          await store.close();
        };
        onTestFinished(() => store.close());
        return { store, hub, end };
      };
      const first = await begin();
      await say(first.hub, { type: "bot.started", strategy: "making" });
      const request = { action: "halt", target: { strategy: "making" }, reason: "r", command_id: "h" } as const;
      expect(await first.hub.control.issue(request, ADA)).toMatchObject({ ok: true, value: { repeated: false } });
      expect(await first.hub.control.orders("ann")).toMatchObject({ state: "halted", commands: [{ command_id: "h" }] });
      await waitUntil(
        "the delivery is noted",
        () => typeof readCommandNamed(first.hub.state.desk, "h")?.bots[0]?.delivered_at === "string",
      );
      await first.end();

      const second = await begin();
      expect(second.hub.recovered.fromSnapshot).toBe(true);
      expect(await second.hub.control.issue(request, ADA)).toMatchObject({ ok: true, value: { repeated: true } });
      expect(await second.hub.control.acknowledge({ commandId: "h", bot: "ann" })).toMatchObject({ ok: true });
      await say(second.hub, { type: "orders.snapshot", orders: [] });
      await waitUntil("it is verified", () => readCommandNamed(second.hub.state.desk, "h")?.state === "verified");
      const proven = readCommandNamed(second.hub.state.desk, "h");
      await second.end();

      const third = await begin();
      expect(readCommandNamed(third.hub.state.desk, "h")).toEqual(proven);
      const folded = emptyState();
      await third.store.replay(0, (facts) => {
        for (const fact of facts) reduce(folded, fact);
      });
      expect(fingerprint(third.hub.state)).toBe(fingerprint(folded));
      const { events } = await third.store.events({ limit: 100 });
      const types = events
        .map((text) => (JSON.parse(text) as { type: string }).type)
        .filter((type) => type.startsWith("command.") && type !== "command.late");
      expect(types).toEqual(["command.issued", "command.delivered", "command.acknowledged", "command.verified"]);
      await third.end();
    }, 120_000);
  });
