import type { BotView } from "../protocol/api.ts";
import type {
  MoneyWindow,
  PerformanceAnswer,
  PerformanceRow,
  TradeStatisticsView,
  WireMeasure,
} from "../protocol/api-money.ts";
import { amount, count, fixed, grouped, signedAmount } from "./number-format.ts";
import { plain, type Shown, unknownValue } from "./shown.ts";

/** The windows in the order of their tabs, each with its name and with words for where it begins. */
export const MONEY_WINDOWS = [
  { window: "session", label: "Session", since: "since each bot was last started" },
  { window: "today", label: "Today", since: "since 00:00 UTC" },
  { window: "7d", label: "7 days", since: "today and the 6 UTC days before" },
  { window: "30d", label: "30 days", since: "today and the 29 UTC days before" },
  { window: "all", label: "All", since: "since the first fill that is known" },
] as const satisfies readonly { readonly window: MoneyWindow; readonly label: string; readonly since: string }[];

/** The window that a text names; today when it names none. */
export const moneyWindowOf = (name: string | undefined): MoneyWindow =>
  MONEY_WINDOWS.find(({ window }) => window === name)?.window ?? "today";

/** Where a window begins, in words. */
export const windowWords = (window: MoneyWindow): string =>
  MONEY_WINDOWS.find((each) => each.window === window)?.since ?? "";

/** What trading made in one currency, or all of it in USD. */
export interface MoneyShown {
  readonly net: Shown;
  readonly realised: Shown;
  readonly fees: Shown;
  readonly funding: Shown;
  readonly unrealised: Shown;
}

/** How closed trades went. */
export interface TradesShown {
  readonly closed: Shown;
  readonly winRate: Shown;
  readonly expectancy: Shown;
  readonly profitFactor: Shown;
  readonly payoff: Shown;
  readonly holding: Shown;
}

/** What a bot made in one currency. */
export interface PerformanceLine extends MoneyShown, TradesShown {
  readonly key: string;
  readonly row: PerformanceRow;
  readonly makerPercent: Shown;
  readonly volume: Shown;
  readonly fills: Shown;
}

/** The cells of a row. */
export function performanceLine(row: PerformanceRow): PerformanceLine {
  return {
    key: `${row.mode} ${row.bot} ${row.currency}`,
    row,
    ...moneyShown(row),
    ...tradesShown(row.trades),
    makerPercent: measureShown(row.maker_ratio, (ratio) => fixed(ratio * 100, 1), "fills"),
    volume: amount(row.volume),
    fills: count(row.fills),
  };
}

type Money = Pick<PerformanceAnswer["total"], "net" | "realized" | "fees" | "funding" | "unrealized"> & {
  readonly reason?: string | undefined;
  readonly unrealized_reason?: string | undefined;
};

/** Money with its reasons where it is not known. Fees are what was paid: a cost stands with its minus. */
export function moneyShown(money: Money): MoneyShown {
  const shown = (value: number | null): Shown =>
    value === null ? unknownValue(money.reason ?? "not known") : madeAmount(value);
  return {
    net: shown(money.net),
    realised: shown(money.realized),
    fees: money.fees === null ? shown(null) : uncoloured(madeAmount(money.fees === 0 ? 0 : -money.fees)),
    funding: uncoloured(shown(money.funding)),
    unrealised:
      money.unrealized === null
        ? unknownValue(money.unrealized_reason ?? "no mark price came for it")
        : madeAmount(money.unrealized),
  };
}

const SMALL_DECIMALS = 8;

/** Signed money; what is below a hundredth, as coins may be, with as many decimals as its first two digits need. */
export function madeAmount(value: number): Shown {
  const size = Math.abs(value);
  const decimals = size === 0 || size >= 0.01 ? 2 : Math.min(SMALL_DECIMALS, 1 - Math.floor(Math.log10(size)));
  return signedAmount(value, decimals);
}

const uncoloured = (shown: Shown): Shown => (shown.reason === undefined ? { ...shown, tone: "neutral" } : shown);

const BASIS: Record<TradeStatisticsView["basis"], string> = {
  round_trip: "trades from flat to flat",
  closing_fill: "closing fills: the bot makes markets",
  reported: "positions that the bot reported closed",
};

/** What is counted as a trade, in words. */
export const basisWords = ({ basis }: TradeStatisticsView): string => BASIS[basis];

function tradesShown(trades: TradeStatisticsView): TradesShown {
  const { closed, wins, losses, breakeven } = trades;
  const number = (decimals: number) => (value: number) => fixed(value, decimals);
  return {
    closed: {
      ...count(closed),
      full: `${fixed(closed, 0)} ${BASIS[trades.basis]}; ${wins} won, ${losses} lost, ${breakeven} even`,
    },
    winRate: measureShown(trades.win_rate_pct, number(1), "trades"),
    expectancy: expectancyShown(trades.expectancy),
    profitFactor: measureShown(trades.profit_factor, number(2), "trades"),
    payoff: measureShown(trades.payoff, number(2), "trades"),
    holding: measureShown(trades.avg_holding_hours, holdingText, "trades"),
  };
}

/** A measure with its sample size on hover; without a bound because nothing was lost it is "∞". */
function measureShown(measure: WireMeasure, text: (value: number) => string, what: string): Shown {
  const { value, n, reason } = measure;
  if (value === null) return unknownValue(`${reason ?? "not known"}, n=${n}`);
  if (value === "unbounded") return plain("∞", `no losses yet, n=${n} ${what}`);
  return plain(text(value), `${grouped(String(value))}, n=${n} ${what}`);
}

