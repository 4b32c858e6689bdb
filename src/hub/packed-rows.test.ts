import { describe, expect, test } from "vitest";
import { micros } from "../base/time.ts";
import type { DeskEvent } from "../protocol/event-types.ts";
import { joinedRows, packRows, unpackRows } from "./packed-rows.ts";
import type { AppendRow } from "./ports.ts";

const row = (id: string, message = "m"): AppendRow => {
  const event: DeskEvent = { type: "error", bot: "alpha", id, ts: "2026-01-01T00:00:00.000Z", code: "E", message };
  const body = JSON.stringify(event);
  return { event, body, key: undefined, refersTo: undefined, ts: micros(1), receivedAt: micros(2) };
};

describe("packed rows", () => {
  test("come out as they went in, however many texts they take", () => {
    const rows = Array.from({ length: 2_000 }, (_, n) => row(`id-${n}`, "µ ".repeat(n % 90)));
    const packed = packRows(rows);
    expect(packed.count).toBe(2_000);
    expect(packed.texts.length).toBeGreaterThan(2);
    expect(unpackRows(packed).map(({ id, body }) => ({ id, body }))).toEqual(
      rows.map(({ event, body }) => ({ id: event.id, body })),
    );
  });

  test("say what an event lacks as it was", () => {
    const given = { ...row("a"), key: "live\terror\ta", refersTo: "live\tfill\tx" };
    expect(unpackRows(packRows([given, row("b")]))).toMatchObject([
      { ts: 1, receivedAt: 2, bot: "alpha", type: "error", mode: "live", key: given.key, refersTo: given.refersTo },
      { key: undefined, refersTo: undefined },
    ]);
  });

  test("are joined in order", () => {
    const joined = joinedRows([packRows([row("a"), row("b")]), packRows([]), packRows([row("c")])]);
    expect(joined.count).toBe(3);
    expect(unpackRows(joined).map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });

  test("hold none that would break their framing", () => {
    expect(() => packRows([{ ...row("a"), body: '{"message":"\u001f"}' }])).toThrow("not in canonical form");
    expect(() => packRows([{ ...row("a"), key: "a\u001fb" }])).toThrow("not in canonical form");
  });
});
