import type { OpenOrder, OpenPosition } from "@deskwatch/client";
import { z } from "zod";
import { type BotApi, BotApiError, holdsWithin } from "./bot-api.ts";
import type { CarriedBot, CarriedSign, CarriedState } from "./carried.ts";

const anything = z.unknown();
const config = z.looseObject({
  state: z.string(),
  exchange: z.string().optional(),
  dry_run: z.boolean().optional(),
  version: z.string().optional(),
  max_open_trades: z.number().nullish(),
});
type Config = z.infer<typeof config>;

const health = z.looseObject({ last_process_ts: z.number().nullish() });
const order = z.looseObject({
  order_id: z.string(),
  is_open: z.boolean(),
  ft_order_side: z.string(),
  amount: z.number().nullish(),
  filled: z.number().nullish(),
  price: z.number().nullish(),
  safe_price: z.number().nullish(),
});
const trade = z.looseObject({
  trade_id: z.number(),
  pair: z.string(),
  exchange: z.string(),
  is_short: z.boolean().default(false),
  amount: z.number(),
  open_rate: z.number().nullish(),
  open_fill_timestamp: z.number().nullish(),
  orders: z.array(order).default([]),
});
type Trade = z.infer<typeof trade>;
type Order = z.infer<typeof order>;

const STOP_LOSS = "stoploss";
const PATIENCE = 6;

/**
 * freqtrade through its REST API. `/stopentry` (`/stopbuy` before 2022.4) takes no entries and manages what is open;
 * since 2025.4 that is a state of its own, before it is `max_open_trades` 0 until the configuration is read again.
 * `/stop` manages nothing any more, and cancels nothing: what rests is cancelled before, for a stopped one refuses to.
 */
export class Freqtrade implements CarriedBot {
  readonly #api: BotApi;
  /** For what freqtrade does at the exchange, trade by trade, before it answers. */
  readonly #slow: BotApi;
  readonly #reloadMs: number;

  /** `reloadMs`: how long it may take to read its configuration again. */
  constructor(api: BotApi, reloadMs = 30_000) {
    this.#api = api;
    this.#slow = api.patient(PATIENCE);
    this.#reloadMs = reloadMs;
  }

  readonly sign = async (): Promise<CarriedSign> => {
    const now = await this.#config();
    const state = stateOf(now);
    return {
      state,
      // A stopped one works at nothing.
      progress: state === "halted" ? undefined : await this.#lastProcessed(),
      version: now.version,
      venue: now.exchange,
      mode: now.dry_run === undefined ? undefined : now.dry_run ? "paper" : "live",
    };
  };

