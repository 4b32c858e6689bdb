import { expect, test } from "vitest";
import { marksAnswer } from "../../src/protocol/api-marks.ts";
import { scratchHub, sendTo } from "../support/scratch-hub.ts";

const at = (time: string): string => `2026-03-14T${time}:00Z`;

const DESK = [
  { type: "bot.started", bot: "mm", ts: at("08:00"), version: "1.2" },
  { type: "bot.started", bot: "arb", ts: at("08:30") },
  { type: "bot.stopped", bot: "mm", ts: at("09:00"), reason: "deploy" },
  { type: "bot.started", bot: "mm", ts: at("09:01"), version: "1.3" },
  { type: "annotation", bot: "arb", ts: at("10:00"), title: "wider", text: "quotes at 8 bps" },
];

async function marks(url: string, query: string) {
  const answer = await fetch(`${url}/api/v1/marks?${query}`);
  return marksAnswer.parse(await answer.json());
}

test("charts are marked with notes, and the starts, versions and stops of bots", async () => {
  const { url, hub } = await scratchHub();
  await sendTo(url, DESK);
  const told = await marks(url, "from=2026-03-14T08:10:00Z");
  const texts = told.marks.map(({ text }) => text);
  expect(texts.slice(0, 4)).toEqual([
    "arb: started",
    "mm stopped: deploy",
    "mm: started, version 1.3 after 1.2",
    "arb: wider: quotes at 8 bps",
  ]);
  expect([told.left_off, told.as_of_seq]).toEqual([false, hub.query.asOf().as_of_seq]);
  expect((await marks(url, "from=2026-03-14T08:10:00Z&bot=arb")).marks.map(({ text }) => text).slice(0, 2)).toEqual([
    "arb: started",
    "arb: wider: quotes at 8 bps",
  ]);
  expect((await marks(url, "from=2026-03-14T08:10:00Z&to=2026-03-14T09:00:30Z")).marks).toHaveLength(2);
  expect((await fetch(`${url}/api/v1/marks`)).status).toBe(400);
});

test("of very many the newest are told, and that there were more", async () => {
  const { url } = await scratchHub();
  const notes = Array.from({ length: 700 }, (_, index) => ({
    type: "annotation",
    bot: "mm",
    ts: new Date(Date.UTC(2026, 2, 14) + index * 60_000).toISOString(),
    title: `note ${index}`,
  }));
  await sendTo(url, notes);
  const { marks: told, left_off: isCut } = await marks(url, "from=2026-03-14T00:00:00Z");
  expect([told.length, told.at(-1)?.text, isCut]).toEqual([300, "mm: note 699", true]);
});
