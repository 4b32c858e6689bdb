import { expect, test } from "vitest";
import { packRows } from "../../src/hub/packed-rows.ts";
import type { AppendRow, Store } from "../../src/hub/ports.ts";
import { fill, fills, parsed, row, type Said, wholeLog } from "./rows.ts";
import { type StorePlace, storeForEach, storeKinds } from "./store-kinds.ts";

const correction = (said: Said): AppendRow => row({ type: "correction", reason: "fee of the wrong day", ...said });
const ofFill = { fill_id: "f1", venue: "v" };

for (const kind of storeKinds())
  kind.suite(`corrections on ${kind.name}`, () => {
    let store: Store;
    let place: StorePlace;
    storeForEach(kind, {
      take: (opened, where) => {
        store = opened;
        place = where;
      },
      current: () => store,
    });

    const append = (...rows: AppendRow[]) => store.append(packRows(rows));
    const reopen = async (): Promise<void> => {
      await store.close();
      store = await place.open();
    };
    const shown = async (): Promise<unknown[]> => (await fills(store)).map((view) => view["correction"]);

    test("are shown at their fill with the newest reason, and change nothing else of it", async () => {
      await append(fill({ fee: "1" }), fill({ fill_id: "f2" }));
      const [before] = await fills(store);
      expect(before).not.toHaveProperty("correction");
      await append(correction({ ...ofFill, fee: "99", price: "1", size: "7" }));
      await append(correction({ ...ofFill, reason: "the venue's\nword" }));
      await reopen();
      const wanted = { ...before, correction: "the venue's word" };
      expect(await fills(store)).toEqual([wanted, expect.not.objectContaining({ correction: expect.anything() })]);
      expect(parsed({ ...(await store.fillsByTime({ limit: 9 })), lastSeq: undefined, complete: true })).toContainEqual(
        wanted,
      );
    });

    test("are shown at the fill that they name by its id, by a later statement's too", async () => {
      await append(fill({ id: "a" }), fill({ id: "b", fee: "1" }), fill({ bot: "beta", id: "a", fill_id: "f2" }));
      expect(await append(correction({ corrects: "a", reason: "by id" }))).toMatchObject([
        { standing: "fact", ofSeq: 1, event: { voids: { fill_id: "f1", fee: "1" } } },
      ]);
      expect(await shown()).toEqual(["by id", undefined]);
      expect(await append(correction({ corrects: "b", reason: "by another" }))).toMatchObject([{ ofSeq: 1 }]);
      expect(await shown()).toEqual(["by another", undefined]);
    });

    test("say of any other fact which one they are of", async () => {
      await append(row({ type: "error", id: "e", code: "E", message: "m" }));
      expect(await append(correction({ corrects: "e" }))).toEqual([{ seq: 2, standing: "fact", ofSeq: 1 }]);
      expect((await wholeLog(store))[1]).toMatchObject({ ofSeq: 1, event: { corrects: "e" } });
      expect(await append(correction({ corrects: "nobody" }))).toEqual([{ seq: 3, standing: "fact" }]);
    });

    test("find facts of the same batch", async () => {
      const rows = [fill({ id: "a" }), correction({ corrects: "a" }), fill({ fill_id: "f2" }), correction(ofFill)];
      expect(await append(...rows)).toMatchObject([{ seq: 1 }, { ofSeq: 1 }, { seq: 3 }, { ofSeq: 1 }]);
      expect(await shown()).toEqual(["fee of the wrong day", undefined]);
    });

    test("wait for a fill that comes after them, over a restart too", async () => {
      await append(correction({ ...ofFill, reason: "first" }), correction({ ...ofFill, reason: "by its name" }));
      await append(correction({ corrects: "later", reason: "by its id" }));
      await reopen();
      await append(fill(), fill({ fill_id: "f2", id: "later" }), fill({ bot: "beta", fill_id: "f3", id: "later" }));
      expect(await shown()).toEqual(["by its name", "by its id", undefined]);
      await reopen();
      await append(fill({ fill_id: "f4" }));
      expect(await shown()).toEqual(["by its name", "by its id", undefined, undefined]);
      expect(await place.read("SELECT * FROM corrections_ahead")).toEqual([]);
      await append(correction({ fill_id: "f5", venue: "v" }), fill({ fill_id: "f5" }));
      expect((await shown()).at(-1)).toBe("fee of the wrong day");
    });

    test("are flagged without a word too, and do not take a fill back", async () => {
      await append(fill(), correction({ ...ofFill, reason: " " }));
      expect(await fills(store)).toMatchObject([{ correction: "no reason given", voided: false }]);
    });
  });
