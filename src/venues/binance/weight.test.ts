import { expect, test } from "vitest";
import { micros } from "../../base/time.ts";
import { HandTime } from "../../../test/support/hand-time.ts";
import type { HttpAnswer } from "../core/ports.ts";
import { RateLimit } from "../core/rate-limit.ts";
import { WeightWatch } from "./weight.ts";

/** When requests go out that are asked for after the venue gave an answer, in ms since that answer. */
async function nextRequestAfter(answer: HttpAnswer): Promise<number> {
  const time = new HandTime();
  const limit = new RateLimit({
    capacity: 100,
    perSecond: 100,
    clock: { now: () => micros(time.nowMs * 1_000) },
    timers: { after: time.schedule },
  });
  const watch = new WeightWatch(limit);
  await watch.watching(() => Promise.resolve(answer))({ method: "GET", url: "" });
  let at: number | undefined;
  void limit.take(1).then(() => {
    at = time.nowMs;
  });
  while (at === undefined) await time.advance(1_000);
  return at;
}

const answered = (status: number, headers: Readonly<Record<string, string>> = {}): HttpAnswer => ({
  ok: true,
  status,
  text: "",
  headers,
});

test.each<[string, HttpAnswer, number]>([
  ["an answer far from the limit lets the next one through", answered(200, { "x-mbx-used-weight-1m": "100" }), 0],
  ["an answer near the limit of the address rests a minute", answered(200, { "x-mbx-used-weight-1m": "1900" }), 60_000],
  ["429 waits as long as it says", answered(429, { "retry-after": "7" }), 7_000],
  ["429 without a word waits a minute", answered(429), 60_000],
  ["418 waits as long as it says", answered(418, { "retry-after": "600" }), 600_000],
  ["418 without a word waits as long as the shortest ban", answered(418), 120_000],
  ["403 of the firewall waits as long", answered(403), 120_000],
  ["no answer at all is no reason to wait", { ok: false, reason: "ECONNREFUSED" }, 0],
])("%s", async (_, answer, waitedMs) => {
  const at = await nextRequestAfter(answer);
  expect(at).toBeGreaterThanOrEqual(waitedMs);
  expect(at).toBeLessThanOrEqual(waitedMs + 1_000);
});
