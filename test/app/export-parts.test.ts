import { copyFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Desk } from "../../src/app/wiring.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { scratchHub, sendTo } from "../support/scratch-hub.ts";
import { exported, run, ts } from "./export-run.ts";

const AT = { bot: "maker-1", venue: "binance", symbol: "BTC-USDT", side: "buy", price: "64120.5", size: "1" };
const DAY = [
  { type: "order.placed", ...AT, ts: ts(1), order_id: "o1" },
  { type: "fill", ...AT, ts: ts(2), fill_id: "f1", order_id: "o1" },
  { type: "fill", bot: "maker-1", ts: ts(3) },
];

const toldOf = ({ hub: { state } }: Desk) => ({ seq: state.desk.seq, fills: state.bots.get("maker-1")?.fills });

test("of an export only the events are imported, whatever else is named, and nothing counts twice", async () => {
  const hub = await scratchHub();
  await sendTo(hub.url, DAY, 1);
  const before = toldOf(hub);
  for (const flags of [[], ["--gzip"]]) {
    const { directory } = await exported(hub.url, ...flags);
    const all = readdirSync(directory).map((name) => join(directory, name));
    const ran = await run(hub.url, ["import", "--json", ...all]);
    const { complete, files } = JSON.parse(ran.out);
    const leftOut = files.filter((file: { left_out?: string }) =>
      file.left_out?.includes("import the export's events"),
    );
    expect([ran.code, complete, all.length - leftOut.length]).toEqual([0, true, 1]);
    for (const file of all.filter((name) => !/events\.ndjson/.test(name))) {
      const alone = await run(hub.url, ["import", file]);
      expect([alone.code, alone.out]).toEqual([1, expect.stringContaining("import the export's events.ndjson")]);
    }
  }
  expect(toldOf(hub)).toEqual(before);
});

test("a table of an export is known by its header alone, and no format that is named reads it", async () => {
  const hub = await scratchHub();
  await sendTo(hub.url, DAY, 1);
  const { directory } = await exported(hub.url);
  const elsewhere = join(scratchDirectory(), "mine.csv");
  copyFileSync(join(directory, "orders.csv"), elsewhere);
  for (const format of [[], ["--format", "orders-csv"]]) {
    const ran = await run(hub.url, ["import", ...format, elsewhere]);
    expect([ran.code, ran.out]).toEqual([1, expect.stringContaining("would count twice")]);
  }
});
