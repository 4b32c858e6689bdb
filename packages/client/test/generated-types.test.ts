import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { eventTypes as hubTypes } from "../../../src/protocol/event-types.ts";
import { generatedFiles } from "../scripts/generate-types.ts";
import { createReporter } from "../src/index.ts";

test("says what the hub's schemas say when it was generated", () => {
  for (const [path, text] of generatedFiles()) {
    expect(readFileSync(path, "utf8"), "run: npm run generate -w packages/client").toBe(text);
  }
});

test("has a method for each type when a bot may say it", async () => {
  const reporter = createReporter({ url: "http://127.0.0.1:9", bot: "b" });
  const sayable = Object.entries(hubTypes).filter(([, entry]) => !("hubOnly" in entry));
  const methods = sayable.map(([type]) => type.replace(/[._]([a-z])/g, (_, letter: string) => letter.toUpperCase()));
  expect(methods.filter((method) => !(method in reporter))).toEqual([]);
  await reporter.close({ timeoutMs: 0 });
});

test("refuses at compile time when a fill lacks what a fill needs", async () => {
  const reporter = createReporter({ url: "http://127.0.0.1:9", bot: "b" });
  // @ts-expect-error price and size are missing
  reporter.fill({ fill_id: "f", venue: "v", symbol: "s", side: "buy" });
  // @ts-expect-error no such side
  reporter.fill({ fill_id: "f", venue: "v", symbol: "s", side: "long", price: 1, size: 1 });
  // @ts-expect-error a typing mistake
  reporter.fill({ fill_id: "f", venue: "v", symbol: "s", side: "buy", price: 1, size: 1, is_makr: true });
  reporter.fill({ fill_id: "f", pair_id: "p", pnl_cents: 3 });
  expect(await reporter.close({ timeoutMs: 0 })).toMatchObject({ reported: 4 });
});
