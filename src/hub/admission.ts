import { putBounded } from "../base/bounded-map.ts";
import { MICROS_PER_SECOND, type Micros } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import { awaitsPositions } from "../engine/control/evidence.ts";
import type { State } from "../engine/fold.ts";
import { openOrderOf } from "../engine/orders.ts";
import { HUB_BOT } from "../engine/read-bots.ts";
import { isReadByHub } from "../engine/read-by-hub.ts";
import type { Rejection } from "../protocol/errors.ts";
import { type DeskEvent, type EventOf, eventTypes } from "../protocol/event-types.ts";
import { PlacedOrders } from "./placed-orders.ts";

const RISK_EVERY_MICROS = 60 * MICROS_PER_SECOND;
const RATE_EVERY_MICROS = 60 * MICROS_PER_SECOND;
const POSITIONS_EVERY_MICROS = 3_600 * MICROS_PER_SECOND;
/** Orders of all bots that are remembered at least: more than can be on their way to the fold at once. */
const PLACED_KEPT = 10_000;
const BOTS_MAX = 10_000;
const VENUES_MAX = 64;
const RATES_MAX = 10_000;

/** What the hub remembers of a bot to complete and class its next events; ahead of the fold by what is in flight. */
interface Memory {
  mode: Mode;
  state: string | undefined;
  risk: { minute: number } | undefined;
  positions: { signature: string; ts: number } | undefined;
  /** Those that it placed orders at. */
  readonly venues: Set<string>;
  /** Its orders, of the newest orders of all bots: the fold may not have taken them in yet. */
  placed: PlacedOrders;
  /** Those before them: to forget many at once costs less than one at a time. */
  placedBefore: PlacedOrders;
}

const NONE_PLACED = new PlacedOrders();

/**
 * Completes events with what their bot said before (mode, the venue of an order) and tells facts from samples where
 * the class is conditional (EVENTS.md): a state that changed, risk once a minute, positions on change and hourly.
 */
export class Admission {
  readonly #bots = new Map<string, Memory>();
  /** Orders since bots were last made to forget the older ones. */
  #placed = 0;
  readonly #rates = new Map<string, { price: string; ts: number }>();
  readonly #defaultMode: Mode;
  readonly #state: State;

  constructor(state: State, defaultMode: Mode) {
    this.#state = state;
    this.#defaultMode = defaultMode;
  }

  /** Why nobody may speak as this bot; undefined where somebody may. */
  refusalOf(bot: string): Rejection | undefined {
    if (bot === HUB_BOT) return refused(`${HUB_BOT} is the hub itself; give your bot a name`);
    const isNew = !this.#bots.has(bot) && !this.#state.bots.has(bot);
    return isNew && this.#bots.size >= BOTS_MAX
      ? refused(`the hub keeps at most ${BOTS_MAX} bots, found one more`)
      : undefined;
  }

  /** Fills in `mode` and an order's venue, in place. */
  complete(event: DeskEvent): void {
    const memory = this.#memoryOf(event.bot);
    if (event.type === "bot.started") {
      memory.mode = event.mode ?? this.#defaultMode;
      // A start forgets what was said before it: the next state tells it anew.
      memory.state = undefined;
    }
    event.mode ??= memory.mode;
    if (event.type === "order.placed") this.#rememberOrder(memory, event);
    if (isOrderUpdate(event) && event.venue === undefined) {
      const venue = this.#venueOf(memory, event);
      if (venue !== undefined) event.venue = venue;
    }
  }

  #rememberOrder({ venues, placed }: Memory, { order_id, venue }: EventOf<"order.placed">): void {
    placed.add(order_id, venue);
    if (venues.size < VENUES_MAX) venues.add(venue);
    if (++this.#placed >= PLACED_KEPT) this.#forgetOrders();
  }

