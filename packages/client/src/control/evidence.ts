import type { OrdersSnapshotFields, PositionSnapshotFields } from "../event-types.ts";
import type { ControlAction, ControlTarget } from "./orders.ts";

export type OpenOrder = OrdersSnapshotFields["orders"][number];
export type OpenPosition = PositionSnapshotFields["positions"][number];
type Maybe<T> = T | Promise<T>;

/** What a bot can be asked for at any time. */
export interface Holdings {
  /** All its resting orders, wherever they are. */
  readonly openOrders?: (() => Maybe<readonly OpenOrder[]>) | undefined;
  /** All that it holds. */
  readonly positions?: (() => Maybe<readonly OpenPosition[]>) | undefined;
}

/** What a handler may return: what is left after it did its work. */
export interface Left {
  readonly orders?: readonly OpenOrder[] | undefined;
  readonly positions?: readonly OpenPosition[] | undefined;
}

/** Where the evidence goes: a reporter. */
export interface EvidenceSink {
  ordersSnapshot(event: OrdersSnapshotFields): void;
  positionSnapshot(event: PositionSnapshotFields): void;
}

export interface EvidenceOptions extends Holdings {
  readonly reporter: EvidenceSink;
  readonly onProblem: (error: unknown) => void;
}

interface Asked {
  readonly action: ControlAction;
  readonly target: ControlTarget;
}

/** Waits before the bot is asked again while something is left: at venues a cancellation takes its time. */
const AGAIN_MS = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const;

/** Tells the hub what is left after a command, and again while it is more than the command leaves. */
export class Evidence {
  readonly #options: EvidenceOptions;
  #watched: object | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: EvidenceOptions) {
    this.#options = options;
  }

  /** After an acknowledgement. A newer command ends the watch over an older one. Never rejects. */
  async tell(command: Asked, left: Left | undefined): Promise<void> {
    clearTimeout(this.#timer);
    const watched = {};
    this.#watched = watched;
    await this.#look(command, { watched, left, round: 0 });
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#watched = undefined;
  }

  async #look(command: Asked, at: { watched: object; left: Left | undefined; round: number }): Promise<void> {
    const { openOrders, positions } = this.#options;
    const flattens = command.action === "flatten";
    const orders = await this.#ask(openOrders, at.left?.orders);
    const held =
      flattens || at.left?.positions !== undefined ? await this.#ask(positions, at.left?.positions) : undefined;
    if (this.#watched !== at.watched) return;
    this.#report(orders, held);
    const finishes = flattens || command.action === "halt";
    const waitMs = AGAIN_MS[at.round];
    if (!finishes || waitMs === undefined) return;
    const more = {
      orders: openOrders !== undefined && !isClear(orders, command.target),
      positions: flattens && positions !== undefined && !isClear(held?.filter(isHeld), command.target),
    };
    if (!more.orders && !more.positions) return;
    this.#timer = setTimeout(() => void this.#look(command, { ...at, left: undefined, round: at.round + 1 }), waitMs);
    this.#timer.unref();
  }

  /** The bot's own words when it can be asked, for they are newest; else what its handler returned. */
  async #ask<T>(provider: (() => Maybe<readonly T[]>) | undefined, left: readonly T[] | undefined) {
    if (provider === undefined) return left;
    try {
      const said: unknown = await provider();
      if (!Array.isArray(said)) throw new TypeError("openOrders and positions must give a list");
      return said as readonly T[];
    } catch (error) {
      this.#options.onProblem(error);
      return undefined;
    }
  }

  #report(orders: readonly OpenOrder[] | undefined, positions: readonly OpenPosition[] | undefined): void {
    const { reporter } = this.#options;
    if (orders !== undefined) reporter.ordersSnapshot({ orders, source: "bot" });
    if (positions !== undefined) reporter.positionSnapshot({ positions, source: "bot" });
  }
}

const isHeld = ({ size }: OpenPosition): boolean => Number(size) !== 0;

/** Whether nothing is left of what a command is about; what is not known is not clear. */
function isClear(list: ReadonlyArray<{ readonly venue: string }> | undefined, target: ControlTarget): boolean {
  if (list === undefined) return false;
  return "venue" in target ? !list.some(({ venue }) => venue === target.venue) : list.length === 0;
}
