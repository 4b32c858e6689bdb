import { describe, expect, test } from "vitest";
import { KeyedReads } from "./keyed-reads.ts";

/** Reads that a test answers one by one. */
function scene(everyMs = 100) {
  const asked: string[] = [];
  const answers: { readonly give: (text: string) => void; readonly fail: (why: string) => void }[] = [];
  const clock = { nowMs: 0 };
  const reads = new KeyedReads<string>({
    everyMs,
    nowMs: () => clock.nowMs,
    read: (key) => {
      asked.push(key);
      return new Promise((give, fail) => answers.push({ give, fail: (why) => fail(new Error(why)) }));
    },
  });
  const answered = async (index: number, text: string): Promise<void> => {
    answers[index]?.give(text);
    await settled();
  };
  const failed = async (index: number, why: string): Promise<void> => {
    answers[index]?.fail(why);
    await settled();
  };
  return { asked, clock, reads, answered, failed };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("KeyedReads", () => {
  test("reads what is wanted one after the other, and tells who watches", async () => {
    const { asked, reads, answered } = scene();
    let told = 0;
    reads.cellOf("a").watch(() => told++);
    reads.want("a");
    reads.want("b");
    expect(asked).toEqual(["a"]);
    await answered(0, "A");
    expect(asked).toEqual(["a", "b"]);
    expect([reads.cellOf("a").get(), told]).toEqual([{ data: "A" }, 1]);
  });

  test("reads again what is old and still wanted, the oldest first", async () => {
    const { asked, clock, reads, answered } = scene();
    reads.want("a");
    await answered(0, "A");
    clock.nowMs = 50;
    const leave = reads.want("b");
    await answered(1, "B");
    clock.nowMs = 99;
    await reads.refresh();
    expect(asked).toEqual(["a", "b"]);
    clock.nowMs = 150;
    leave();
    void reads.refresh();
    await answered(2, "A2");
    expect(asked).toEqual(["a", "b", "a"]);
    expect(reads.cellOf("b").get()).toEqual({ data: "B" });
  });

  test("keeps what it had when a later read fails, and says so", async () => {
    const { clock, reads, answered, failed } = scene();
    reads.want("a");
    await answered(0, "A");
    clock.nowMs = 100;
    void reads.refresh();
    await failed(1, "The hub does not answer.");
    expect(reads.cellOf("a").get()).toEqual({ data: "A", trouble: "The hub does not answer." });
  });

  test("tries soon again what it could not read, however seldom it is read", async () => {
    const { asked, clock, reads, failed } = scene(600_000);
    reads.want("a");
    await failed(0, "overloaded");
    clock.nowMs = 9_999;
    await reads.refresh();
    expect(asked).toHaveLength(1);
    clock.nowMs = 10_000;
    void reads.refresh();
    expect(asked).toHaveLength(2);
  });

  test("wants what two show until both are gone", async () => {
    const { asked, clock, reads, answered } = scene();
    const [first, second] = [reads.want("a"), reads.want("a")];
    await answered(0, "A");
    first();
    clock.nowMs = 100;
    void reads.refresh();
    expect(asked).toHaveLength(2);
    await answered(1, "A");
    second();
    clock.nowMs = 200;
    await reads.refresh();
    expect(asked).toHaveLength(2);
  });

  test("forgets what nothing shows once it holds too many", async () => {
    const { reads, answered } = scene();
    const leave = reads.want("first");
    reads.want("shown");
    await answered(0, "1");
    await answered(1, "2");
    leave();
    for (let key = 0; key < 600; key++) reads.cellOf(String(key));
    expect(reads.cellOf("first").get()).toBeUndefined();
    expect(reads.cellOf("shown").get()).toEqual({ data: "2" });
  });
});