  readonly pause = async (): Promise<void> => {
    await this.#refuseEntries();
    if (stateOf(await this.#config()) === "halted") await this.#startWithoutEntries();
    const state = stateOf(await this.#config());
    if (state === "running") throw new BotApiError("freqtrade still takes entries after /stopentry", undefined);
  };

  readonly halt = async (): Promise<void> => {
    const failures: unknown[] = [];
    if (stateOf(await this.#config()) !== "halted") {
      // Whatever cannot be cancelled, it is stopped.
      await this.#refuseEntries().catch((error: unknown) => failures.push(error));
      await this.#cancelAll().catch((error: unknown) => failures.push(error));
      await this.#api.post("/api/v1/stop", undefined, anything);
    }
    if ((await this.#cancellable()) > 0) await this.#cancelWhatIsLeft();
    if (stateOf(await this.#config()) !== "halted")
      throw new BotApiError(`freqtrade is not stopped: ${textOf(failures)}`, undefined);
  };

  readonly flatten = async (): Promise<void> => {
    await this.pause();
    await this.#slow.post("/api/v1/forceexit", { tradeid: "all" }, anything);
  };

  readonly resume = async (): Promise<void> => {
    await this.#api.post("/api/v1/start", undefined, anything);
    const now = await this.#config();
    if (now.max_open_trades === 0) {
      await this.#api.post("/api/v1/reload_config", undefined, anything);
      const isBack = await holdsWithin(this.#reloadMs, async () => {
        const { state, max_open_trades: most } = await this.#config().catch(() => RELOADING);
        return state !== RELOADING.state && most !== 0;
      });
      if (!isBack)
        throw new BotApiError("freqtrade takes no entries after /reload_config: see max_open_trades", undefined);
      // Its configuration may say that it begins stopped.
      await this.#api.post("/api/v1/start", undefined, anything);
    }
    if (stateOf(await this.#config()) !== "running")
      throw new BotApiError("freqtrade does not run after /start", undefined);
  };

  readonly openOrders = async (): Promise<OpenOrder[]> =>
    (await this.#trades()).flatMap((one) => one.orders.filter(({ is_open }) => is_open).map(openOrder(one)));

  readonly positions = async (): Promise<OpenPosition[]> =>
    (await this.#trades())
      .map((one) => ({
        ...{ venue: one.exchange, symbol: one.pair, size: heldAmount(one) },
        ...(one.open_rate === null || one.open_rate === undefined ? {} : { entry_price: one.open_rate }),
      }))
      .filter(({ size }) => size !== 0);

  #config(): Promise<Config> {
    return this.#api.get("/api/v1/show_config", config);
  }

  #trades(): Promise<Trade[]> {
    return this.#api.get("/api/v1/status", z.array(trade));
  }

  async #lastProcessed(): Promise<number | undefined> {
    const { last_process_ts: at } = await this.#api.get("/api/v1/health", health);
    return at ?? undefined;
  }

  /** A stopped one is left as it is: newer ones would start on this. */
  async #refuseEntries(): Promise<void> {
    if (stateOf(await this.#config()) !== "halted") await this.#stopEntry();
  }

  async #stopEntry(): Promise<void> {
    try {
      await this.#api.post("/api/v1/stopentry", undefined, anything);
    } catch (error) {
      if (!(error instanceof BotApiError) || (error.status !== 404 && error.status !== 405)) throw error;
      await this.#api.post("/api/v1/stopbuy", undefined, anything);
    }
  }

  /** Newer ones start paused by `/stopentry`; older ones are started, and told at once. */
  async #startWithoutEntries(): Promise<void> {
    await this.#stopEntry();
    if (stateOf(await this.#config()) !== "halted") return;
    await this.#api.post("/api/v1/start", undefined, anything);
    await this.#stopEntry();
  }

  async #cancelAll(): Promise<void> {
    for (const { trade_id: id, orders } of await this.#trades()) {
      if (!orders.some(isCancellable)) continue;
      // It may have been filled or cancelled just now; what is left shows afterwards.
      await this.#slow.delete(`/api/v1/trades/${id}/open-order`).catch((error: unknown) => {
        if (!(error instanceof BotApiError) || error.status === undefined) throw error;
      });
    }
  }

  /** Orders that its API cancels: not stop-losses at the exchange, which protect what stays open. */
  async #cancellable(): Promise<number> {
    return (await this.#trades()).reduce((sum, { orders }) => sum + orders.filter(isCancellable).length, 0);
  }

  /** An order was placed between the cancelling and the stop. Only newer ones can cancel it without taking entries. */
  async #cancelWhatIsLeft(): Promise<void> {
    await this.#stopEntry();
    if (stateOf(await this.#config()) === "paused") {
      await this.#cancelAll();
      await this.#api.post("/api/v1/stop", undefined, anything);
    }
    const left = await this.#cancellable();
    if (left > 0)
      throw new BotApiError(
        `freqtrade is stopped, and ${left} orders still rest: cancel them at the exchange`,
        undefined,
      );
  }
}

const RELOADING = { state: "reload_config", max_open_trades: 0 };

function stateOf({ state, max_open_trades: most }: Config): CarriedState {
  const name = state.toLowerCase();
  if (name === "stopped") return "halted";
  return name === "paused" || most === 0 ? "paused" : "running";
}

const isCancellable = ({ is_open, ft_order_side }: Order): boolean => is_open && ft_order_side !== STOP_LOSS;

const openOrder =
  ({ exchange, pair, is_short }: Trade) =>
  ({ order_id, ft_order_side: side, amount, filled, price, safe_price }: Order): OpenOrder => ({
    ...{ order_id, venue: exchange, symbol: pair, size: amount ?? 0, filled_size: filled ?? 0 },
    side: side === "buy" || side === "sell" ? side : is_short ? "buy" : "sell",
    ...priceOf(safe_price ?? price),
    ...(side === STOP_LOSS ? { order_type: STOP_LOSS } : {}),
  });

const priceOf = (price: number | null | undefined): { readonly price?: number } =>
  price === null || price === undefined || price === 0 ? {} : { price };

/** Signed. An entry that is not filled yet is no position, but for the part that is. */
function heldAmount({ is_short, amount, open_fill_timestamp, orders }: Trade): number {
  const entrySide = is_short ? "sell" : "buy";
  const entered = orders
    .filter(({ ft_order_side }) => ft_order_side === entrySide)
    .reduce((sum, { filled }) => sum + (filled ?? 0), 0);
  const isFilled = orders.length === 0 || (open_fill_timestamp !== null && open_fill_timestamp !== undefined);
  const size = isFilled ? amount : entered;
  return is_short ? -size : size;
}

const textOf = (failures: readonly unknown[]): string =>
  failures.map((error) => (error instanceof Error ? error.message : String(error))).join("; ");
