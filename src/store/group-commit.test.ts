import { describe, expect, test } from "vitest";
import { micros } from "../base/time.ts";
import { type AppendRow, StoreUnavailable } from "../hub/ports.ts";
import type { DeskEvent } from "../protocol/event-types.ts";
import { GroupCommit } from "./group-commit.ts";
import { packRows, unpackRows } from "../hub/packed-rows.ts";
import type { GroupReply } from "./reply.ts";

const row = (id: string): AppendRow => {
  const event: DeskEvent = { type: "error", bot: "alpha", id, ts: "2026-01-01T00:00:00.000Z", code: "E", message: "m" };
  return {
    event,
    body: JSON.stringify(event),
    key: undefined,
    refersTo: undefined,
    ts: micros(1),
    receivedAt: micros(2),
  };
};

/** Groups as they are handed over; each is answered by hand. */
function byHand() {
  const groups: { ids: (string | undefined)[]; answer: (reply: GroupReply) => void; fail: (error: Error) => void }[] =
    [];
  const commit = new GroupCommit(
    (rows) =>
      new Promise((answer, fail) => {
        groups.push({ ids: unpackRows(rows).map(({ id }) => id), answer, fail });
      }),
  );
  return { groups, commit };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("GroupCommit", () => {
  test("joins the calls that wait while two groups are under way, in their order", async () => {
    const { groups, commit } = byHand();
    const calls = ["a", "b", "c", "d", "e"].map((id) => commit.append(packRows([row(id), row(`${id}2`)])));
    expect(groups.map(({ ids }) => ids)).toEqual([
      ["a", "a2"],
      ["b", "b2"],
    ]);
    groups[0]?.answer({ first: 1, odd: [] });
    await settled();
    expect(groups[2]?.ids).toEqual(["c", "c2", "d", "d2", "e", "e2"]);
    groups[2]?.answer({
      first: 5,
      odd: [
        { index: 2, standing: "duplicate", seq: 1 },
        { index: 4, standing: "merge", seq: 8, ofSeq: 2, body: "{}" },
      ],
    });
    expect(await calls[0]).toEqual([
      { seq: 1, standing: "fact" },
      { seq: 2, standing: "fact" },
    ]);
    expect(await calls[2]).toEqual([
      { seq: 5, standing: "fact" },
      { seq: 6, standing: "fact" },
    ]);
    expect(await calls[3]).toEqual([
      { seq: 1, standing: "duplicate" },
      { seq: 7, standing: "fact" },
    ]);
    expect(await calls[4]).toEqual([
      { seq: 8, standing: "merge", ofSeq: 2, event: {} },
      { seq: 9, standing: "fact" },
    ]);
  });

  test("keeps a group below its bound when calls are large", async () => {
    const { groups, commit } = byHand();
    const rows = Array.from({ length: 700 }, (_, n) => row(String(n)));
    for (let call = 0; call < 5; call++) void commit.append(packRows(rows));
    groups[0]?.answer({ first: 1, odd: [] });
    await settled();
    expect(groups.map(({ ids }) => ids.length)).toEqual([700, 700, 1_400]);
  });

  test("rejects every call of a group when the store is away, and serves the next", async () => {
    const { groups, commit } = byHand();
    const calls = ["a", "b", "c", "d"].map((id) => commit.append(packRows([row(id)])));
    const [, , third, fourth] = calls;
    groups[0]?.answer({ first: 1, odd: [] });
    await settled();
    groups[2]?.fail(new StoreUnavailable("the disk is full"));
    await expect(third).rejects.toThrow("the disk is full");
    await expect(fourth).rejects.toThrow("the disk is full");
    const later = commit.append(packRows([row("later")]));
    groups[3]?.answer({ first: 9, odd: [] });
    expect(await later).toEqual([{ seq: 9, standing: "fact" }]);
  });

  test("spares the calls beside one whose content the store refuses", async () => {
    const { groups, commit } = byHand();
    const calls = ["a", "b", "poison", "d"].map((id) => commit.append(packRows([row(id)])));
    const [, , poison, fourth] = calls;
    const refused = expect(poison).rejects.toThrow("bad content");
    groups[0]?.answer({ first: 1, odd: [] });
    await settled();
    groups[2]?.fail(new Error("bad content"));
    await settled();
    expect(groups[3]?.ids).toEqual(["poison"]);
    groups[3]?.fail(new Error("bad content"));
    await settled();
    groups[4]?.answer({ first: 2, odd: [] });
    await refused;
    expect(await fourth).toEqual([{ seq: 2, standing: "fact" }]);
  });
});
