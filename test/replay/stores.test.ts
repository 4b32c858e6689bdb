import { afterAll, beforeAll, expect, test } from "vitest";
import { fingerprint } from "../../src/engine/snapshot.ts";
import { type StorePlace, storeKinds } from "../contract/store-kinds.ts";
import { DistinctEvents } from "../support/distinct-events.ts";
import { at, LiveCourse, ReplayDesk, START_MS } from "../support/replay-desk.ts";

for (const kind of storeKinds())
  kind.suite(`a replay of a log on ${kind.name}`, () => {
    let newPlace: () => Promise<StorePlace>;
    beforeAll(async () => {
      newPlace = await kind.start();
    });
    afterAll(() => kind.stop());

    test("is the live fold at full speed and wherever it is sought, and shows fills as they were", async () => {
      const desk = await ReplayDesk.open(await (await newPlace()).open());
      await desk.send(...new DistinctEvents(3, "s").take(1_500, START_MS));
      const fill = {
        type: "fill",
        venue: "v",
        symbol: "S",
        fill_id: "x",
        side: "buy",
        price: "1",
        size: "1",
        ts: at(1),
      };
      await desk.send(fill);
      const { seq } = desk.hub.state.desk;
      await desk.send({ ...fill, fee: "0.5" });
      await desk.send({ type: "fill.voided", venue: "v", fill_id: "x", reason: "bust", ts: at(2) });
      const live = new LiveCourse(await desk.log());
      const replay = await desk.replay({ speed: "max" }, { everyFacts: 200 });
      await replay.control({ action: "play" });
      await desk.play(replay, 0.2);
      expect(replay.view.state).toBe("ended");
      expect(fingerprint(replay.state)).toBe(fingerprint(desk.hub.state));
      for (const sought of [1_200, 3, 640, seq]) {
        await replay.control({ action: "seek_seq", seq: sought });
        expect(fingerprint(replay.state)).toBe(live.after(sought));
      }
      const { events } = await replay.query.fills({ symbol: "S", limit: 5 });
      expect(events.map((text) => JSON.parse(text))).toMatchObject([{ fill_id: "x", voided: false }]);
      expect(events[0]).not.toContain("fee");
    });
  });
