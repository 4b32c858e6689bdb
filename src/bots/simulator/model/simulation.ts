import { type BotPlan, BotAccount } from "./bot-account.ts";
import { ArbitrageBot } from "./arbitrage-bot.ts";
import { live, hourly } from "./bot-life.ts";
import { between } from "./chance.ts";
import { Desk, type DeskOptions } from "./desk.ts";
import { payFunding } from "./funding.ts";
import { type Instrument, rounded } from "./instrument.ts";
import { MarketMaker, lotsWorth } from "./market-maker.ts";
import { PerpetualBot } from "./perpetual-bot.ts";
import { PerpetualMarket } from "./perpetual-market.ts";
import type { BotOrders } from "./leave.ts";
import type { OpenOrder } from "./open-orders.ts";
import { Truth, type SimulatedEvent, type SimulatedMode } from "./truth.ts";
import { Underlying } from "./underlying.ts";

export const BOT_NAMES = ["mm-majors", "mm-alts", "arb-1", "perp-eth"] as const;
export type BotName = (typeof BOT_NAMES)[number];

export interface SimulationOptions extends DeskOptions {
  readonly bots: readonly BotName[];
}

/**
 * A made-up desk. The same options give the same events, whatever the clock says; how far it is read, and in what
 * steps, changes nothing.
 */
export interface Simulation {
  /** The next event in order of time; undefined when there is none up to `untilMs`, inclusive. */
  readonly next: (untilMs: number) => SimulatedEvent | undefined;
  /** What is true of the events that `next` has given. */
  readonly truth: Truth;
  /** The bots of the desk. */
  readonly bots: readonly ControlledBot[];
}

/** A bot that can be told what it may do. */
export interface ControlledBot {
  readonly bot: BotName;
  readonly mode: SimulatedMode;
  /** A bot that has crashed hears nothing. */
  readonly isRunning: () => boolean;
  readonly orders: () => BotOrders;
  /** From this moment on; in the past means now. What it does then comes out of `next`. */
  readonly obey: (atMs: number, orders: BotOrders) => void;
  readonly openOrders: () => readonly OpenOrder[];
  readonly positions: BotAccount["positions"];
}

/** Events an hour of each bot at activity 1, a little below what comes: a span made of it is rather too long than too short. */
export const EVENTS_PER_HOUR: Readonly<Record<BotName, number>> = {
  "mm-majors": 10_000,
  "mm-alts": 12_500,
  "arb-1": 65_000,
  "perp-eth": 2_900,
};

interface Asset {
  readonly base: string;
  readonly start: number;
  readonly volatility: number;
  readonly tickDecimals: number;
  readonly lotDecimals: number;
  readonly halfSpreadBps: number;
  readonly quoteUsd: number;
  readonly declinePerDay?: number;
}

const MAJORS: readonly Asset[] = [
  {
    ...{ base: "BTC", start: 71_240, volatility: 1, tickDecimals: 1, lotDecimals: 4 },
    halfSpreadBps: 2.4,
    quoteUsd: 900,
  },
  {
    ...{ base: "ETH", start: 2_480, volatility: 1.25, tickDecimals: 2, lotDecimals: 3 },
    ...{ halfSpreadBps: 2.8, quoteUsd: 700, declinePerDay: 0.08 },
  },
];
const ALTS: readonly Asset[] = [
  {
    ...{ base: "SOL", start: 148.2, volatility: 1.6, tickDecimals: 3, lotDecimals: 2 },
    halfSpreadBps: 4.5,
    quoteUsd: 400,
  },
  {
    ...{ base: "AVAX", start: 24.6, volatility: 1.9, tickDecimals: 4, lotDecimals: 1 },
    halfSpreadBps: 6,
    quoteUsd: 250,
  },
  {
    ...{ base: "LINK", start: 14.1, volatility: 1.7, tickDecimals: 4, lotDecimals: 1 },
    halfSpreadBps: 5.5,
    quoteUsd: 250,
  },
];
const LIMIT_QUOTES = 12;

const PLANS: Readonly<Record<BotName, BotPlan>> = {
  "mm-majors": {
    ...{ bot: "mm-majors", strategy: "market-making", version: "3.1.0", executionMode: "maker", makesMarkets: true },
    venues: [{ venue: "bitget", currency: "USDT", start: 40_000 }],
  },
  "mm-alts": {
    ...{ bot: "mm-alts", strategy: "market-making", version: "3.0.7", executionMode: "maker", makesMarkets: true },
    venues: [{ venue: "kucoin", currency: "USDT", start: 15_000 }],
  },
  "arb-1": {
    ...{ bot: "arb-1", strategy: "cross-venue-arbitrage", version: "1.9.2" },
    ...{ executionMode: "taker", makesMarkets: false },
    venues: [
      { venue: "kalshi", currency: "USD", start: 6_000 },
      { venue: "polymarket", currency: "USDC", start: 6_000 },
    ],
  },
  "perp-eth": {
    ...{ bot: "perp-eth", strategy: "dip-buyer", version: "2.4.1", executionMode: "taker", makesMarkets: false },
    venues: [{ venue: "bybit", currency: "USDT", start: 10_000 }],
  },
};

const FEE_RATES: Readonly<Record<string, { readonly maker: number; readonly taker: number }>> = {
  bitget: { maker: -0.000_05, taker: 0.0006 },
  kucoin: { maker: 0.0002, taker: 0.0008 },
  bybit: { maker: 0.0002, taker: 0.000_55 },
};

