import { expect, test } from "vitest";
import { micros, parseTime } from "../base/time.ts";
import { readMarks } from "./chart-marks.ts";
import type { EventFilter } from "./ports.ts";

const FROM = micros(parseTime("2026-03-14T08:00:00Z") ?? 0);

const said = (seq: number, type: string, more: object) => ({
  ...{ seq, type, bot: "deskwatch", ts: "", effective_ts: `2026-03-14T09:00:0${seq}.000Z` },
  ...more,
});
const alert = { severity: "high", message: "hit rate 52 % < 60", rule: "hit_rate", alert_id: "1" };
const command = { command_id: "1", by: "ann", via: "page" };

const HUB = [
  said(1, "command.issued", { ...command, action: "halt", target: { bot: "mm" }, reason: "losing" }),
  said(2, "command.issued", { ...command, action: "pause", target: { venue: "kalshi" }, reason: "", bots: ["arb"] }),
  said(3, "alert.raised", { ...alert, scope: { bot: "mm" } }),
  said(4, "alert.raised", { ...alert, scope: {}, message: "the disk is nearly full" }),
  said(5, "day.closed", { date: "2026-03-13" }),
  said(6, "ledger.rebased", { instrument: "BTC-USD", ledger_bot: "mm" }),
  said(7, "command.issued", { ...command, action: "resume", target: { all: true }, reason: "over" }),
];

const query = {
  events: async ({ type }: EventFilter) => ({
    events: HUB.filter((event) => event.type === type)
      .reverse()
      .map((event) => JSON.stringify(event)),
    lastSeq: undefined,
    complete: true,
    as_of: "",
    as_of_seq: 7,
  }),
  asOf: () => ({ as_of: "", as_of_seq: 7 }),
};

const texts = async (bot?: string) => (await readMarks(query, { bot, from: FROM })).marks.map(({ text }) => text);

test("what the hub did and found is told in words, in order of time", async () => {
  expect(await texts()).toEqual([
    "halt of mm by ann: losing",
    "pause of everything at kalshi by ann",
    "high alert: hit rate 52 % < 60",
    "high alert: the disk is nearly full",
    "day 2026-03-13 closed",
    "ledger of BTC-USD corrected: mm",
    "resume of all bots by ann: over",
  ]);
});

test("of one bot are the commands to it or to all, its own alerts and those of the desk, and its ledgers", async () => {
  expect(await texts("arb")).toEqual([
    "pause of everything at kalshi by ann",
    "high alert: the disk is nearly full",
    "day 2026-03-13 closed",
    "resume of all bots by ann: over",
  ]);
});
