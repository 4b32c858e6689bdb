import { expect, test } from "vitest";
import type { ReplayView } from "../../protocol/api-sessions.ts";
import { controlOf } from "./transport-keys.ts";

const view = (state: ReplayView["state"], atSeq: number): ReplayView => ({
  replay_id: "r",
  revision: 0,
  state,
  speed: 1,
  from: null,
  to: null,
  from_seq: 1,
  to_seq: 9,
  at: null,
  at_seq: atSeq,
  events: 9,
  played: atSeq,
  created_at: "2026-03-01T12:00:00.000Z",
});

test("the keys of a terminal pause and play, go one fact on or back, and end", () => {
  expect(controlOf(" ", view("playing", 3))).toEqual({ action: "pause" });
  expect(controlOf(" ", view("paused", 3))).toEqual({ action: "play" });
  expect(controlOf("\u001b[C", view("paused", 3))).toEqual({ action: "step", events: 1 });
  expect(controlOf("\u001b[D", view("paused", 3))).toEqual({ action: "seek_seq", seq: 2 });
  expect(controlOf("\u001b[D", view("paused", 0))).toEqual({ action: "seek_seq", seq: 0 });
  expect(controlOf("q", view("playing", 3))).toBe("quit");
  expect(controlOf("\u0003", view("playing", 3))).toBe("quit");
  expect(controlOf("x", view("playing", 3))).toBeUndefined();
});
