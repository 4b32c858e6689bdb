import { expect, test } from "vitest";
import { OpenOrders } from "./open-orders.ts";

test("remembers orders that were taken back while their answer may come, and not for ever", () => {
  const orders = new OpenOrders();
  for (let count = 0; count < 50_000; count++) orders.takeBack(`o-${count}`);
  expect(["o-49999", "o-49500"].map((id) => orders.isTakenBack(id))).toEqual([true, true]);
  expect(["o-0", "o-25000"].map((id) => orders.isTakenBack(id))).toEqual([false, false]);
});
