import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { type EventTypeName, eventTypes } from "./event-types.ts";
import { pairFill } from "./events/order.ts";
import { objectCheck } from "./quick-check.ts";

const schemas = [...Object.values(eventTypes).map((entry) => entry.schema), pairFill] as unknown as z.ZodObject[];

/** Values that are right for some field and wrong for others. */
const anyValue = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    "buy",
    "long",
    "limit",
    "running",
    "live",
    "spot",
    "high",
    "executed",
    "latency",
    "import",
    "export",
    1,
    0,
    -1,
    true,
    "0.5",
    "-1",
    1e-7,
    "2026-02-24T12:30:13Z",
    1771936213250,
  ),
  fc.constantFrom<unknown>(
    [],
    {},
    [["1", "2"]],
    [[0.5, -1]],
    [["1", "2", "3"]],
    [[1, 2], [3]],
    [[[1, 2]]],
    ["a", "b"],
    ["a", ""],
    [{ currency: "USD", total: 1 }, { currency: "USD" }],
    [{ currency: "USD", total: "1.50", more: null }],
    [
      { venue: "k", symbol: "A" },
      { venue: "k", symbol: "B", means: "yes" },
    ],
    { a: "b" },
    { a: "0.5" },
    { a: 0.5, daily_pnl: "-1" },
    [{ venue: "k", symbol: "A", size: 1 }],
    "a\tb",
    "a\u001fb",
    "a\u007fb",
    "~ !",
    "größer",
    "\ud800",
    "",
    " ",
    0.5,
    86_401,
    1e21,
    -1e-30,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 60,
  ),
  fc.string(),
  fc.double(),
  fc.jsonValue(),
);

const bodyOf = (schema: z.ZodObject): fc.Arbitrary<Record<string, unknown>> => {
  const type = [...(schema.shape["type"]?._zod.values ?? [])][0];
  const envelope = { type, bot: "b", ts: "2026-02-24T12:30:13Z" };
  const fields = fc.dictionary(fc.constantFrom(...Object.keys(schema.shape), "mood", "__proto__"), anyValue);
  return fields.map((given) => ({ ...envelope, ...given }));
};

describe("objectCheck", () => {
  test("accepts nothing that the schema refuses or makes something else of", () => {
    for (const schema of schemas) {
      const fits = objectCheck(schema);
      fc.assert(
        fc.property(bodyOf(schema), (body) => !fits(body) || isDeepStrictEqual(schema.safeParse(body).data, body)),
        { numRuns: 300 },
      );
    }
  });

  test("accepts the usual event of every type that the schema accepts", () => {
    const usual: Partial<Record<EventTypeName, Record<string, unknown>>> = {
      fill: { fill_id: "f", venue: "k", symbol: "A", side: "buy", price: "1", size: 2, is_maker: true, fee: -0.1 },
      "order.placed": {
        order_id: 1,
        venue: "k",
        symbol: "A",
        side: "sell",
        size: "2",
        order_type: "limit",
        tags: { a: "b" },
      },
      heartbeat: { progress: 1, interval_s: 5, client: { sent: 1, dropped: 0, spooled: 0 } },
      book: { venue: "k", symbol: "A", bids: [["0.1", 5]], asks: [] },
    };
    for (const [type, fields] of Object.entries(usual)) {
      const body = { type, bot: "b", ts: 1771936213, id: "x", mode: "paper", unknown: 1, ...fields };
      expect(objectCheck(eventTypes[type as EventTypeName].schema as unknown as z.ZodObject)(body), type).toBe(true);
    }
  });
});
