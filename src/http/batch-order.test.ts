import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../base/random.ts";
import { err, ok, type Result } from "../base/result.ts";
import { BatchOrder } from "./batch-order.ts";

const orderOf = (options: Partial<ConstructorParameters<typeof BatchOrder>[0]> = {}): BatchOrder =>
  new BatchOrder({ waitMs: 2_000, waitingMax: 16, ...options });

describe("BatchOrder", () => {
  test("takes the batches of a stream in order, in whichever order they arrive", async () => {
    const random = seededRandom(4);
    for (let round = 0; round < 50; round++) {
      const order = orderOf();
      const taken: number[] = [];
      const batches = [1, 2, 3, 4, 5, 6].sort(() => random.next() - 0.5);
      const arriving = batches.map(async (batch) => {
        await delay(random.below(3));
        return order.take({ stream: "s", batch }, async () => {
          taken.push(batch);
          await delay(random.below(3));
          return ok(batch);
        });
      });
      expect(await Promise.all(arriving)).toEqual(batches.map((batch) => ok(batch)));
      expect(taken).toEqual([1, 2, 3, 4, 5, 6]);
    }
  });

  test("takes none after one that the hub had no room for", async () => {
    const order = orderOf();
    const taken: number[] = [];
    const hand = (batch: number) => (): Promise<Result<number, string>> => {
      taken.push(batch);
      return Promise.resolve(batch === 2 ? err("full") : ok(batch));
    };
    const answers = await Promise.all([3, 2, 1].map((batch) => order.take({ stream: "s", batch }, hand(batch))));
    expect(answers).toEqual([undefined, err("full"), ok(1)]);
    expect(await order.take({ stream: "s", batch: 4 }, hand(4))).toBeUndefined();
    expect(await order.take({ stream: "another", batch: 1 }, hand(1))).toEqual(ok(1));
    expect(taken).toEqual([1, 2, 1]);
  });

  test("takes none after one that could not even be handed over", async () => {
    const order = orderOf();
    const hand = () => Promise.resolve(ok("taken"));
    const third = order.take({ stream: "s", batch: 3 }, hand);
    expect(await order.take({ stream: "s", batch: 1 }, hand)).toEqual(ok("taken"));
    const second = order.take({ stream: "s", batch: 2 }, () => {
      throw new Error("too large");
    });
    await expect(second).rejects.toThrow("too large");
    expect(await third).toBeUndefined();
    expect(await order.take({ stream: "s", batch: 3 }, hand)).toBeUndefined();
  });

  test("lets the next one go while the one before it is still being stored", async () => {
    const order = orderOf();
    const first = Promise.withResolvers<Result<string, never>>();
    const one = order.take({ stream: "s", batch: 1 }, () => first.promise);
    const two = await order.take({ stream: "s", batch: 2 }, () => Promise.resolve(ok("two")));
    first.resolve(ok("one"));
    expect([await one, two]).toEqual([ok("one"), ok("two")]);
  });

  test("takes no batch twice, and does not wait for ever, nor with too many", async () => {
    const order = orderOf({ waitMs: 20, waitingMax: 1 });
    const hand = () => Promise.resolve(ok("taken"));
    await order.take({ stream: "s", batch: 1 }, hand);
    expect(await order.take({ stream: "s", batch: 1 }, hand)).toBeUndefined();
    const waits = order.take({ stream: "t", batch: 2 }, hand);
    expect(await order.take({ stream: "u", batch: 2 }, hand)).toBeUndefined();
    expect(await waits).toBeUndefined();
    expect(await order.take({ stream: "t", batch: 1 }, hand)).toBeUndefined();
  });
});
