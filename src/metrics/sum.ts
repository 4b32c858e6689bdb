/** A running sum of doubles that keeps what rounding takes away (Neumaier 1974). */
export class Sum {
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
