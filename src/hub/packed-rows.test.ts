import { describe, expect, test } from "vitest";
import { micros } from "../base/time.ts";
import type { DeskEvent } from "../protocol/event-types.ts";
import { eachStored, joinedRows, type PackedRows, packRows, RowPacker, unpackRows } from "./packed-rows.ts";
import type { AppendRow } from "./ports.ts";
import { TextSlabs } from "./text-slabs.ts";

/** Each with times of its own. */
let moment = 1_771_936_213_000_001;

const row = (id: string, message = "m"): AppendRow => {
  const event: DeskEvent = { type: "error", bot: "alpha", id, ts: "2026-01-01T00:00:00.000Z", code: "E", message };
  const body = JSON.stringify(event);
  return { event, body, key: undefined, refersTo: undefined, ts: micros(moment++), receivedAt: micros(moment++) };
};

describe("packed rows", () => {
  test("come out as they went in, however many texts they take", () => {
    const rows = Array.from({ length: 2_000 }, (_, n) => row(`id-${n}`, "µ ".repeat(n % 90)));
    const packed = packRows(rows);
    expect(packed.count).toBe(2_000);
    expect(packed.parts.length).toBeGreaterThan(2);
    expect(unpackRows(packed).map(({ id, body, ts, receivedAt }) => ({ id, body, ts, receivedAt }))).toEqual(
      rows.map(({ event, body, ts, receivedAt }) => ({ id: event.id, body, ts, receivedAt })),
    );
  });

  test("say what an event lacks as it was", () => {
    const given = { ...row("a"), key: "live\terror\ta", refersTo: "live\tfill\tx" };
    expect(unpackRows(packRows([given, row("b")]))).toMatchObject([
      {
        ts: given.ts,
        receivedAt: given.receivedAt,
        bot: "alpha",
        type: "error",
        mode: "live",
        key: given.key,
        refersTo: given.refersTo,
      },
      { key: undefined, refersTo: undefined },
    ]);
  });

  test("hand out what is folded of each as whole rows have it", () => {
    const rows = Array.from({ length: 900 }, (_, n) => ({
      ...row(`id-${n}`, "µ ".repeat(n % 90)),
      ...(n % 3 === 0 ? { key: `live\terror\t${n}` } : {}),
      ...(n % 5 === 0 ? { refersTo: `live\tfill\t${n}` } : {}),
    }));
    const packed = joinedRows([packRows(rows.slice(0, 400)), packRows(rows.slice(400))]);
    const texts: object[] = [];
    eachStored(packed, (text, index) => texts.push({ ...text, index }));
    expect(texts).toEqual(rows.map(({ ts, receivedAt, body }, index) => ({ ts, receivedAt, body, index })));
    expect(unpackRows(packed)).toMatchObject(rows.map(({ ts, receivedAt, body }) => ({ ts, receivedAt, body })));
    expect(texts).toHaveLength(900);
  });

  test("are joined in order", () => {
    const rows = ["a", "b", "c"].map((id) => row(id));
    const joined = joinedRows([packRows(rows.slice(0, 2)), packRows([]), packRows(rows.slice(2))]);
    expect(joined.count).toBe(3);
    expect(unpackRows(joined)).toMatchObject(
      rows.map(({ event, ts, receivedAt }) => ({ id: event.id, ts, receivedAt })),
    );
  });

  test("lie in memory that both threads see where they are many, which is lent again", () => {
    const slabs = new TextSlabs();
    const packed = (count: number, message: string) => {
      const packer = new RowPacker(slabs, 1);
      for (let n = 0; n < count; n++) packer.add(row(`id-${n}`, `${message}-${n}`));
      return packer.packed();
    };
    const messages = (rows: PackedRows) => unpackRows(rows).map(({ body }) => JSON.parse(body).message);
    const first = packed(500, "µ");
    const second = packed(500, "two");
    expect(messages(first)).toEqual(Array.from({ length: 500 }, (_, n) => `µ-${n}`));
    const buffers = first.parts.map((part) => (typeof part === "string" ? undefined : part.buffer));
    expect(buffers.length).toBeGreaterThan(1);
    expect(buffers.every((buffer) => buffer instanceof SharedArrayBuffer)).toBe(true);
    slabs.takeBack(first);
    const third = packed(500, "three");
    expect(third.parts.some((part) => typeof part !== "string" && buffers.includes(part.buffer))).toBe(true);
    expect(messages(third)).toEqual(Array.from({ length: 500 }, (_, n) => `three-${n}`));
    expect(messages(second)).toEqual(Array.from({ length: 500 }, (_, n) => `two-${n}`));
  });

  test("are a text where they are few, or one alone is longer than a slab", () => {
    const slabs = new TextSlabs();
    for (const message of ["short", "µ".repeat(60_000)]) {
      const packer = new RowPacker(slabs, 1);
      packer.add(row("a", message));
      expect(packer.packed().parts).toMatchObject([expect.stringContaining(message)]);
    }
  });

  test.each([1, 2, 3, 4])("are whole where a text fills a slab nearly, with characters of %d bytes", (bytes) => {
    const character = ["", "a", "µ", "€", "😀"][bytes] ?? "";
    for (let chars = Math.floor(65_200 / bytes); chars * bytes < 65_600; chars++) {
      const text = character.repeat(chars);
      const held = new TextSlabs().hold(text);
      expect(held === undefined || Buffer.from(held).toString() === text).toBe(true);
      if (Buffer.byteLength(text) < 65_500) expect(held).toBeDefined();
    }
  });

  test("hold none that would break their framing", () => {
    const broken = packRows([row("a"), { ...row("b"), body: '{"message":"\u001f"}' }, row("c")]);
    expect(() => unpackRows(broken)).toThrow("row 1 of a pack is not in canonical form");
    // A body that is whole rows.
    const [whole = ""] = packRows([row("a"), row("b")]).parts as string[];
    const smuggling = packRows([{ ...row("a"), body: whole.slice(0, -1) + "\u001e\u001f" + whole }]);
    expect(() => unpackRows(smuggling)).toThrow("not in canonical form");
    expect(() => eachStored(smuggling, () => undefined)).toThrow("not in canonical form");
    expect(() => packRows([{ ...row("a"), key: "a\u001fb" }])).toThrow("not in canonical form");
    expect(() => packRows([{ ...row("a"), refersTo: "a\u001e" }])).toThrow("not in canonical form");
  });
});
