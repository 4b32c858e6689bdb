/** How often each name was counted, most frequent first. Names beyond the bound are counted together, so memory stays so. */
export class Tally {
  readonly #counts = new Map<string, number>();
  readonly #namesMax: number;
  #total = 0;

  constructor(namesMax = 1_000) {
    this.#namesMax = namesMax;
  }

  get total(): number {
    return this.#total;
  }

  add(name: string, count = 1): void {
    this.#total += count;
    const known = this.#counts.has(name) || this.#counts.size < this.#namesMax;
    const counted = known ? name : "others";
    this.#counts.set(counted, (this.#counts.get(counted) ?? 0) + count);
  }

  entries(): (readonly [string, number])[] {
    return [...this.#counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  }
}
