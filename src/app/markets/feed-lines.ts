import type { ToldEvent } from "../../bots/markets/market-teller.ts";
import { printable } from "../../view/printable.ts";

/** What somebody who watches a feed wants to read of it: when it comes, goes, or is in doubt. */
export function feedLine(event: ToldEvent): string | undefined {
  if (event.type !== "feed" || event["kind"] === "latency" || event["kind"] === "request") return undefined;
  const said = ["venue", "kind", "channel", "detail"].map((name) => event[name]);
  return printable(said.filter((value) => value !== undefined).join("  "));
}
