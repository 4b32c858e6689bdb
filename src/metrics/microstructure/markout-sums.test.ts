import { describe, expect, test } from "vitest";
import { seededRandom } from "../../base/random.ts";
import type { Fills, Quotes } from "./columns.ts";
import { sumMarkouts } from "./markout-sums.ts";
import { captureAt, fillQuality, laterMids, markoutAt } from "./markouts.ts";

const HORIZONS_MS = [0, 1_000, 60_000, 3_600_000];
const random = seededRandom(4);
const column = (n: number, of: (index: number) => number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => of(i));

function quotesOf(n: number): Quotes {
  let at = 1_000_000;
  const bid = column(n, () => 90 + random.below(200) / 10);
  return { at: column(n, () => (at += random.below(3_000))), bid, ask: bid.map((price) => price + 0.1) };
}

/** From before the first quote until after the last; some without a fee. */
function fillsOf(n: number): Fills {
  return {
    at: column(n, () => 900_000 + random.below(9_000_000)).sort(),
    side: Int8Array.from({ length: n }, () => (random.below(2) === 0 ? 1 : -1)),
    price: column(n, () => 90 + random.below(200) / 10),
    quantity: column(n, () => 1 + random.below(9)),
    fee: column(n, (index) => (index % 7 === 0 ? Number.NaN : random.below(100) / 1_000)),
    maker: Int8Array.from({ length: n }, () => random.below(3) - 1),
  };
}

/** One fill after another, as the figures of a single fill have it. */
function sumsOf(fills: Fills, quotes: Quotes, afterMs: number, wanted: number | undefined) {
  const quality = fillQuality(fills, quotes);
  const later = laterMids(fills, quality, afterMs);
  const sums = { n: 0, bps: 0, drift: 0, gross: 0, weight: 0, size: 0, fees: 0, feeBps: 0, feeless: 0 };
  for (let index = 0; index < fills.at.length; index++) {
    const { price, bps, driftBps } = markoutAt(fills, quality, later, index);
    if (Number.isNaN(bps) || (wanted !== undefined && fills.maker[index] !== wanted)) continue;
    const [size = 0, fee = 0] = [fills.quantity[index], fills.fee[index]];
    sums.n++;
    sums.bps += bps;
    sums.drift += driftBps;
    sums.gross += price * size;
    sums.weight += (quality.mid[index] ?? 0) * size;
    sums.size += size;
    if (Number.isNaN(fee)) sums.feeless++;
    else {
      sums.fees += fee;
      sums.feeBps += captureAt(fills, quality, index).feeBps;
    }
  }
  return sums;
}

describe.each([0, 1, 2_047, 2_048, 2_049, 9_000])("the sums of %i fills", (count) => {
  test.each([undefined, 1, 0])("are those of each, one after another, where makers are %s", (wanted) => {
    const [fills, quotes] = [fillsOf(count), quotesOf(5_000)];
    const found = sumMarkouts(fills, fillQuality(fills, quotes), { aftersMs: HORIZONS_MS, wanted });
    expect(found).toHaveLength(HORIZONS_MS.length);
    for (const [place, afterMs] of HORIZONS_MS.entries())
      for (const [name, sum] of Object.entries(sumsOf(fills, quotes, afterMs, wanted)))
        expect([name, found[place]?.[name as "n"]]).toEqual([name, expect.closeTo(sum, 5)]);
  });
});
