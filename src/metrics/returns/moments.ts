/**
 * Sums over a series of returns that most statistics share (metrics.md §4). Central moments are about the mean, of the
 * population (divided by n only by who reads them). Plain data.
 */
export interface Moments {
  readonly n: number;
  readonly mean: number;
  /** Σ (r − mean)², and the same cubed and to the fourth. */
  readonly squares: number;
  readonly cubes: number;
  readonly fourths: number;
  readonly min: number;
  readonly max: number;
  /** Σ of the returns above and of those below 0, and how many there are of each. */
  readonly gains: number;
  readonly losses: number;
  readonly wins: number;
  readonly lost: number;
}

/** So many values are added plainly before their sum goes into the total with what rounding took away. */
const BLOCK = 256;

/** A sum that keeps what rounding takes away, for blocks of many values. */
class BlockSum {
  #total = 0;
  #rest = 0;

  add(value: number): void {
    const total = this.#total + value;
    this.#rest += Math.abs(this.#total) >= Math.abs(value) ? this.#total - total + value : value - total + this.#total;
    this.#total = total;
  }

  get value(): number {
    return this.#total + this.#rest;
  }
}

/** The moments of returns that are finite numbers. */
export function momentsOf(returns: Float64Array): Moments {
  const first = plainSums(returns);
  const mean = returns.length === 0 ? 0 : (first.gains + first.losses) / returns.length;
  return { n: returns.length, mean, ...first, ...centralSums(returns, mean) };
}

function plainSums(returns: Float64Array): Omit<Moments, "n" | "mean" | "squares" | "cubes" | "fourths"> {
  const [gains, losses] = [new BlockSum(), new BlockSum()];
  let [min, max, wins, lost] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let start = 0; start < returns.length; start += BLOCK) {
    const end = Math.min(returns.length, start + BLOCK);
    let [gained, gone] = [0, 0];
    for (let index = start; index < end; index++) {
      const value = returns[index] as number;
      if (value > 0) {
        gained += value;
        wins++;
      } else if (value < 0) {
        gone += value;
        lost++;
      }
      if (value < min) min = value;
      if (value > max) max = value;
    }
    gains.add(gained);
    losses.add(gone);
  }
  return { min, max, gains: gains.value, losses: losses.value, wins, lost };
}

function centralSums(returns: Float64Array, mean: number): Pick<Moments, "squares" | "cubes" | "fourths"> {
  const [squares, cubes, fourths] = [new BlockSum(), new BlockSum(), new BlockSum()];
  for (let start = 0; start < returns.length; start += BLOCK) {
    const end = Math.min(returns.length, start + BLOCK);
    let [second, third, fourth] = [0, 0, 0];
    for (let index = start; index < end; index++) {
      const distance = (returns[index] as number) - mean;
      const square = distance * distance;
      second += square;
      third += square * distance;
      fourth += square * square;
    }
    squares.add(second);
    cubes.add(third);
    fourths.add(fourth);
  }
  return { squares: squares.value, cubes: cubes.value, fourths: fourths.value };
}

/** √(Σ min(r − target, 0)² ÷ n): over all returns, not only those below the target. 0 where none is below by 1e-60. */
export function downsideDeviation(returns: Float64Array, target: number): number {
  const squares = new BlockSum();
  for (let start = 0; start < returns.length; start += BLOCK) {
    const end = Math.min(returns.length, start + BLOCK);
    let sum = 0;
    for (let index = start; index < end; index++) {
      const below = Math.min((returns[index] as number) - target, 0);
      sum += below * below;
    }
    squares.add(sum);
  }
  return returns.length === 0 ? 0 : rootMeanSquare(squares.value, returns.length);
}

/** √(sum of squares ÷ n), and exactly 0 where it is under 1e-60: the squares of what is smaller are lost to doubles. */
export function rootMeanSquare(squares: number, n: number): number {
  const root = Math.sqrt(squares / n);
  return root < SPREAD_MIN ? 0 : root;
}

/**
 * Whether all values are one, as far as doubles can tell: a spread of a few roundings is none. A deviation compared with
 * 0 would not see it, as three times 0.1 have one of 1e-17; of less than 1e-60 the fourth power is lost to doubles.
 */
export const isFlat = ({ min, max, n }: Pick<Moments, "min" | "max" | "n">): boolean =>
  n > 0 && max - min <= Math.max(SPREAD_MIN, 4 * Number.EPSILON * Math.max(Math.abs(min), Math.abs(max)));

const SPREAD_MIN = 1e-60;

/** Sample standard deviation (n − 1), in the unit of the values; exactly 0 when all are equal. Needs two values. */
export const deviationOf = (moments: Moments): number =>
  isFlat(moments) ? 0 : Math.sqrt(moments.squares / (moments.n - 1));

/** Population standard deviation (n). */
export const populationDeviationOf = (moments: Moments): number =>
  isFlat(moments) ? 0 : Math.sqrt(moments.squares / moments.n);

/** Population skewness g₁; needs a spread. */
export const skewnessOf = ({ n, squares, cubes }: Moments): number => cubes / n / (squares / n) ** 1.5;

/** Population kurtosis b₂, 3 for a normal distribution; needs a spread. */
export const kurtosisOf = ({ n, squares, fourths }: Moments): number => fourths / n / (squares / n) ** 2;