function expectancyShown(measure: WireMeasure): Shown {
  if (typeof measure.value !== "number") return measureShown(measure, String, "trades");
  const shown = madeAmount(measure.value);
  return { ...shown, full: `${shown.full ?? shown.text} a trade, after fees, n=${measure.n} trades` };
}

/** Hours as a length in the unit that fits: `42 s`, `12 min`, `3.4 h`, `2.1 d`. */
function holdingText(hours: number): string {
  if (hours < 1 / 60) return `${fixed(hours * 3600, 0)} s`;
  if (hours < 1) return `${fixed(hours * 60, 0)} min`;
  return hours < 48 ? `${fixed(hours, 1)} h` : `${fixed(hours / 24, 1)} d`;
}

/** An amount of money with the currency that it is in. */
export interface MadeIn {
  readonly shown: Shown;
  /** Undefined where the amount is not known. */
  readonly currency: string | undefined;
}

/** The largest of the sums by currency, the others on hover: for where there is room for one number. */
function largestOf(sums: ReadonlyMap<string, number>, why: string): MadeIn {
  const ordered = [...sums].toSorted(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  const [largest] = ordered;
  if (largest === undefined) return { shown: unknownValue(why), currency: undefined };
  const [currency, net] = largest;
  const each = ordered.map(([name, value]) => `${fullOf(madeAmount(value))} ${name}`).join(", ");
  return { shown: { ...madeAmount(net), full: ordered.length === 1 ? each : `${each}: ${why}` }, currency };
}

const fullOf = ({ text, full }: Shown): string => full ?? text;

/** The net of each currency in which it is known. */
function netByCurrency(rows: readonly PerformanceRow[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { currency, net } of rows) if (net !== null) sums.set(currency, (sums.get(currency) ?? 0) + net);
  return sums;
}

/** What a bot made today in the currencies that matter most, or why there is nothing. */
export interface BotToday {
  /** Those in which something was done today, or is known to be held; where there are none, one in which nothing was. */
  readonly lines: readonly PerformanceLine[];
  /** Currencies besides. */
  readonly more: number;
  /** What stands where there is no line. */
  readonly none: Shown;
}

/** Currencies of which a bot's line tells: all of them are on its own page. */
const CURRENCIES_SHOWN = 3;

/** What a bot made today, by the rows of its own mode; `rows` is undefined until it came. */
export function botToday(
  rows: readonly PerformanceRow[] | undefined,
  { bot, mode }: Pick<BotView, "bot" | "mode">,
): BotToday {
  const own = rows?.filter((row) => row.bot === bot && row.mode === mode) ?? [];
  const busy = own.filter((row) => !isQuiet(row));
  const shown = busy.length === 0 ? own.slice(0, 1) : busy.slice(0, CURRENCIES_SHOWN);
  return {
    lines: shown.map(performanceLine),
    more: own.length - shown.length,
    none: unknownValue(rows === undefined ? "it has not come yet" : NOTHING_MADE),
  };
}

/** Nothing was done in this currency, and nothing that is held in it has a known gain or loss. */
const isQuiet = ({ fills, net, unrealized, trades }: PerformanceRow): boolean =>
  fills === 0 && net === 0 && trades.closed === 0 && (unrealized ?? 0) === 0;

const NOTHING_MADE = "no fill, closed position or payment came yet";

/** Today's money for the strip: the desk's net in USD, else its largest currency by itself; never equity. */
export function todayMade(today: PerformanceAnswer, mode: BotView["mode"]): MadeIn {
  const { total } = today;
  const own = today.rows.filter((row) => row.mode === mode);
  if (own.length === 0) return { shown: unknownValue(NOTHING_MADE), currency: undefined };
  const why = `no sum in USD: ${total.reason ?? "not known"}`;
  const { shown, currency } =
    total.net === null ? largestOf(netByCurrency(own), why) : { shown: madeAmount(total.net), currency: "USD" };
  if (currency === undefined) return { shown, currency };
  const open =
    total.unrealized === null
      ? `not known (${total.unrealized_reason ?? "no mark price came for it"})`
      : `${fullOf(madeAmount(total.unrealized))} USD`;
  const unit = total.net === null ? "" : " USD";
  return { shown: { ...shown, full: `${MADE_WORDS}: ${fullOf(shown)}${unit}; not realised: ${open}` }, currency };
}

const MADE_WORDS = "realised − fees + funding since 00:00 UTC";

/** All that rows made in each currency, for where no rate makes one sum of it; the largest first. */
export interface CurrencyMade {
  readonly currency: string;
  readonly net: Shown;
  readonly bots: number;
}

/** Sums by currency, each by itself. */
export function madeByCurrency(rows: readonly PerformanceRow[]): CurrencyMade[] {
  const currencies = [...new Set(rows.map(({ currency }) => currency))];
  return currencies
    .map((currency) => {
      const own = rows.filter((row) => row.currency === currency);
      const unknown = own.find(({ net }) => net === null);
      const net = own.reduce((sum, row) => sum + (row.net ?? 0), 0);
      return { currency, own, unknown, net };
    })
    .toSorted((a, b) => Math.abs(b.net) - Math.abs(a.net))
    .map(({ currency, own, unknown, net }) => ({
      currency,
      net: unknown === undefined ? madeAmount(net) : unknownValue(unknown.reason ?? "not known"),
      bots: new Set(own.map(({ bot }) => bot)).size,
    }));
}
