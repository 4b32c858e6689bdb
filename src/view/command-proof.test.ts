import { describe, expect, test } from "vitest";
import type { CommandCourse, CommandView } from "../protocol/api-control.ts";
import {
  commandMark,
  controlAlarms,
  coursesByUrgency,
  doneCount,
  isUnderWay,
  type ProofLine,
  proofLine,
} from "./command-proof.ts";

const COURSE: CommandCourse = {
  bot: "mm-btc",
  ...{ delivered_at: null, acknowledged_at: null, verified_at: null },
  ...{ delivered_ms: null, acknowledged_ms: null, verified_ms: null },
  ...{ evidence: null, open_orders: null, positions: null },
  ...{ orders_since: 0, late: [], error: null, over: false },
};

const AT = "2026-11-21T14:03:22.000Z";
const delivered = { delivered_at: AT, delivered_ms: 12 };
const acknowledged = { ...delivered, acknowledged_at: AT, acknowledged_ms: 31.4 };
const verified = { ...acknowledged, verified_at: AT, verified_ms: 240, evidence: "reported", open_orders: 0 } as const;

const course = (changes: Partial<CommandCourse> = {}): CommandCourse => ({ ...COURSE, ...changes });

const HALT: CommandView = {
  command_id: "h-1",
  seq: 7,
  action: "halt",
  target: { bot: "mm-btc" },
  reason: "prices make no sense",
  ...{ by: "Ada", via: "page", mode: "live", issued_at: AT },
  ...{ state: "issued", standing: true, proof: "verified" },
  bots: [],
};

const text = ({ steps }: ProofLine): string => steps.map((step) => `${step.name} ${step.text}`).join(" → ");

describe("proofLine", () => {
  test("tells each step since the request once all came", () => {
    const line = proofLine(HALT, course(verified));
    expect(text(line)).toBe("requested 0 ms → delivered 12 → acknowledged 31 → verified 240");
    expect(line.notes).toEqual([{ text: "reported by the bot: no resting order", tone: "ok" }]);
    expect(line.words).toBe(
      "mm-btc: requested, delivered after 12 ms, acknowledged after 31 ms, verified after 240 ms. reported by the bot: no resting order",
    );
  });

  test("says whose the evidence is, and never more", () => {
    const atVenue = proofLine(HALT, course({ ...verified, evidence: "venue-verified", positions: 1 }));
    expect(atVenue.notes[0]?.text).toBe("verified at the venue: no resting order, 1 position");
    const none = proofLine(HALT, course(acknowledged));
    expect(none.done).toBe(false);
    expect(none.notes).toEqual([{ text: "nothing shows yet that it is done", tone: "stale" }]);
    const shown = proofLine(HALT, course({ ...acknowledged, evidence: "reported", open_orders: 2 }));
    expect(shown.notes[0]?.text).toBe("not done yet: 2 resting orders, reported by the bot");
  });

  test("does not go on to say that it is verified when something was seen to rest, or to be held, after that", () => {
    const resting = { ...verified, evidence: "venue-verified", open_orders: 1 } as const;
    expect(proofLine(HALT, course(resting)).notes).toEqual([
      { text: "verified at the venue once, and now: 1 resting order", tone: "bad" },
    ]);
    expect(commandMark({ ...HALT, state: "verified", bots: [course(resting)] })).toMatchObject({ word: "undone" });
    const holding = { ...verified, positions: 1 };
    expect(proofLine(HALT, course(holding)).notes[0]?.tone).toBe("ok");
    expect(commandMark({ ...HALT, state: "verified", bots: [course(holding)] })).toMatchObject({ word: "verified" });
    expect(proofLine({ ...HALT, action: "flatten" }, course(holding)).notes[0]).toEqual({
      text: "reported by the bot once, and now: no resting order, 1 position",
      tone: "bad",
    });
  });

  test("ends where the command is done: pause and resume at the acknowledgement", () => {
    const line = proofLine({ action: "pause", proof: "acknowledged" }, course(acknowledged));
    expect(text(line)).toBe("requested 0 ms → delivered 12 → acknowledged 31");
    expect(line.done).toBe(true);
    expect(line.notes).toEqual([]);
  });

  test("waits without a number while a step did not come", () => {
    const line = proofLine(HALT, course(delivered));
    expect(text(line)).toBe("requested 0 ms → delivered 12 → acknowledged … → verified …");
    expect(line.words).toContain("not acknowledged yet");
  });

  test("is red and says late, whether the step came after all or not", () => {
    const line = proofLine(
      HALT,
      course({ delivered_at: AT, delivered_ms: 12_400, late: ["delivered", "acknowledged"] }),
    );
    expect(text(line)).toBe("requested 0 ms → delivered 12.4 s late → acknowledged late → verified …");
    expect(line.steps.slice(1, 3).map(({ tone }) => tone)).toEqual(["bad", "bad"]);
    expect(line.words).toContain("delivered after 12.4 s, late, not acknowledged, late");
  });

  test("shows in red what the bot did though it may not, and why it could not", () => {
    const { notes } = proofLine(HALT, course({ ...verified, orders_since: 1, error: "the exchange is away" }));
    expect(notes.slice(0, 2)).toEqual([
      { text: "could not: the exchange is away", tone: "bad" },
      { text: "1 order placed after it acknowledged", tone: "bad" },
    ]);
  });

  test("says that it is over when something else took its place before it was done", () => {
    const line = proofLine(HALT, course({ ...delivered, over: true }));
    expect(text(line)).toBe("requested 0 ms → delivered 12 → acknowledged never → verified never");
    expect(line.notes).toEqual([{ text: "over: a newer command took its place, or the bot stopped", tone: "muted" }]);
    expect(proofLine(HALT, course({ ...verified, over: true })).notes).toHaveLength(1);
  });
});

