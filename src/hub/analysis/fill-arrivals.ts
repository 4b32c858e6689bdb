import { putBounded } from "../../base/bounded-map.ts";
import type { EventOf } from "../../protocol/event-types.ts";
import type { WireEvent } from "../../protocol/recorded.ts";
import type { BotCourse } from "../bot-entries.ts";
import type { Store } from "../ports.ts";
import type { StoredFill } from "../stored-entries.ts";

export type ArrivalStore = Pick<Store, "events" | "statementsOf">;

interface Arrival {
  readonly mid: string | undefined;
  readonly seq: number;
}

/** Orders whose mid is remembered at once: the newest. */
const ORDERS_MAX = 200_000;
const PAGE = 1_000;

/**
 * The mids at which orders were decided: as their fills say it, else as the orders did when they were placed. Orders are
 * read from the log as the fills that ask for them come, and not at all where every fill says its own.
 */
export class FillArrivals {
  readonly #store: ArrivalStore;
  readonly #orders = new Map<string, Arrival>();
  /** Every order up to it is known. */
  #upTo = 0;

  constructor(store: ArrivalStore) {
    this.#store = store;
  }

  /** The mid of each of at most 1,000 fills, in their order; undefined where nobody says it. */
  async of(fills: readonly StoredFill[], course: BotCourse): Promise<(string | undefined)[]> {
    const said = await this.#said(fills);
    const silent = fills.findLast((fill) => fill.order_id !== undefined && !said.has(fill.seq));
    if (silent !== undefined && silent.seq > this.#upTo) await this.#readOrders(course, silent.seq);
    return fills.map((fill) => said.get(fill.seq) ?? this.#ofOrder(fill));
  }

  /** What the fills themselves say, in their first statement or a later one that added it. */
  async #said(fills: readonly StoredFill[]): Promise<ReadonlyMap<number, string>> {
    const said = new Map<number, string>();
    for (const { seq, ofSeq, standing, event } of await this.#store.statementsOf(fills.map((fill) => fill.seq))) {
      if (event.type !== "fill" && event.type !== "order.filled") continue;
      if (standing !== "fact" && standing !== "merge") continue;
      const mid = event["arrival_mid"];
      if (typeof mid === "string" && !said.has(ofSeq ?? seq)) said.set(ofSeq ?? seq, mid);
    }
    return said;
  }

  /** An order that was placed after its fill was told says nothing of how that was decided. */
  #ofOrder({ bot, account = bot, venue = "", order_id: orderId = "", seq }: StoredFill): string | undefined {
    const known = this.#orders.get(`${account}\t${venue}\t${orderId}`);
    return known !== undefined && known.seq < seq ? known.mid : undefined;
  }

  async #readOrders({ bot, mode, asOfSeq }: BotCourse, seq: number): Promise<void> {
    const wanted = { bot: bot.bot, mode, type: "order.placed", order: "oldest", beforeSeq: asOfSeq + 1 } as const;
    while (this.#upTo < seq) {
      const page = await this.#store.events({ ...wanted, afterSeq: this.#upTo, limit: PAGE });
      for (const text of page.events) this.#keep(JSON.parse(text) as WireEvent & EventOf<"order.placed">);
      this.#upTo = page.complete || page.lastSeq === undefined ? asOfSeq : page.lastSeq;
    }
  }

  #keep(order: WireEvent & EventOf<"order.placed">): void {
    if (order.standing !== undefined) return;
    const { bot, account = bot, venue, order_id: orderId, arrival_mid: mid, seq } = order;
    putBounded(this.#orders, `${account}\t${venue}\t${orderId}`, { mid, seq }, ORDERS_MAX);
  }
}
