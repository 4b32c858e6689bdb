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

interface Look {
  readonly turn: object;
  readonly left: Left | undefined;
  readonly wantsPositions: boolean;
  readonly round: number;
}

const WATCHED_MAX = 100;

/** Waits before the bot is asked again while something is left: at venues a cancellation takes its time. */
const AGAIN_MS = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const;

/** Tells the hub what is left after a command, and again while that is more than the commands since leave. */
export class Evidence {
  readonly #options: EvidenceOptions;
  /** Halts and flattens of which something was left. */
  #unproven: readonly Asked[] = [];
  #turn: object = {};
  #timer: NodeJS.Timeout | undefined;

  constructor(options: EvidenceOptions) {
    this.#options = options;
  }

  /** After an acknowledgement. `left` is what the handler returned. Never rejects. */
  async tell(command: Asked, left: Left | undefined): Promise<void> {
    const { action } = command;
    const others = this.#unproven.filter((one) => !endsWith(one, command));
    this.#unproven = action === "halt" || action === "flatten" ? [...others, command].slice(-WATCHED_MAX) : others;
    await this.#begin(left, action === "flatten" || left?.positions !== undefined);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#turn = {};
  }

  #begin(left: Left | undefined, wantsPositions: boolean): Promise<void> {
    clearTimeout(this.#timer);
    const turn = {};
    this.#turn = turn;
    return this.#look({ turn, left, wantsPositions, round: 0 });
  }

  async #look(at: Look): Promise<void> {
    const { openOrders, positions } = this.#options;
    const wantsPositions = at.wantsPositions || this.#unproven.some(({ action }) => action === "flatten");
    const orders = await this.#ask(openOrders, at.left?.orders);
    const held = wantsPositions ? await this.#ask(positions, at.left?.positions) : undefined;
    if (this.#turn !== at.turn) return;
    this.#report(orders, held);
    this.#unproven = this.#unproven.filter(
      ({ action, target }) =>
        (openOrders !== undefined && !isClear(orders, target)) ||
        (action === "flatten" && positions !== undefined && !isClear(held?.filter(isHeld), target)),
    );
    const waitMs = AGAIN_MS[at.round];
    if (this.#unproven.length === 0 || waitMs === undefined) return;
    const next = { turn: at.turn, left: undefined, wantsPositions: false, round: at.round + 1 };
    this.#timer = setTimeout(() => void this.#look(next), waitMs);
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

/** Whether nothing has to be proven of a command any more now that this one came: it is lifted, or replaced. */
const endsWith = ({ target }: Asked, by: Asked): boolean =>
  (by.action === "resume" && !("venue" in by.target)) || JSON.stringify(target) === JSON.stringify(by.target);

const isHeld = ({ size }: OpenPosition): boolean => Number(size) !== 0;

/** Whether nothing is left of what a command is about; what is not known is not clear. */
function isClear(list: ReadonlyArray<{ readonly venue: string }> | undefined, target: ControlTarget): boolean {
  if (list === undefined) return false;
  return "venue" in target ? !list.some(({ venue }) => venue === target.venue) : list.length === 0;
}
