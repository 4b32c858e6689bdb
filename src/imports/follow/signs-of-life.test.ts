import { expect, test } from "vitest";
import { isoFromMicros, type Micros, micros } from "../../base/time.ts";
import { told } from "../format.ts";
import { SignsOfLife } from "./signs-of-life.ts";

const START = Date.UTC(2026, 4, 4) * 1_000;

function lifeAt(intervalS?: number) {
  let now: Micros = micros(START);
  const life = new SignsOfLife(() => now, intervalS);
  return {
    /** The heartbeat for a row written `ageS` ago, `atS` after the start. */
    beat: (atS: number, ageS = 0): unknown => {
      now = micros(START + atS * 1_000_000);
      const ts = isoFromMicros(micros(now - ageS * 1_000_000));
      const text = life.beatOf([told(1, { type: "annotation", bot: "b", ts, mode: "paper", title: "x" })]);
      return text === undefined ? undefined : JSON.parse(text);
    },
  };
}

test("a row of now is a heartbeat of its bot in its mode, and one of the past is none", () => {
  const { beat } = lifeAt();
  expect(beat(0, 61)).toBeUndefined();
  expect(beat(0, -61)).toBeUndefined();
  expect(beat(0, 59)).toEqual({ type: "heartbeat", bot: "b", mode: "paper", ts: "2026-05-04T00:00:00.000Z" });
});

test("heartbeats come at most every 5 s, and promise the longest of the newest gaps", () => {
  const { beat } = lifeAt();
  beat(0);
  expect(beat(4)).toBeUndefined();
  expect(beat(10)).toMatchObject({ interval_s: 10 });
  expect(beat(40)).toMatchObject({ interval_s: 30 });
  expect(beat(50)).toMatchObject({ interval_s: 30 });
});

test("heartbeats promise the interval that was given", () => {
  const { beat } = lifeAt(2);
  beat(0);
  expect(beat(3)).toMatchObject({ interval_s: 2 });
});