  #forgetOrders(): void {
    this.#placed = 0;
    for (const memory of this.#bots.values()) {
      memory.placedBefore = memory.placed.isEmpty ? NONE_PLACED : memory.placed;
      if (!memory.placed.isEmpty) memory.placed = new PlacedOrders();
    }
  }

  /** Of an order that was placed a short while ago, or still rests. */
  #venueOf(memory: Memory, { bot, order_id, mode = this.#defaultMode }: OrderUpdate): string | undefined {
    const placed = memory.placed.venueOf(order_id) ?? memory.placedBefore.venueOf(order_id);
    if (placed !== undefined) return placed;
    const folded = this.#state.bots.get(bot);
    if (folded === undefined) return undefined;
    for (const venue of memory.venues)
      if (openOrderOf(folded, { mode, venue, orderId: order_id }) !== undefined) return venue;
    return undefined;
  }

  /** Whether a completed event is a fact. What it remembers assumes that the fact will be kept. */
  isFact(event: DeskEvent, ts: Micros): boolean {
    const { class: kind } = eventTypes[event.type];
    if (kind !== "conditional") return kind === "fact";
    if (event.origin === "export" || isReadByHub(event)) return true;
    switch (event.type) {
      case "bot.state":
        return changed(this.#memoryOf(event.bot), event);
      case "risk":
        return newMinute(this.#memoryOf(event.bot), ts);
      case "position.snapshot":
        return newPositions(this.#memoryOf(event.bot), event, ts) || awaitsPositions(this.#state.desk, event.bot);
      case "rate":
        return this.#newRate(event, ts);
      case "feed":
        return event.kind !== "latency";
      default:
        return false;
    }
  }

  #newRate(event: EventOf<"rate">, ts: Micros): boolean {
    const key = `${event.currency}\t${event.per}`;
    const kept = this.#rates.get(key);
    if (kept !== undefined && (kept.price === event.price || Math.abs(ts - kept.ts) < RATE_EVERY_MICROS)) return false;
    putBounded(this.#rates, key, { price: event.price, ts }, RATES_MAX);
    return true;
  }

  #memoryOf(bot: string): Memory {
    let memory = this.#bots.get(bot);
    if (memory === undefined) {
      memory = this.#fromState(bot);
      this.#bots.set(bot, memory);
    }
    return memory;
  }

  #fromState(bot: string): Memory {
    const folded = this.#state.bots.get(bot);
    const venues = new Set<string>();
    for (const { venue } of folded?.openOrders.values() ?? []) if (venues.size < VENUES_MAX) venues.add(venue);
    return {
      mode: folded?.mode ?? this.#defaultMode,
      state: undefined,
      risk: undefined,
      positions: undefined,
      venues,
      placed: new PlacedOrders(),
      placedBefore: NONE_PLACED,
    };
  }
}

const refused = (message: string): Rejection => ({ code: "invalid_event", path: "bot", message });

type OrderUpdate = EventOf<"order.acknowledged" | "order.cancelled" | "order.rejected" | "order.expired">;

function isOrderUpdate(event: DeskEvent): event is OrderUpdate {
  switch (event.type) {
    case "order.acknowledged":
    case "order.cancelled":
    case "order.rejected":
    case "order.expired":
      return true;
    default:
      return false;
  }
}

/** A state is news when anything but its running figures changed: uptime, counters and traffic always do. */
function changed(memory: Memory, event: EventOf<"bot.state">): boolean {
  const venues = (event.venues ?? []).map(({ venue, connected }) => `${venue} ${connected}`).join();
  const said = [
    event.status,
    event.execution_mode,
    event.version,
    event.config_hash,
    event.makes_markets,
    event.reason,
  ];
  const signature = JSON.stringify([event.mode, ...said, venues]);
  if (memory.state === signature) return false;
  memory.state = signature;
  return true;
}

function newMinute(memory: Memory, ts: Micros): boolean {
  const minute = Math.floor(ts / RISK_EVERY_MICROS);
  if (memory.risk?.minute === minute) return false;
  memory.risk = { minute };
  return true;
}

function newPositions(memory: Memory, event: EventOf<"position.snapshot">, ts: Micros): boolean {
  const held = event.positions.map(({ venue, symbol, size }) => `${venue}\t${symbol}\t${size}`).sort();
  const signature = `${event.mode}\n${event.source ?? ""}\n${held.join("\n")}`;
  const kept = memory.positions;
  if (kept?.signature === signature && Math.abs(ts - kept.ts) < POSITIONS_EVERY_MICROS) return false;
  memory.positions = { signature, ts };
  return true;
}
