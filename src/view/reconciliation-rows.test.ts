import { expect, test } from "vitest";
import { sampleReconciliation } from "../../test/support/fake-hub/sample-reconciliation.ts";
import { keyMark, reconciliationLine } from "./reconciliation-rows.ts";

const NOW = Date.UTC(2026, 1, 24);

test("a compared quantity names its kind, its sign and the orders that only one side knows", () => {
  const lines = sampleReconciliation(NOW).reconciliation.map(reconciliationLine);
  expect(lines.map(({ what, difference, mark }) => [what.text, difference.text, mark.word])).toEqual([
    ["BTCUSDT · position", "+0.25", "differs"],
    ["ETHUSDT · resting orders", "7", "differs"],
    ["SOLUSDT · position", "+0.5", "settling"],
    ["ETHUSDT · position", "0", "agrees"],
    ["equity USDT", "+0.27", "agrees"],
    ["fees USDT of 2026-11-19", "+1.55", "differs"],
    ["KXFED-27APR-T4.25 · position", "0", "agrees"],
  ]);
  expect(lines[1]?.detail).toBe(
    "told by no bot: 8886774101, 8886774102, 8886774103, 8886774104, 8886774105 and 2 more",
  );
  expect(lines[1]?.reported).toMatchObject({ text: "—", reason: "the bot's word is in the ledger already" });
  expect(new Set(lines.map(({ key }) => key)).size).toBe(lines.length);
});

test("what the key of an account may do is a word and a sign", () => {
  expect(sampleReconciliation(NOW).accounts.map((account) => keyMark(account).word)).toEqual([
    "reads only",
    "not known",
    "refused",
  ]);
});
