import { expect, test } from "vitest";
import { seededRandom } from "../base/random.ts";
import { AwaitedMoments } from "./awaited-moments.ts";

const AFTER = [100, 200];
const LANES = 1 + AFTER.length;

interface Plain {
  readonly moment: number;
  readonly lane: number;
}

const put = (plain: Plain[], moment: number, lane: number): void => {
  if (!plain.some((each) => each.moment === moment && each.lane === lane)) plain.push({ moment, lane });
};

test.each(Array.from({ length: 20 }, (_, seed) => seed))("moments are those of a plain list, seed %i", (seed) => {
  const random = seededRandom(seed);
  const awaited = new AwaitedMoments(AFTER);
  let plain: Plain[] = [];
  let now = 0;
  // Some have many that come one by one, others nearly none.
  const oneByOne = seed % 2 === 0 ? 2 : 60;
  for (let step = 0; step < 2_000; step++) {
    now += random.below(4);
    const late = random.below(4) === 0 && seed % 4 !== 3 ? random.below(30) : 0;
    if (random.below(5) === 0) {
      awaited.dropBefore(now - 20);
      plain = plain.filter(({ moment }) => moment >= now - 20);
    } else if (random.below(oneByOne) === 0) {
      // Most come in order, some late, some twice.
      const lane = random.below(LANES);
      const moment = now + 100 * lane - late;
      awaited.add(moment, lane);
      put(plain, moment, lane);
    } else {
      awaited.follow(now - late);
      for (const [place, after] of AFTER.entries()) put(plain, now - late + after, place + 1);
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
  const awaited = new AwaitedMoments(AFTER);
  awaited.dropBefore(10);
  expect([awaited.size, awaited.first, awaited.has(0)]).toEqual([0, Number.POSITIVE_INFINITY, false]);
});
