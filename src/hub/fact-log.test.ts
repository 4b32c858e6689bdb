import { describe, expect, test } from "vitest";
import { FactLog } from "./fact-log.ts";

const logOf = (capacity: number) =>
  new FactLog<{ n: number }>({
    topic: "events",
    capacity,
    maxBytes: 1_000_000,
    startSeq: 0,
    data: ({ n }) => JSON.stringify({ n }),
  });

const keptOf = (log: FactLog<{ n: number }>): (number | undefined)[] =>
  Array.from({ length: log.end - log.first }, (_, place) => log.payload(log.first + place)?.n);

function append(log: FactLog<{ n: number }>, from: number, to: number): void {
  for (let n = from; n <= to; n++) log.append(n, { n }, 10);
}

const upTo = (last: number, count: number): number[] => Array.from({ length: count }, (_, n) => last - count + 1 + n);

describe("the facts of a topic", () => {
  test("are kept up to the capacity while somebody hears them", () => {
    const log = logOf(50);
    log.hear();
    append(log, 1, 120);
    expect(keptOf(log)).toEqual(upTo(120, 50));
    expect(log.floor).toBe(70);
  });

  test("are kept for whoever went away, as long as one is left that was heard", () => {
    const log = logOf(1_000);
    log.hear();
    append(log, 1, 30);
    log.rest(100);
    append(log, 31, 100);
    expect(keptOf(log)).toEqual(upTo(100, 100));
    expect(log.payload(log.indexAfter(30))).toEqual({ n: 31 });
  });

  test("are few once nobody heard any of those that are kept, and as many as before when somebody does again", () => {
    const log = logOf(1_000);
    log.rest(100);
    append(log, 1, 500);
    expect(keptOf(log)).toEqual(upTo(500, 10));
    expect(log.floor).toBe(490);
    log.hear();
    append(log, 501, 700);
    expect(keptOf(log)).toEqual(upTo(700, 210));
    log.rest(100);
    expect(keptOf(log)).toEqual(upTo(700, 100));
  });

  test("are never more than there is room for, however small that is", () => {
    const log = logOf(4);
    log.rest(100);
    append(log, 1, 50);
    expect(keptOf(log)).toEqual(upTo(50, 4));
    expect(log.frame(log.end - 1)).toBe('{"op":"fact","topic":"events","data":{"n":50},"seq":50}');
  });
});
