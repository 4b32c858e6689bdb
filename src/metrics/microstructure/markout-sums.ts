import type { Marks } from "./as-of.ts";
import type { Fills } from "./columns.ts";
import { BPS, type FillQuality } from "./markouts.ts";

/** Sums of the fills that count at one horizon: those of which both the mid then and the mid later are known. */
export interface MarkoutSums extends FilledSums {
  readonly afterMs: number;
  /** Σ s · (later mid − price) ÷ mid, in bps. */
  readonly bps: number;
  /** Σ s · (later mid − mid) ÷ mid, in bps. */
  readonly drift: number;
  /** Money: Σ s · (later mid − price) · quantity. */
  readonly gross: number;
}

/** What is summed of fills alike at every horizon. */
interface FilledSums {
  readonly n: number;
  /** Σ mid · quantity. */
  readonly weight: number;
  /** Σ quantity. */
  readonly size: number;
  /** Of those that say their fee: money, and bps of mid · quantity. */
  readonly fees: number;
  readonly feeBps: number;
  /** How many do not say their fee. */
  readonly feeless: number;
}

/**
 * As `markoutAt` has it for each, with the quotes found on the way: columns of a million cost more than the sums. Fills
 * are gone through some thousand at a time, each time for all horizons, while they are at hand. `wanted`: of fills whose
 * `maker` is this alone; of all, when not given. One result a horizon.
 */
export function sumMarkouts(
  fills: Fills,
  { mid, marks }: FillQuality,
  { aftersMs, wanted }: { readonly aftersMs: readonly number[]; readonly wanted: number | undefined },
): MarkoutSums[] {
  const horizons = aftersMs.map((afterMs) => new Horizon(afterMs, marks));
  const block = new Block();
  for (let start = 0; start < mid.length; start += BLOCK_FILLS) {
    block.take(fills, mid, { start, wanted });
    for (const horizon of horizons) horizon.add(block);
  }
  return horizons.map(({ sums }) => sums);
}

/** Their columns together are smaller than the cache of a core. */
const BLOCK_FILLS = 2_048;

/** The fills that count among some, with what every horizon needs of them. */
class Block {
  count = 0;
  readonly at = new Float64Array(BLOCK_FILLS);
  readonly side = new Float64Array(BLOCK_FILLS);
  readonly price = new Float64Array(BLOCK_FILLS);
  readonly quantity = new Float64Array(BLOCK_FILLS);
  readonly mid = new Float64Array(BLOCK_FILLS);
  readonly perBps = new Float64Array(BLOCK_FILLS);
  readonly #fee = new Float64Array(BLOCK_FILLS);
  #whole: FilledSums | undefined;

  take(
    fills: Fills,
    mid: Float64Array,
    { start, wanted }: { readonly start: number; readonly wanted: number | undefined },
  ) {
    const end = Math.min(start + BLOCK_FILLS, mid.length);
    let count = 0;
    for (let index = start; index < end; index++) {
      const middle = mid[index] as number;
      if (Number.isNaN(middle) || (wanted !== undefined && fills.maker[index] !== wanted)) continue;
      this.at[count] = fills.at[index] as number;
      this.side[count] = fills.side[index] as number;
      this.price[count] = fills.price[index] as number;
      this.quantity[count] = fills.quantity[index] as number;
      this.#fee[count] = fills.fee[index] as number;
      this.mid[count] = middle;
      this.perBps[count] = BPS / middle;
      count++;
    }
    this.count = count;
    this.#whole = undefined;
  }

  /** Of the first `n` of them. */
  filled(n: number): FilledSums {
    if (n < this.count) return this.#sum(n);
    this.#whole ??= this.#sum(n);
    return this.#whole;
  }

  #sum(n: number): FilledSums {
    let [weight, size, fees, feeBps, feeless] = [0, 0, 0, 0, 0];
    for (let index = 0; index < n; index++) {
      const quantity = this.quantity[index] as number;
      const fee = this.#fee[index] as number;
      weight += (this.mid[index] as number) * quantity;
      size += quantity;
      if (Number.isNaN(fee)) feeless++;
      else {
        fees += fee;
        feeBps += (fee / quantity) * (this.perBps[index] as number);
      }
    }
    return { n, weight, size, fees, feeBps, feeless };
  }
}

/** The sums of one horizon, block by block. */
class Horizon {
  readonly #afterMs: number;
  readonly #marks: Marks;
  #next = 0;
  #sums: MarkoutSums;

  constructor(afterMs: number, marks: Marks) {
    this.#afterMs = afterMs;
    this.#marks = marks;
    this.#sums = { afterMs, n: 0, bps: 0, drift: 0, gross: 0, weight: 0, size: 0, fees: 0, feeBps: 0, feeless: 0 };
  }

  get sums(): MarkoutSums {
    return this.#sums;
  }

  add(block: Block): void {
    const { at: markedAt, value: values, until } = this.#marks;
    const { at, side, price, quantity, mid, perBps, count } = block;
    const [afterMs, last] = [this.#afterMs, markedAt.length];
    let next = this.#next;
    let [bps, drift, gross, index] = [0, 0, 0, 0];
    for (; index < count; index++) {
      const time = (at[index] as number) + afterMs;
      if (time > until) break;
      while (next < last && (markedAt[next] as number) <= time) next++;
      const mark = values[next - 1] as number;
      const own = side[index] as number;
      const scale = perBps[index] as number;
      const gained = own * (mark - (price[index] as number));
      bps += gained * scale;
      drift += own * (mark - (mid[index] as number)) * scale;
      gross += gained * (quantity[index] as number);
    }
    this.#next = next;
    this.#put(block.filled(index), { bps, drift, gross });
  }

  #put(filled: FilledSums, { bps, drift, gross }: Pick<MarkoutSums, "bps" | "drift" | "gross">): void {
    const sums = this.#sums;
    this.#sums = {
      afterMs: sums.afterMs,
      n: sums.n + filled.n,
      weight: sums.weight + filled.weight,
      size: sums.size + filled.size,
      fees: sums.fees + filled.fees,
      feeBps: sums.feeBps + filled.feeBps,
      feeless: sums.feeless + filled.feeless,
      bps: sums.bps + bps,
      drift: sums.drift + drift,
      gross: sums.gross + gross,
    };
  }
}
