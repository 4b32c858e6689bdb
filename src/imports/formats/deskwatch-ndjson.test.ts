import { describe, expect, test } from "vitest";
import { countTypes, importText, inChunks } from "../../../test/imports/items-of.ts";
import { saidBy } from "../checked-part.ts";
import { deskwatchNdjson } from "./deskwatch-ndjson.ts";

const bodies = (items: readonly object[]): string[] =>
  items.flatMap((item) => ("body" in item && typeof item.body === "string" ? [item.body] : []));

describe("deskwatchNdjson", () => {
  test("hands a line on letter by letter, with its origin added, when it has its id", async () => {
    const line =
      '{"type":"income","bot":"b","id":"i1","ts":1767000000000,"income_type":"FEE","amount":0.1000000000000000000001,"currency":"USDT","venue":"x","transaction_id":9223372036854775807}';
    expect(bodies((await importText(deskwatchNdjson, inChunks(line))).items)).toEqual([
      line.replace(/}$/, ',"origin":"import"}'),
    ]);
  });

  test("tells every digit of a number that no double holds", async () => {
    const line =
      '{"type":"income","bot":"b","ts":1,"income_type":"FEE","amount":0.1234567890123456789,"currency":"U","venue":"x"}';
    const exported = line.replace(
      /}$/,
      ',"seq":7,"received_at":"2026-02-24T12:00:01Z","effective_ts":"2026-02-24T12:00:00Z"}',
    );
    const { items } = await importText(deskwatchNdjson, inChunks(`${line}\n${exported}\n`));
    const said = items.map((item) => ("body" in item ? saidBy(item) : undefined));
    expect(said).toMatchObject(Array(2).fill({ type: "income", amount: "0.1234567890123456789" }));
  });

  test("makes ids of the content when lines have none, so that a second import says the same", async () => {
    const text = '{"type":"log","ts":1}\n{"type":"log","ts":1}\n';
    const first = await importText(deskwatchNdjson, inChunks(text), { bot: "b" });
    const again = await importText(deskwatchNdjson, inChunks(`\n${text}`), { bot: "b" });
    expect(bodies(first.items)).toEqual(bodies(again.items));
    expect(new Set(bodies(first.items)).size).toBe(2);
  });

  test("fills in bot and mode when a line does not say them", async () => {
    const text =
      '{"type":"annotation","ts":1,"title":"a"}\n{"type":"annotation","bot":"own","mode":"live","ts":1,"title":"a"}\n';
    const { events } = await importText(deskwatchNdjson, inChunks(text), { bot: "given", mode: "paper" });
    expect(events.map(({ event }) => [event.bot, event.mode])).toEqual([
      ["given", "paper"],
      ["own", "live"],
    ]);
  });

  test("refuses a line with its reason when it is no event", async () => {
    const imported = await importText(deskwatchNdjson, inChunks('{"type":"tick"\n[]\n{"bot":"b"}\n'));
    expect(imported.refused.map(({ line, refused }) => [line, refused])).toEqual([
      [1, "not JSON"],
      [2, "not a JSON object"],
      [3, "no type"],
    ]);
    expect(imported.rows).toBe(3);
  });

  test("reads every event when there are many", async () => {
    const text = Array.from({ length: 5_000 }, (_, n) => `{"type":"heartbeat","bot":"b","ts":${n},"progress":${n}}\n`);
    const imported = await importText(deskwatchNdjson, inChunks(text.join("")));
    expect(countTypes(imported.events)).toEqual({ heartbeat: 5_000 });
  });

  test("takes what the hub added off a line when a hub exported it, and tells it as a fact of a log", async () => {
    const said = '{"type":"mark","bot":"b","ts":"2026-02-24T12:00:00.000Z","venue":"x","symbol":"S","price":"0.10"';
    const hub = ',"received_at":"2026-02-24T12:00:01.000Z","effective_ts":"2026-02-24T12:00:00.000Z"';
    const own = `${said},"id":"own","origin":"import","seq":7${hub},"standing":"contradiction","of_seq":3,"flags":["ancient_ts"]}`;
    expect(bodies((await importText(deskwatchNdjson, inChunks(own))).items)).toEqual([
      `${said},"id":"own","origin":"export"}`,
    ]);
  });

  test("gives an id of the content when the hub had made one of its seq, so that two hubs' logs do not collide", async () => {
    const line = (seq: number, title: string) =>
      `${JSON.stringify({ type: "annotation", bot: "b", ts: 1, title, id: `h-${seq}`, seq, received_at: "r", effective_ts: "e" })}\n`;
    const idsOf = async (text: string) =>
      (await importText(deskwatchNdjson, inChunks(text))).events.map(({ event }) => event.id);
    const [first, second] = [await idsOf(line(1, "a") + line(2, "a")), await idsOf(line(1, "other") + line(9, "a"))];
    expect(new Set([...first, ...second]).size).toBe(3);
    expect(first[0]).toBe(second[1]);
    expect(first[0]).toMatch(/^export:/);
  });

  test("leaves out what only a hub says when the line comes from a hub's log", async () => {
    const alert = { type: "alert.raised", bot: "b", ts: 1, seq: 1, received_at: "r", effective_ts: "e" };
    const { items } = await importText(deskwatchNdjson, inChunks(JSON.stringify(alert)));
    expect(items).toEqual([{ line: 1, leftOut: "alert.raised: the hub that it came from said it of itself" }]);
  });
});
