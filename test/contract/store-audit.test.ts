import { expect, test } from "vitest";
import { micros } from "../../src/base/time.ts";
import type { AuditFilter, AuditRow } from "../../src/hub/audit-port.ts";
import type { Store } from "../../src/hub/ports.ts";
import { AUDIT_KEPT } from "../../src/store/bounds.ts";
import { storeForEach, type StorePlace, storeKinds } from "./store-kinds.ts";

const act = (at: number, said: Partial<AuditRow> = {}): AuditRow => ({
  at: micros(at),
  kind: "key",
  who: "Ada",
  outcome: "done",
  seq: undefined,
  body: JSON.stringify({ action: "key.made", target: `k${at}` }),
  ...said,
});

for (const kind of storeKinds())
  kind.suite(`the audit of a store on ${kind.name}`, () => {
    let place: StorePlace;
    let store: Store;
    storeForEach(kind, {
      take: (opened, at) => {
        store = opened;
        place = at;
      },
      current: () => store,
    });

    const targets = async (filter: Partial<AuditFilter> = {}): Promise<string[]> => {
      const { events } = await store.audit.page({ limit: 100, ...filter });
      return events.map((text) => JSON.parse(text).target);
    };

    test("is read newest first, page by page, when it was opened again", async () => {
      await store.audit.add([act(1), act(2)]);
      await store.audit.add([act(3)]);
      await store.close();
      store = await place.open();
      const first = await store.audit.page({ limit: 2 });
      expect(first.complete).toBe(false);
      expect(first.events.map((text) => JSON.parse(text))).toEqual([
        { n: 3, action: "key.made", target: "k3" },
        { n: 2, action: "key.made", target: "k2" },
      ]);
      const beforeN = first.lastSeq ?? 0;
      expect(await targets({ limit: 2, beforeN })).toEqual(["k1"]);
      expect((await store.audit.page({ limit: 2, beforeN })).complete).toBe(true);
    });

    test("is found by who, kind, outcome and time when it is asked for them", async () => {
      await store.audit.add([
        act(1, { who: "Eve" }),
        act(2, { kind: "command" }),
        act(3, { outcome: "refused" }),
        act(4),
      ]);
      expect(await targets({ who: "Eve" })).toEqual(["k1"]);
      expect(await targets({ kind: "command" })).toEqual(["k2"]);
      expect(await targets({ outcome: "refused" })).toEqual(["k3"]);
      expect(await targets({ from: micros(2), to: micros(4) })).toEqual(["k3", "k2"]);
      expect(await targets({ who: "Ada", kind: "key", outcome: "done", from: micros(1) })).toEqual(["k4"]);
    });

    test("takes each fact of the log once when it is told twice", async () => {
      expect(await store.audit.lastSeq()).toBe(0);
      await store.audit.add([act(1, { seq: 7 }), act(2, { seq: 9 })]);
      await store.audit.add([act(3, { seq: 9 }), act(4)]);
      expect(await targets()).toEqual(["k4", "k2", "k1"]);
      expect(await store.audit.lastSeq()).toBe(9);
    });

    test("forgets what is old when it is told to", async () => {
      await store.audit.add([act(1), act(2), act(3)]);
      expect(await store.audit.forget(micros(3))).toBe(2);
      expect(await targets()).toEqual(["k3"]);
      expect(await store.audit.forget(micros(3))).toBe(0);
    });

    test("keeps every act that was done when guesses fill their bound", async () => {
      await store.audit.add([act(1)]);
      const guesses = Array.from({ length: AUDIT_KEPT.refused + 5 }, (_, n) => act(n + 2, { outcome: "refused" }));
      for (let from = 0; from < guesses.length; from += 5_000) await store.audit.add(guesses.slice(from, from + 5_000));
      expect(await store.audit.forget(micros(0))).toBe(5);
      expect(await targets({ outcome: "done" })).toEqual(["k1"]);
      const refused = await store.audit.page({ outcome: "refused", limit: 10_000 });
      expect(refused.complete).toBe(false);
    });
  });
