import { describe, expect, test } from "vitest";
import { type EventLinesOptions, eventLines } from "./event-lines.ts";

const line = (seq: number, more: object = {}): string =>
  `${JSON.stringify({ type: "fill", bot: "b", ts: "2026-02-24T12:00:00Z", mode: "live", ...more, seq })}\n`;

const FIRST = {
  type: "fill",
  bot: "b",
  ts: "2026-02-24T12:00:00Z",
  mode: "live",
  id: "f",
  fill_id: "1",
  price: "2",
  seq: 3,
};

interface Read {
  readonly text: string;
  readonly leftOut: number;
  readonly asked: readonly number[];
  readonly seqs: readonly number[];
}

async function read(chunks: readonly string[], options: Partial<EventLinesOptions> = {}): Promise<Read> {
  const [asked, seqs, texts]: [number[], number[], string[]] = [[], [], []];
  let leftOut = 0;
  const lines = eventLines({
    chunks: (async function* () {
      yield* chunks;
    })(),
    upToSeq: 100,
    filters: { mode: "all" },
    firstStatement: async (seq) => {
      asked.push(seq);
      return FIRST;
    },
    onSeq: (seq) => seqs.push(seq),
    onLeftOut: () => leftOut++,
    ...options,
  });
  for await (const text of lines) texts.push(text);
  return { text: texts.join(""), leftOut, asked, seqs };
}

const MERGE = line(5, { id: "m", fill_id: "1", fee: "1", standing: "merge", of_seq: 3 });
const CONTRADICTION = line(6, { id: "c", fill_id: "1", price: "9", standing: "contradiction", of_seq: 3 });

describe("eventLines", () => {
  test("hands lines on letter by letter, wherever the pieces are cut", async () => {
    const all = line(1, { note: "ü 1.10" }) + line(2) + line(4);
    for (let at = 0; at <= all.length; at += 7) expect((await read([all.slice(0, at), all.slice(at)])).text).toBe(all);
  });

  test("ends with the seq of the export, within a piece or between two", async () => {
    const until = line(1) + line(2);
    expect((await read([line(1) + line(2) + line(3), line(4)], { upToSeq: 2 })).text).toBe(until);
    expect((await read([line(1) + line(2), line(3)], { upToSeq: 2 })).text).toBe(until);
    expect((await read([line(1) + line(2), line(4)], { upToSeq: 3 })).seqs).toEqual([2, 3]);
  });

  test("makes a merge a whole event by the fields of its first statement, its own before those", async () => {
    const { text, asked } = await read([line(4) + MERGE]);
    expect(asked).toEqual([3]);
    expect(JSON.parse(text.split("\n")[1] ?? "")).toEqual({ ...JSON.parse(MERGE), price: "2" });
  });

  test("leaves a contradiction as it is, and a void, which is a fact of its own", async () => {
    const voided = line(7, { of_seq: 3 });
    expect((await read([CONTRADICTION + voided])).text).toBe(CONTRADICTION + voided);
  });

  test.each([
    ["bot", { mode: "all", bot: "other" }],
    ["mode", { mode: "paper" }],
    ["from", { mode: "all", from: "2026-02-24T12:00:01Z" }],
    ["to", { mode: "all", to: "2026-02-24T12:00:00Z" }],
  ])("leaves out later statements of a fact that the filter by %s leaves out", async (_, filters) => {
    expect(await read([MERGE + CONTRADICTION + line(8)], { filters })).toMatchObject({ text: line(8), leftOut: 2 });
  });

  test("rejects when the last line has no end", async () => {
    await expect(read([line(1) + line(2).slice(0, 20)])).rejects.toThrow("in the middle of an event");
  });

  test("is empty when the log is", async () => {
    expect((await read([])).text).toBe("");
  });
});
