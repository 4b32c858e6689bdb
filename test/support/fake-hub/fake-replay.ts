import { type ReplayControl, type ReplayView, replayControl } from "../../../src/protocol/api-sessions.ts";

const iso = (ms: number): string => new Date(ms).toISOString();

/** A replay of two hours that stands where it was last told to. */
export function startedReplay(id: string, nowMs: number): ReplayView {
  const fromMs = nowMs - 3 * 3_600_000;
  return {
    replay_id: id,
    revision: 1,
    state: "paused",
    speed: 1,
    from: iso(fromMs),
    to: iso(fromMs + 7_200_000),
    from_seq: 1000,
    to_seq: 13_400,
    at: iso(fromMs + 1_800_000),
    at_seq: 4100,
    events: 12_400,
    played: 3100,
    created_at: iso(nowMs),
  };
}

/** The replay after it was told something; throws on what is no control. */
export function afterControl(before: ReplayView, body: unknown): ReplayView {
  const replay = { ...before, revision: before.revision + 1 };
  const control: ReplayControl = replayControl.parse(body);
  switch (control.action) {
    case "play":
      return { ...replay, state: "playing" };
    case "pause":
      return { ...replay, state: "paused" };
    case "speed":
      return { ...replay, speed: control.speed };
    case "step":
      return {
        ...replay,
        state: "paused",
        played: replay.played + control.events,
        at_seq: replay.at_seq + control.events,
      };
    case "seek":
      return { ...replay, at: iso(Date.parse(control.to)), state: control.to === replay.to ? "ended" : replay.state };
    case "seek_seq":
      return { ...replay, at_seq: control.seq };
  }
}
