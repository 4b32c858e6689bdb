import { expect, test } from "vitest";
import { seededRandom } from "../base/random.ts";
import { AwaitedMoments } from "./awaited-moments.ts";

const LANES = 3;

test.each(Array.from({ length: 10 }, (_, seed) => seed))("moments are those of a plain list, seed %i", (seed) => {
  const random = seededRandom(seed);
  const awaited = new AwaitedMoments();
  let plain: { readonly moment: number; readonly lane: number }[] = [];
  let now = 0;
  for (let step = 0; step < 2_000; step++) {
    now += random.below(4);
    if (random.below(5) === 0) {
      awaited.dropBefore(now - 20);
      plain = plain.filter(({ moment }) => moment >= now - 20);
    } else {
      // Most come in order, some late, some twice.
      const lane = random.below(LANES);
      const moment = now + 100 * lane - (random.below(4) === 0 ? random.below(30) : 0);
      awaited.add(moment, lane);
      if (!plain.some((each) => each.moment === moment && each.lane === lane)) plain.push({ moment, lane });
    }
    const asked = now + random.below(300) - 50;
    expect([awaited.size, awaited.first, awaited.has(asked)]).toEqual([
      plain.length,
      Math.min(...plain.map(({ moment }) => moment)),
      plain.some(({ moment }) => moment === asked),
    ]);
  }
});

test("nothing is awaited at first", () => {
  const awaited = new AwaitedMoments();
  awaited.dropBefore(10);
  expect([awaited.size, awaited.first, awaited.has(0)]).toEqual([0, Number.POSITIVE_INFINITY, false]);
});