describe("commandMark", () => {
  test("is well only at the step that proves the command", () => {
    expect(commandMark({ ...HALT, state: "acknowledged" }).tone).toBe("stale");
    expect(commandMark({ ...HALT, state: "verified" }).tone).toBe("ok");
    expect(commandMark({ ...HALT, proof: "acknowledged", state: "acknowledged" }).tone).toBe("ok");
    expect(commandMark({ ...HALT, state: "late" })).toMatchObject({ tone: "bad", word: "late" });
  });

  test("is bad whatever it reached when a bot placed orders since or could not", () => {
    expect(commandMark({ ...HALT, state: "verified", bots: [course({ orders_since: 2 })] }).tone).toBe("bad");
    expect(commandMark({ ...HALT, state: "over", bots: [course({ error: "no" })] }).word).toBe("could not");
  });
});

test("those that need somebody come first, and are counted as not done", () => {
  const command: CommandView = {
    ...HALT,
    bots: [
      course({ bot: "over", over: true }),
      course({ bot: "done", ...verified }),
      course({ bot: "waits" }),
      course({ bot: "late", late: ["delivered"] }),
      course({ bot: "failed", error: "no" }),
    ],
  };
  expect(coursesByUrgency(command).map(({ bot }) => bot)).toEqual(["failed", "late", "waits", "done", "over"]);
  expect(doneCount(command)).toEqual({ done: 1, all: 5 });
  expect(isUnderWay(command)).toBe(true);
  expect(isUnderWay({ ...HALT, bots: [course(verified), course({ over: true })] })).toBe(false);
});

test("alarms name what is late, what failed and what was placed, each once", () => {
  const bots = [course({ ...delivered, late: ["delivered", "acknowledged"], orders_since: 2, error: "no" })];
  expect([...controlAlarms([{ ...HALT, bots }]).values()]).toEqual([
    "halt of mm-btc is late: not acknowledged yet.",
    "mm-btc could not halt: no.",
    "mm-btc placed orders after it acknowledged.",
  ]);
});
