import { exact, grouped } from "./number-format.ts";
import { plain, type Shown, unknownValue } from "./shown.ts";

/** An event of the log as it is listed. */
export interface EventLine {
  readonly key: string;
  readonly row: EventRow;
  /** By the bot's clock. */
  readonly ts: string;
  readonly market: Shown;
  /** What it says, in short. */
  readonly said: string;
  /** All of it, as JSON. */
  readonly json: string;
}

/** An event as it was stored. */
type EventRow = Readonly<Record<string, unknown>> & {
  readonly seq: number;
  readonly type: string;
  readonly bot: string;
};

/** The cells of an event. */
export function eventLine(event: EventRow): EventLine {
  const market = [text(event["venue"]), text(event["symbol"])].filter((part) => part !== undefined);
  return {
    key: String(event.seq),
    row: event,
    ts: text(event["ts"]) ?? "",
    market: market.length === 0 ? unknownValue("it is of no market") : plain(market.join(" ")),
    said: said(event),
    json: JSON.stringify(event, null, 2),
  };
}

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : undefined;

const digits = (value: unknown): string => exact(text(value), "not told").text;

function said(event: EventRow): string {
  switch (event.type) {
    case "fill":
    case "order.filled":
      return words(`${text(event["side"]) ?? ""} ${digits(event["size"])} @ ${digits(event["price"])}`, feeOf(event));
    case "income":
      return words(text(event["income_type"]), `${signed(event["amount"])} ${text(event["currency"]) ?? ""}`);
    case "balance":
      return event["equity"] === undefined
        ? words("balances without an equity")
        : words(`equity ${digits(event["equity"])}`, text(event["equity_currency"]));
    case "adjustment":
      return words(`${signed(event["amount"])} ${text(event["currency"]) ?? ""}`, text(event["reason"]));
    case "annotation":
      return [text(event["title"]), text(event["text"])].filter((part) => part !== undefined).join(": ");
    default:
      return words(text(event["message"]) ?? text(event["reason"]));
  }
}

const words = (...parts: readonly (string | undefined)[]): string =>
  parts.flatMap((part) => (part === undefined || part.trim() === "" ? [] : [part.trim()])).join(", ");

const feeOf = (event: EventRow): string | undefined =>
  event["fee"] === undefined ? undefined : `fee ${digits(event["fee"])} ${text(event["fee_currency"]) ?? ""}`;

function signed(value: unknown): string {
  const amount = text(value);
  if (amount === undefined) return "—";
  return Number(amount) > 0 ? `+${grouped(amount)}` : grouped(amount);
}
