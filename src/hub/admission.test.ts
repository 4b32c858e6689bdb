import { expect, test } from "vitest";
import { FoldedDesk } from "../../test/support/folded-desk.ts";
import type { DeskEvent } from "../protocol/event-types.ts";
import { parseEvent } from "../protocol/parse-event.ts";
import { Admission } from "./admission.ts";

const NEWER_ORDERS = 25_000;

function said(fields: Record<string, unknown>): DeskEvent {
  const parsed = parseEvent({ bot: "mm", ts: "2026-02-24T00:00:00Z", ...fields }, "bot");
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

const placed = (orderId: string, venue: string) => ({
  type: "order.placed",
  order_id: orderId,
  venue,
  symbol: "A",
  side: "buy",
  size: 1,
});

test("an update without a venue is of the venue of its order, however many came after it", () => {
  const desk = new FoldedDesk().fact(1, placed("old", "k"));
  const admission = new Admission(desk.state, "live");
  for (let n = 0; n < NEWER_ORDERS; n++) admission.complete(said(placed(`new-${n}`, "x")));
  const venueOf = (orderId: string) => {
    const update = said({ type: "order.cancelled", order_id: orderId });
    admission.complete(update);
    return update.type === "order.cancelled" ? update.venue : undefined;
  };
  expect(venueOf("old")).toBe("k");
  expect(venueOf(`new-${NEWER_ORDERS - 1}`)).toBe("x");
  expect(venueOf("of nobody")).toBeUndefined();
});

test("an order's id that is used again is of the venue where it was used last, also after it was asked for", () => {
  const admission = new Admission(new FoldedDesk().state, "live");
  const cancelled = () => {
    const update = said({ type: "order.cancelled", order_id: "o" });
    admission.complete(update);
    return update;
  };
  admission.complete(said(placed("o", "k")));
  expect(cancelled()).toMatchObject({ venue: "k" });
  admission.complete(said(placed("o", "x")));
  expect(cancelled()).toMatchObject({ venue: "x" });
});

test("orders of other bots by the same name are none of its own", () => {
  const admission = new Admission(new FoldedDesk().state, "live");
  admission.complete(said({ ...placed("o", "k"), bot: "other" }));
  const update = said({ type: "order.cancelled", order_id: "o" });
  admission.complete(update);
  expect(update).not.toHaveProperty("venue");
});
