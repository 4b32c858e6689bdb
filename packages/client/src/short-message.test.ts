import { describe, expect, test } from "vitest";
import { parseEvent } from "../../../src/protocol/parse-event.ts";
import { shortMessage } from "./short-message.ts";

const accepted = (message: string): boolean =>
  parseEvent({ type: "error", bot: "b", ts: "2026-01-01T00:00:00Z", code: "c", message }).ok;

describe("shortMessage", () => {
  test("keeps a message that the hub takes", () => {
    const longest = "x".repeat(4096);
    expect([shortMessage(""), shortMessage(longest)]).toEqual(["", longest]);
    expect(accepted(longest)).toBe(true);
  });

  test.each([4097, 10_000, 3_000_000])("keeps both ends of one of %i characters, which the hub refuses", (length) => {
    const message = `first${"x".repeat(length - 9)}last`;
    const short = shortMessage(message);
    expect([accepted(message), accepted(short)]).toEqual([false, true]);
    expect(short).toMatch(/^firstx+\n\[\d+ characters left out\]\nx+last$/);
    const [, left = ""] = /\[(\d+) /.exec(short) ?? [];
    expect(Number(left) + short.length - `\n[${left} characters left out]\n`.length).toBe(length);
  });

  test.each(["", "x"])("cuts no character in half: %s", (before) => {
    const short = shortMessage(`${before}${"😀".repeat(5000)}`);
    expect(accepted(short)).toBe(true);
    expect(short.replaceAll("😀", "")).toMatch(/^x?\n\[\d+ characters left out\]\n$/);
  });
});
