import { packRows } from "../../src/hub/packed-rows.ts";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fill, RECEIVED_AT, row } from "./rows.ts";
import { type StorePlace, storeKinds } from "./store-kinds.ts";

const page = readFileSync(new URL("../../docs/reference/sql.md", import.meta.url), "utf8");
const statements = [...page.matchAll(/```sql\n(.*?)```/gs)].map(([, sql = ""]) => sql);

/** The columns that the page lists under a heading, in its first column. */
function columnsOf(table: string): string[] {
  const section = page.split(`\n## ${table}\n`)[1]?.split("\n## ")[0] ?? "";
  const names = [...section.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = ""]) => cell.split(", "));
  return names.map((name) => name.replaceAll("`", "")).sort();
}

describe("the page on SQL", () => {
  test("has statements to try", () => {
    expect(statements.length).toBeGreaterThanOrEqual(5);
  });
});

for (const kind of storeKinds())
  kind.suite(`what SQL readers may rely on in ${kind.name}`, () => {
    let place: StorePlace;
    beforeAll(async () => {
      place = await (await kind.start())();
      const store = await place.open();
      const order = { order_id: "o1", venue: "v", symbol: "S", side: "buy", size: "2", price: "0.5" };
      const nul = { tags: { odd: "\u0000" } };
      await store.append(
        packRows([
          row({ type: "order.placed", ...order }),
          row({ type: "order.placed", ...order, order_id: "o2", ...nul }),
          row({ type: "order.acknowledged", order_id: "o1", venue: "v", ts: "2026-03-01T12:00:03Z" }),
          row({ type: "order.cancelled", order_id: "o1", venue: "v", ts: "2026-03-01T12:00:04Z" }),
          row({
            type: "opportunity",
            opportunity_id: "p",
            action: "rejected",
            confidence: "low",
            edge_bps: 12.5,
            reason: "r",
          }),
          fill(),
          fill({ bot: "beta", account: "alpha", price: "101" }),
        ]),
      );
      await store.saveImport({ importId: "i", receivedAt: RECEIVED_AT, body: "{}" });
      await store.close();
    });
    afterAll(() => kind.stop());

    test.each(["events", "fills", "orders", "opportunities", "imports"])(
      "has the columns that the page lists when %s is read",
      async (table) => {
        const [first = {}] = await place.read(`SELECT * FROM ${table}`);
        expect(Object.keys(first).sort()).toEqual(columnsOf(table));
      },
    );

    test.each(statements)("gives rows when the page's statement is run: %s", async (sql) => {
      expect((await place.read(sql)).length).toBeGreaterThan(0);
    });

    test("tells what became of an order when orders are read", async () => {
      const orders = await place.read("SELECT * FROM orders ORDER BY seq");
      expect(orders).toHaveLength(2);
      expect(orders[0]).toMatchObject({
        order_id: "o1",
        venue: "v",
        price: "0.5",
        cancelled_at: expect.anything(),
        expired_at: null,
      });
      expect(Number(orders[0]?.["cancelled_at"]) - Number(orders[0]?.["acknowledged_at"])).toBe(1_000_000);
      expect(orders[1]).toMatchObject({ acknowledged_at: null, cancelled_at: null });
    });

    test("tells the edge as a number when opportunities are read", async () => {
      expect(await place.read("SELECT * FROM opportunities")).toMatchObject([
        { edge_bps: 12.5, edge_cents: null, reason: "r" },
      ]);
    });
  });
