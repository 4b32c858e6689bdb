import { describe, expect, test } from "vitest";
import { outcomeOf } from "./outcome.ts";

const answer = (status: number, body: unknown = {}, retryAfter?: string) => ({
  status,
  retryAfter,
  body: typeof body === "string" ? body : JSON.stringify(body),
});

describe("outcomeOf", () => {
  test.each([
    [200, "taken"],
    [201, "taken"],
    [302, "slow"],
    [400, "refused"],
    [401, "slow"],
    [403, "slow"],
    [404, "slow"],
    [408, "retry"],
    [413, "too_large"],
    [415, "refused"],
    [421, "slow"],
    [422, "refused"],
    [429, "retry"],
    [500, "retry"],
    [503, "retry"],
  ])("is right for each status when the hub answers %i", (status, kind) => {
    expect(outcomeOf(answer(status, { accepted: 1 }), 0).kind).toBe(kind);
  });

  test.each([
    ["2", 2000],
    ["0", 0],
    ["-5", 0],
    ["86400", 60_000],
    ["Thu, 01 Jan 1970 00:00:10 GMT", 9000],
    ["soon", undefined],
    [undefined, undefined],
  ])("waits as asked but not for ever when Retry-After is %s", (header, afterMs) => {
    expect(outcomeOf(answer(429, {}, header), 1000)).toEqual({
      kind: "retry",
      why: "429",
      ...(afterMs === undefined ? {} : { afterMs }),
    });
  });

  test("says the code and the detail when the hub tells a problem", () => {
    const problem = { code: "forbidden", detail: "this key may not speak for b-1" };
    expect(outcomeOf(answer(403, problem), 0)).toMatchObject({ why: "403 forbidden: this key may not speak for b-1" });
  });

  test.each(["", "<html>", "null", "[]", '{"ok":true}'])("does not take it for a hub when the answer is %s", (body) => {
    expect(outcomeOf(answer(200, body), 0)).toMatchObject({ kind: "slow" });
  });
});
