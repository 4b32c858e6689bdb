import { expect, test } from "vitest";
import type { FillView } from "../../src/protocol/api.ts";
import { markoutsAnswer } from "../../src/protocol/api-execution.ts";
import { scratchHub, sendTo } from "../support/scratch-hub.ts";

const START_MS = Date.now() - 1_800_000;
const at = (seconds: number): string => new Date(START_MS + seconds * 1_000).toISOString();
const PLACE = { bot: "mm", venue: "v", symbol: "A", origin: "import" };

const curveOf = async (url: string) => {
  const answer = await fetch(`${url}/api/v1/markouts?bot=mm&from=${encodeURIComponent(at(0))}`);
  return markoutsAnswer.parse(await answer.json()).all.curve;
};

test("what a hub exported gives another the same markouts, though the marks between are not in it", async () => {
  const first = await scratchHub();
  const events: object[] = [];
  for (let second = 0; second < 900; second++) {
    events.push({ type: "mark", ...PLACE, ts: at(second), price: 100 + Math.sin(second) });
    if (second % 40 === 7 && second < 500)
      events.push({
        ...{
          type: "fill",
          ...PLACE,
          fill_id: `f${second}`,
          ts: at(second + 0.5),
          side: second % 3 === 0 ? "buy" : "sell",
        },
        ...{ price: 100, size: 1, fee: 0.01, is_maker: true },
      });
  }
  await sendTo(first.url, events);
  const page = await fetch(`${first.url}/api/v1/events?limit=1000`);
  const { events: logged } = (await page.json()) as { events: (FillView & Record<string, unknown>)[] };
  expect(logged.length).toBeLessThan(100);
  const second = await scratchHub();
  await sendTo(
    second.url,
    logged.map(({ seq: _, received_at: __, effective_ts: ___, ...event }) => ({ ...event, origin: "export" })),
  );
  const curve = await curveOf(second.url);
  expect(curve.map(({ n }) => n)).toEqual([13, 13, 13, 13, 13]);
  expect(curve).toEqual(await curveOf(first.url));
}, 180_000);
