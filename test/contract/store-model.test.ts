import { packRows } from "../../src/hub/packed-rows.ts";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Store } from "../../src/hub/ports.ts";
import { ReferenceLog } from "./reference-log.ts";
import { fills, parsed, row, type Said, wholeLog } from "./rows.ts";
import { type StorePlace, storeKinds } from "./store-kinds.ts";

const RUNS = 60;

const bots = fc.constantFrom("alpha", "beta");
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const ids = maybe(fc.constantFrom("i1", "i2", "i3", "i4", "i5", "i6", "i7", "i8"));
const fillIds = fc.constantFrom("f1", "f2", "f3");

/** Fills of one account, so that both bots speak of the same ones. */
const saidFill = fc
  .record({
    type: fc.constantFrom("fill", "order.filled"),
    bot: bots,
    id: ids,
    fill_id: fillIds,
    price: fc.constantFrom("100", "101"),
    fee: maybe(fc.constantFrom("1", "2")),
    order_id: maybe(fc.constantFrom("o1", "o2")),
  })
  .map((said) => ({ ...said, account: "main", venue: "v", symbol: "S", side: "buy", size: "1" }))
  .map((said) => (said.type === "order.filled" ? { ...said, order_id: said.order_id ?? "o1" } : said));

const saidVoid = fc
  .record({ bot: bots, id: ids, fill_id: fillIds })
  .map((said) => ({ ...said, type: "fill.voided", account: "main", venue: "v", reason: "FAILED" }));

const saidError = fc
  .record({ bot: bots, id: ids, message: fc.constantFrom("m1", "m2") })
  .map((said) => ({ ...said, type: "error", code: "E" }));

const statement: fc.Arbitrary<Said> = fc.oneof(
  { weight: 6, arbitrary: saidFill },
  { weight: 2, arbitrary: saidVoid },
  { weight: 1, arbitrary: saidError },
);
const batches = fc.array(fc.array(statement, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 6 });

/** The statement as one of this run alone: its bots and fills occur in no other. */
function ofRun(run: number, said: Said): Said {
  const named = { ...said, bot: `${String(said["bot"])}-${run}`, ...fillIdOf(run, said) };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

const fillIdOf = (run: number, said: Said): Said =>
  said["fill_id"] === undefined ? {} : { fill_id: `${String(said["fill_id"])}-${run}` };

const shownFill = (fill: Said) => ({
  seq: fill["seq"],
  voided: fill["voided"],
  contradicted: fill["contradicted"],
  fee: fill["fee"],
  price: fill["price"],
  orderId: fill["order_id"],
});

/** Says every batch to the store and to the rules; what the rules have in the end. */
async function agreed(store: Store, run: number, batches: readonly (readonly Said[])[]): Promise<ReferenceLog> {
  const before = await store.lastSeq();
  const model = new ReferenceLog(before);
  for (const batch of batches) {
    const said = batch.map((each) => ofRun(run, each));
    const outcomes = await store.append(packRows(said.map((each) => row(each))));
    expect(outcomes.map(({ seq, standing, ofSeq }) => ({ seq, standing, ofSeq }))).toEqual(
      said.map((each) => model.say(each)),
    );
  }
  const shown = parsed(await store.fills({ limit: 9_000, afterSeq: before }));
  expect(shown.map(shownFill)).toEqual(model.fills());
  return model;
}

for (const kind of storeKinds())
  kind.suite(`a store on ${kind.name} and the rules in plain words`, () => {
    let place: StorePlace;
    beforeAll(async () => {
      place = await (await kind.start())();
    });
    afterAll(() => kind.stop());

    test("agree on every row and every fill when statements repeat, merge, contradict and void at random", async () => {
      let store = await place.open();
      const models: ReferenceLog[] = [];
      let run = 0;
      try {
        await fc.assert(
          fc.asyncProperty(batches, async (given) => {
            models.push(await agreed(store, run++, given));
          }),
          { numRuns: RUNS, endOnFailure: true },
        );
        await store.close();
        store = await place.open();
        const log = (await wholeLog(store)).map(({ seq, standing, ofSeq }) => ({ seq, standing, ofSeq }));
        expect(log).toEqual(models.flatMap(({ rows }) => rows));
        expect((await fills(store)).map(shownFill)).toEqual(models.flatMap((model) => model.fills()));
      } finally {
        await store.close();
      }
    });
  });
