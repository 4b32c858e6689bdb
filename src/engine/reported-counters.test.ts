import { expect, test } from "vitest";
import { at, FoldedDesk } from "../../test/support/folded-desk.ts";
import { readNow } from "./read-now.ts";

const counter = (name: string, value: number, labels?: Record<string, string>) => ({
  type: "metric",
  name: `hbot_bot_${name}`,
  value,
  ...(labels === undefined ? {} : { labels }),
});
const fill = { type: "fill", fill_id: "1", venue: "k", symbol: "A", side: "buy", price: 1, size: 1 };

test("a counter that the bot reports is what it says, all its series together; another is counted", () => {
  const desk = new FoldedDesk().fact(0, fill).fact(0, { type: "feed", venue: "k", kind: "reconnecting" });
  const shown = (bot?: string) => {
    const { fillsTold, reconnects } = readNow(desk.state, at(9), { bot, mode: "live" });
    return [fillsTold.value, reconnects.value];
  };
  expect(shown("mm")).toEqual([1, 1]);
  desk.sample(1, counter("fills_total", 10, { side: "buy" })).sample(1, counter("fills_total", 7, { side: "sell" }));
  desk.sample(1, counter("ws_reconnect_total", 5)).sample(2, counter("ws_reconnect_total", 6));
  desk.sample(2, { ...counter("fills_total", 99), mode: "paper" });
  expect(shown("mm")).toEqual([17, 6]);
  desk.fact(3, { ...fill, bot: "other" });
  expect([shown("other"), shown()]).toEqual([
    [1, undefined],
    [18, 6],
  ]);
});