/** A desk with the bots that are asked for, from its first moment on. */
export function simulate(options: SimulationOptions): Simulation {
  const desk = new Desk(options);
  const truth = new Truth({ seed: options.seed, mode: options.mode, from: new Date(options.fromMs).toISOString() });
  const assets = new Map([...MAJORS, ...ALTS].map((asset) => [asset.base, underlyingOf(desk, asset)]));
  const bots: ControlledBot[] = [];
  for (const name of BOT_NAMES) {
    if (!options.bots.includes(name)) continue;
    const account = new BotAccount(desk, PLANS[name]);
    truth.open(name, account.starts);
    desk.after(0, () => begin(account, assets));
    bots.push(controlled(name, account, options.mode));
  }
  return {
    truth,
    bots,
    next: (untilMs) => {
      const told = desk.next(untilMs);
      if (told === undefined) return undefined;
      truth.take(told);
      return told.event;
    },
  };
}

const controlled = (bot: BotName, account: BotAccount, mode: SimulatedMode): ControlledBot => ({
  ...{ bot, mode },
  isRunning: () => account.running,
  orders: () => account.orders,
  obey: (atMs, orders) => account.desk.at(atMs, () => account.obey(orders)),
  openOrders: () => account.openOrders.all,
  positions: () => account.positions(),
});

type Assets = ReadonlyMap<string, Underlying>;

function begin(account: BotAccount, assets: Assets): void {
  account.start();
  switch (account.plan.bot as BotName) {
    case "mm-majors":
      return beginMaker(account, assets, MAJORS);
    case "mm-alts":
      return beginMaker(account, assets, ALTS);
    case "arb-1":
      return beginArbitrage(account);
    case "perp-eth":
      return beginPerpetual(account, assets);
  }
}

function underlyingOf(desk: Desk, { base, start, volatility, declinePerDay }: Asset): Underlying {
  const decline = declinePerDay === undefined ? {} : { declinePerDay };
  return new Underlying(desk.random(base), { start, volatility, startMs: desk.fromMs, ...decline });
}

function marketOf(account: BotAccount, assets: Assets, asset: Asset): PerpetualMarket {
  const [{ venue } = { venue: "" }] = account.plan.venues;
  const { base, tickDecimals, lotDecimals, halfSpreadBps, start, quoteUsd } = asset;
  const { maker, taker } = FEE_RATES[venue] ?? { maker: 0, taker: 0 };
  const instrument: Instrument = {
    ...{ venue, symbol: `${base}-USDT-PERP`, kind: "linear", base, quote: "USDT", tickDecimals, lotDecimals },
    ...{ category: "Crypto", makerFeeRate: maker, takerFeeRate: taker },
  };
  const underlying = assets.get(base) ?? underlyingOf(account.desk, asset);
  const usualLots = Math.max(1, Math.round((quoteUsd / start) * 10 ** lotDecimals));
  const random = account.desk.random(`${venue} ${base}`);
  return new PerpetualMarket(instrument, underlying, random, { halfSpreadBps, usualLots });
}

function beginMaker(account: BotAccount, assets: Assets, traded: readonly Asset[]): void {
  const { random, plan } = account;
  const [{ venue } = { venue: "" }] = plan.venues;
  const markets = traded.map((asset) => marketOf(account, assets, asset));
  for (const { instrument } of markets) account.tellInstrument(instrument);
  tellRate(account, "USDT");
  account.tell("feed", { venue, kind: "connected", channel: "book" });
  markets.forEach((market, index) => {
    const quoteLots = lotsWorth(market, traded[index]?.quoteUsd ?? 0);
    new MarketMaker(account, { market, quoteLots, limitLots: quoteLots * LIMIT_QUOTES }).begin();
  });
  payFunding(account, markets, 0.0001);
  live(account, {
    feedMs: venue === "bitget" ? 38 : 64,
    risk: () => ({
      base_pct: rounded(between(random, 0.42, 0.58), 4),
      position_drift_pct: rounded(between(random, 0, 0.02), 5),
      adverse_drift_30s: rounded(between(random, 0, 0.0006), 7),
      order_book_stale: false,
      risk_reasons: [],
    }),
    calibration: () => [
      { kind: "edge_report", avg_capture_bps: rounded(captureBps(account), 4) },
      {
        ...{ kind: "fill_factor", configured_fill_factor: 0.4 },
        realized_fill_factor: rounded(between(random, 0.32, 0.46), 4),
      },
    ],
  });
}

/** What the maker has earned against the mid so far, per notional. */
function captureBps({ ledger }: BotAccount): number {
  let [captured, traded] = [0, 0];
  for (const { makerCaptureHalf, volume, instrument } of ledger.holdings.values()) {
    const unit = 10 ** -(instrument.tickDecimals + instrument.lotDecimals);
    captured += (makerCaptureHalf / 2) * unit;
    traded += volume * unit;
  }
  return traded === 0 ? 0 : (captured / traded) * 10_000;
}

function beginArbitrage(account: BotAccount): void {
  tellRate(account, "USDC");
  new ArbitrageBot(account).begin();
  live(account, { feedMs: 52, risk: () => ({ order_book_stale: false, risk_reasons: [] }) });
}

function beginPerpetual(account: BotAccount, assets: Assets): void {
  const eth = MAJORS.find(({ base }) => base === "ETH");
  if (eth === undefined) return;
  const market = marketOf(account, assets, eth);
  account.tellInstrument(market.instrument);
  tellRate(account, "USDT");
  const bot = new PerpetualBot(account, market);
  bot.begin();
  payFunding(account, [market], 0.0003);
  live(account, { feedMs: 71, risk: () => bot.risk() });
}

/** What a stable coin is worth, once an hour. */
function tellRate(account: BotAccount, currency: string): void {
  const tell = (): void =>
    account.tell("rate", { currency, per: "USD", price: rounded(between(account.random, 0.9994, 1.0004), 4) });
  tell();
  hourly(account, tell);
}
