import type { OpenPosition } from "@deskwatch/client";
import { z } from "zod";
import { type BotApi, BotApiError, holdsWithin } from "./bot-api.ts";
import type { CarriedBot, CarriedSign } from "./carried.ts";

export interface HummingbotOptions {
  /** The instance's name in the orchestration. */
  readonly instance: string;
  /** What `start-bot` is told; the instance's last strategy when absent. */
  readonly script?: string | undefined;
  readonly conf?: string | undefined;
  /** Of perpetual positions that are told, and closed by a flatten. Without it positions are not known. */
  readonly account?: string | undefined;
  readonly connectors?: readonly string[] | undefined;
  /** Hummingbot cannot refuse entries alone: a pause is refused, or carried as a stop. */
  readonly pauseAs: "refuse" | "stop";
  /** How long a stop may take until the instance says nothing any more. */
  readonly stopMs?: number | undefined;
}

const status = z.looseObject({
  data: z.looseObject({
    status: z.string(),
    recently_active: z.boolean().optional(),
    error: z.string().optional(),
  }),
});
const done = z.looseObject({ response: z.looseObject({ success: z.boolean(), message: z.string().optional() }) });
const position = z.looseObject({
  account_name: z.string(),
  connector_name: z.string(),
  trading_pair: z.string(),
  side: z.string().optional(),
  amount: z.number(),
  entry_price: z.number().nullish(),
});
const page = z.looseObject({
  data: z.array(position),
  pagination: z.looseObject({ has_more: z.boolean().optional(), next_cursor: z.string().nullish() }),
});
type Position = z.infer<typeof position>;

const STOP_MS = 30_000;
/** A command to an instance is only handed on: it counts as stopped when it has been silent so often in a row. */
const SILENT_LOOKS = 3;
const PAGES_MAX = 100;
const PAGE = 1_000;

/**
 * A Hummingbot instance through hummingbot-api. A stop cancels the instance's orders and ends its executors, which may
 * close their positions at the market. The API does not tell an instance's own orders, so they are not told to the hub.
 */
export class Hummingbot implements CarriedBot {
  readonly #api: BotApi;
  readonly #options: HummingbotOptions;
  readonly openOrders = undefined;
  readonly positions: CarriedBot["positions"];

  constructor(api: BotApi, options: HummingbotOptions) {
    this.#api = api;
    this.#options = options;
    this.positions = options.account === undefined ? undefined : async () => (await this.#held()).map(openPosition);
  }

  readonly sign = async (): Promise<CarriedSign> => ({
    state: (await this.#isRunning()) ? "running" : "halted",
  });

  readonly pause = async (): Promise<void> => {
    if (this.#options.pauseAs === "stop") return this.halt();
    throw new BotApiError(
      "Hummingbot cannot refuse entries alone, and goes on: ask for a halt, or carry with --pause stop",
      undefined,
    );
  };

  readonly halt = async (): Promise<void> => {
    await this.#command("stop-bot", { skip_order_cancellation: false, async_backend: false });
    let silent = 0;
    const isStopped = await holdsWithin(this.#options.stopMs ?? STOP_MS, async () => {
      silent = (await this.#isRunning()) ? 0 : silent + 1;
      return silent >= SILENT_LOOKS;
    });
    if (!isStopped) throw new BotApiError("the instance still reports after stop-bot", undefined);
  };

  readonly flatten = async (): Promise<void> => {
    await this.halt();
    if (this.#options.account === undefined) return;
    for (const one of await this.#held()) await this.#close(one);
  };

  readonly resume = async (): Promise<void> => {
    const { script, conf } = this.#options;
    await this.#command("start-bot", {
      ...(script === undefined ? {} : { script }),
      ...(conf === undefined ? {} : { conf }),
      async_backend: false,
    });
  };

  async #isRunning(): Promise<boolean> {
    const path = `/bot-orchestration/${encodeURIComponent(this.#options.instance)}/status`;
    const { data } = await this.#api.get(path, status);
    if (data.status === "not_found" || data.status === "error")
      throw new BotApiError(`${path}: ${data.error ?? data.status}`, 404);
    return data.status === "running";
  }

  async #command(name: "stop-bot" | "start-bot", body: object): Promise<void> {
    const path = `/bot-orchestration/${name}`;
    const { response } = await this.#api.post(path, { bot_name: this.#options.instance, ...body }, done);
    if (!response.success) throw new BotApiError(`${path}: ${response.message ?? "it was not handed on"}`, undefined);
  }

  async #held(): Promise<Position[]> {
    const { account, connectors } = this.#options;
    const filter = { account_names: [account], ...(connectors === undefined ? {} : { connector_names: connectors }) };
    const held: Position[] = [];
    let cursor: string | undefined;
    for (let count = 0; count < PAGES_MAX; count++) {
      const body = { ...filter, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
      const { data, pagination } = await this.#api.post("/trading/positions", body, page);
      held.push(...data.filter(({ amount }) => amount !== 0));
      cursor = pagination.next_cursor ?? undefined;
      if (pagination.has_more !== true || cursor === undefined) return held;
    }
    throw new BotApiError("/trading/positions has no end", undefined);
  }

  async #close(one: Position): Promise<void> {
    const size = signedSize(one);
    await this.#api.post(
      "/trading/orders",
      {
        account_name: one.account_name,
        connector_name: one.connector_name,
        trading_pair: one.trading_pair,
        trade_type: size > 0 ? "SELL" : "BUY",
        amount: Math.abs(size),
        order_type: "MARKET",
        position_action: "CLOSE",
      },
      z.unknown(),
    );
  }
}

/** Shorts are told with the side, and by some connectors with a sign besides. */
const signedSize = ({ side, amount }: Position): number =>
  side?.toUpperCase() === "SHORT" ? -Math.abs(amount) : amount;

const openPosition = (one: Position): OpenPosition => ({
  ...{ venue: one.connector_name, symbol: one.trading_pair, size: signedSize(one) },
  ...(one.entry_price === null || one.entry_price === undefined ? {} : { entry_price: one.entry_price }),
});
