/**
 * The venues of orders. Nearly every bot says the venue with all that becomes of an order, so nothing is made ready for
 * asking until somebody asks.
 */
export class PlacedOrders {
  readonly #ids: string[] = [];
  readonly #venues: string[] = [];
  readonly #found = new Map<string, string>();
  /** So many of them were put into `#found`. */
  #looked = 0;

  get isEmpty(): boolean {
    return this.#ids.length === 0;
  }

  add(orderId: string, venue: string): void {
    this.#ids.push(orderId);
    this.#venues.push(venue);
  }

  /** Where the order was placed; where it was placed last, when its id was used again. */
  venueOf(orderId: string): string | undefined {
    for (let at = this.#looked; at < this.#ids.length; at++) {
      const [id, venue] = [this.#ids[at], this.#venues[at]];
      if (id !== undefined && venue !== undefined) this.#found.set(id, venue);
    }
    this.#looked = this.#ids.length;
    return this.#found.get(orderId);
  }
}
